"""One part of what a scan of a target finds."""

import msgspec

from chalicelib.core.locks.place import Place


class Scanned(msgspec.Struct, frozen=True):
    """One part of a scan: as much as one answer of the listing had."""

    places: tuple[Place, ...]
    """The places of locks; a scan gives each place once."""
    looked_at: int
    """Number of objects or items that were listed to find them."""
    cursor: str
    """The point at which to continue the scan after this part; "" at its end. Only the room that made it reads it."""
