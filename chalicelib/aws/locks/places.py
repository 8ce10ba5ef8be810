"""Hand each place to the store of its kind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import msgspec

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import TRAITS, Kind, LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import LockStore, StoreError


class Places:
    """``ports.locks.LockStore`` over the stores of all kinds.

    ``covers`` tells which places are within the targets; outside of them the reaper has no rights. An operator's
    command asks with the operator's own rights, and leaves it out.
    """

    def __init__(self, stores: Mapping[Kind, LockStore], covers: Callable[[Place], bool] = lambda _: True) -> None:
        self._stores = stores
        self._covers = covers

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
        """Return when the lock's state was last written. Every state is in S3, whatever keeps its lock."""
        in_s3 = msgspec.structs.replace(ref, place=_beside_state(ref.state_path))
        digest = None if ref.place.kind is in_s3.place.kind else self._digest(ref)
        if not self._covers(in_s3.place):
            return StateWritten(None, digest, elsewhere=True)
        written = self._of(in_s3).state_written(in_s3)
        return msgspec.structs.replace(written, digest=digest)

    def delete(self, ref: LockRef, by: str) -> Deletion:
        """Delete the lock only if it is still the one that ``ref`` names."""
        return self._of(ref).delete(ref, by)

    def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
        """Put a lock at the place of ``ref``, only if nothing is there."""
        return self._of(ref).put_back(ref, kept, mark, by)

    def _digest(self, ref: LockRef) -> bool | None:
        with suppress(StoreError):
            return self._of(ref).state_written(ref).digest
        return None

    def _of(self, ref: LockRef) -> LockStore:
        return self._stores[ref.place.kind]


def _beside_state(state_path: str) -> Place:
    """Return the place of a state's lock in S3, which tells the bucket and the key of the state."""
    bucket, _, state_key = state_path.partition("/")
    return Place(Kind.S3, bucket, state_key + TRAITS[Kind.S3].suffix)
