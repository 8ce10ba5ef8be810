"""Change a page when a joint alert tells of its lock, or no longer does."""

from datetime import datetime

from chalicelib.core.alerts.stored import Fields, Name
from chalicelib.core.alerts.transitions.transition import Transition, absent, exists
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef

_SILENT: tuple[Name, ...] = ("posted", "sending", "ending", "half_of", "joint")


def join(lock: HeldLock, joint: str, level: int, owner: str, at: datetime) -> Transition:
    """Make a page silent, because a joint alert tells of its lock.

    It is not taken when the lock has ended, when it is told of by itself or by another half, or in a joint alert.
    """
    return Transition(
        ref=lock.ref,
        put=Fields(lock=lock, joint=joint, owner=owner),
        put_first={"alerted_at": at},
        add={"levels": frozenset({level})},
        only_if=tuple(absent(name) for name in _SILENT),
    )


def leave(ref: LockRef) -> Transition:
    """Let a page speak for its lock again, because the joint alert is lost: people are told of its level anew."""
    return Transition(ref=ref, remove=("joint", "levels"), only_if=(exists("lock"), absent("ending")))
