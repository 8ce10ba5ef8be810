"""What a scan of a target has found so far."""

import msgspec

from chalicelib.core.locks.place import Place


class Scanned(msgspec.Struct, frozen=True):
    """One part of a scan: as much as came in one answer."""

    places: tuple[Place, ...]
    """Where locks are kept, each given once in a scan."""
    looked_at: int
    """How many objects or items were listed to find them."""
    cursor: str
    """Where a scan after this part goes on; "" where nothing is left. Opaque to all but the room that made it."""
