"""The lock of one state: what is kept at all places where Terraform may lock it."""

import msgspec

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef, Place


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
    """Those that are there, in the order in which they are released."""
    unseen: tuple[Place, ...] = ()
    """Places that could not be looked at."""

    def halves_of(self, lock: HeldLock) -> tuple[HeldLock, ...]:
        """Return the locks of the same holder, with ``lock`` itself among them."""
        return tuple(one for one in self.locks if one.ref == lock.ref or same_holder(one, lock))

    def rivals_of(self, lock: HeldLock) -> tuple[HeldLock, ...]:
        """Return the locks of other holders, and those that do not say whose they are."""
        return tuple(one for one in self.locks if one.ref != lock.ref and not same_holder(one, lock))


def same_holder(one: HeldLock, other: HeldLock) -> bool:
    """Return whether two locks are the halves of one run's lock: they have the same ID, which is random."""
    return one.info is not None and other.info is not None and one.info.ID == other.info.ID != ""


def in_release_order(locks: tuple[HeldLock, ...]) -> tuple[HeldLock, ...]:
    """Return locks in the order in which they are released."""
    return tuple(sorted(locks, key=lambda lock: (lock.ref.place.traits.release_order, lock.ref.name)))
