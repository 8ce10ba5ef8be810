"""Targets: what is swept, and which places that covers."""

import msgspec

from chalicelib.core.locks.place import TRAITS, Kind, Place


class Target(msgspec.Struct, frozen=True):
    """One container to sweep. Without prefixes, all of it. Without a region, it is in the region of the stack."""

    kind: Kind
    container: str
    prefixes: tuple[str, ...] = ()
    region: str | None = None

    @property
    def called(self) -> str:
        """Return the target as people call it."""
        return f"{TRAITS[self.kind].container} {self.container}"

    def covers(self, place: Place) -> bool:
        """Return whether a place is within this target, so that the reaper may act on it."""
        ours = (place.kind, place.container) == (self.kind, self.container)
        return ours and place.may_have_lock and (not self.prefixes or place.key.startswith(self.prefixes))
