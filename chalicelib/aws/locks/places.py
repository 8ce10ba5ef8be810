"""Hand each place to the store of its kind."""

from collections.abc import Iterator, Mapping

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import LockStore


class Places:
    """``ports.locks.LockStore`` over the stores of all kinds."""

    def __init__(self, stores: Mapping[Kind, LockStore]) -> None:
        self._stores = stores

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        """Yield the places of a target's locks as they are found."""
        return self._stores[target.kind].scan(target, after)

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        """Return the lock at a place, or that version of it."""
        return self._stores[place.kind].read(place, version)

    def look(self, ref: LockRef) -> Look:
        """Return the lock there now and, if ``ref`` names it, its whole object."""
        return self._of(ref).look(ref)

    def state_written(self, ref: LockRef) -> StateWritten:
        """Return when the lock's state was last written."""
        return self._of(ref).state_written(ref)

    def delete(self, ref: LockRef) -> Deletion:
        """Delete the lock only if it is still the one that ``ref`` names."""
        return self._of(ref).delete(ref)

    def put_back(self, ref: LockRef, kept: LockObject, mark: str) -> PutBack:
        """Put a lock at the place of ``ref``, only if nothing is there."""
        return self._of(ref).put_back(ref, kept, mark)

    def _of(self, ref: LockRef) -> LockStore:
        return self._stores[ref.place.kind]
