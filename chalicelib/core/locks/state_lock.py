"""The lock of one state: what is kept at all places where Terraform may lock it."""

import msgspec

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef, Place

_TWO = 2


class Half(msgspec.Struct, frozen=True):
    """One of the places at which one holder holds a state."""

    ref: LockRef
    held: bool = True
    """Whether it is still there."""


class StateLock(msgspec.Struct, frozen=True):
    """The locks on one state path now. Terraform with ``use_lockfile`` and ``dynamodb_table`` takes two, with one ID.

    A run that locks only in S3 and one that locks only in the table do not see each other, so a state can have two
    holders.
    """

    locks: tuple[HeldLock, ...]
    unseen: tuple[Place, ...] = ()
    """Places that could not be looked at, so that a lock which was there may be there still."""

    def halves(self, lock: HeldLock, known: tuple[Half, ...]) -> tuple[Half, ...]:
        """Return all halves of a lock in the order of their release; (): the lock has only its own place.

        A half that is known and is not there any more stays, as not held.
        """
        halves = {half.ref.place: self._seen_again(half) for half in known}
        halves |= {one.ref.place: Half(one.ref) for one in self.locks if same_holder(one, lock)}
        halves[lock.ref.place] = Half(lock.ref, self._has(lock.ref))
        return in_release_order(tuple(halves.values())) if len(halves) > 1 else ()

    def rivals(self, lock: HeldLock, known: tuple[HeldLock, ...]) -> tuple[HeldLock, ...]:
        """Return the locks of other holders, and those that do not say whose they are."""
        others = [one for one in self.locks if one.ref != lock.ref and not same_holder(one, lock)]
        others += [one for one in known if one.ref.place in self.unseen]
        return tuple(sorted(others, key=lambda one: one.ref.name))

    def _seen_again(self, half: Half) -> Half:
        return Half(half.ref, half.held and (half.ref.place in self.unseen or self._has(half.ref)))

    def _has(self, ref: LockRef) -> bool:
        return any(one.ref == ref for one in self.locks)


def in_release_order(halves: tuple[Half, ...]) -> tuple[Half, ...]:
    """Return halves in the order in which they are released (``Traits.release_order``)."""
    return tuple(sorted(halves, key=lambda half: in_order(half.ref)))


def in_order(ref: LockRef) -> tuple[int, str]:
    """Return by what the halves of a lock are ordered; two are never equal."""
    return ref.place.traits.release_order, ref.name


def same_holder(one: HeldLock, other: HeldLock) -> bool:
    """Return whether two locks are the halves of one run's lock: they have an ID, which is random, and say the same.

    A run writes both alike. If they differ, one was written by hand, and who sees one has not seen the other. A run
    has one set of credentials, so a lock in another account's table was copied there, whatever it says.
    """
    in_one_account = len({lock.ref.place.account for lock in (one, other) if lock.ref.place.traits.regional}) < _TWO
    return in_one_account and one.info is not None and one.info.ID != "" and one.info == other.info
