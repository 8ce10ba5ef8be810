"""Targets: what is swept, and what it covers."""

import msgspec

from chalicelib.core.locks.place import TRAITS, Kind, Place


class Target(msgspec.Struct, frozen=True):
    """One container to sweep. No prefixes: all of it. No region: the region of the stack."""

    kind: Kind
    container: str
    prefixes: tuple[str, ...] = ()
    region: str | None = None

    @property
    def called(self) -> str:
        """Return what people call it."""
        return f"{TRAITS[self.kind].container} {self.container}"

    def covers(self, place: Place) -> bool:
        """Return whether a place is this target's to sweep, and so ours to act on."""
        ours = (place.kind, place.container) == (self.kind, self.container)
        return ours and place.may_have_lock and (not self.prefixes or place.key.startswith(self.prefixes))
