"""Tell where and since when a lock is held, and by whose clock."""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import NO_TIME, Clock, LockRef
from chalicelib.core.locks.state_lock import Half


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a page that tells where and since when its lock is held."""

    lock: HeldLock
    acquired_at: datetime | None = None
    """The time of the acquire's event, by a clock of AWS, once the journal has its ``lock_acquired``."""
    seen_at: datetime | None = None
    """When the reaper first saw the lock; only of a lock whose time AWS does not tell."""
    halves: tuple[Half, ...] = ()
    """All places at which the lock's holder holds the state, with its own; (): only its own."""

    @property
    def taken(self) -> datetime:
        """Return the time since which the lock is held, as exactly as is known."""
        return self.acquired_at or self.held_since

    @property
    def clock(self) -> Clock:
        """Return whose clock ``held_since`` is by."""
        if self.acquired_at or any(ref.place.traits.clock is Clock.AWS for ref in self._refs):
            return Clock.AWS
        since = self.lock.ref.since
        # The item of a lock that was put back says when it was first taken.
        by_client = not self.lock.mark and since != NO_TIME and (self.seen_at is None or since <= self.seen_at)
        return Clock.CLIENT if by_client else Clock.REAPER

    @property
    def held_since(self) -> datetime:
        """Return since when the lock is held, by AWS's clock if possible. Thresholds and messages go by it.

        A client's clock may be ahead, so a lock is held at least since the reaper first saw it.
        """
        match self.clock:
            case Clock.AWS:
                times = (ref.since for ref in self._refs if ref.place.traits.clock is Clock.AWS)
                return min(times, default=None) or self.acquired_at or self.lock.ref.since
            case Clock.CLIENT:
                return self.lock.ref.since
            case Clock.REAPER:
                return self.seen_at or self.lock.ref.since
            case _:
                assert_never(self.clock)

    def age(self, now: datetime) -> timedelta:
        """Return how long the lock has been held; never negative."""
        return max(now - self.held_since, timedelta(0))

    @property
    def present(self) -> tuple[LockRef, ...]:
        """Return the halves that are still there, as far as is known, in the order in which they are released."""
        return tuple(half.ref for half in self.halves if half.held) if self.halves else (self.lock.ref,)

    @property
    def _refs(self) -> tuple[LockRef, ...]:
        return tuple(half.ref for half in self.halves) or (self.lock.ref,)
