"""Decide how a lock in several places ended, from how each of its halves did."""

from collections.abc import Callable, Sequence

import msgspec

from chalicelib.core.clicks.ending import Ending, HalfEnding, Outcome
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.state_lock import Half

_WEIGHT = {
    Outcome.RELEASED: 4,
    Outcome.UNCONFIRMED: 3,
    Outcome.REPLACED: 2,
    Outcome.GONE: 1,
    Outcome.CONTAINER_GONE: 1,
}
"""Of the endings of its halves, the one with the highest number tells how the lock ended."""


class Part(msgspec.Struct, frozen=True):
    """One half of a lock after a release: how it ended, or why it is still held."""

    ref: LockRef
    ending: Ending | None = None
    """None: it is still held."""
    why: str = ""
    """Why it is still held, in words for a person."""

    @property
    def half(self) -> Half:
        """Return the half as a page remembers it."""
        return Half(self.ref, held=self.ending is None)

    @property
    def told(self) -> HalfEnding:
        """Return what the ending of the whole lock tells of this half."""
        if self.ending is None:
            return HalfEnding(self.ref.place, Outcome.FAILED, self.why)
        ending = self.ending
        return HalfEnding(self.ref.place, ending.outcome, held_now=ending.held_now, by=ending.deleter)


def told_of(parts: Sequence[Part]) -> tuple[HalfEnding, ...]:
    """Return what is told of each half; nothing is told apart of a lock in one place."""
    return tuple(part.told for part in parts) if len(parts) > 1 else ()


def ending_of(parts: Sequence[Part], first: Callable[[Ending], bool]) -> Ending:
    """Return how a lock ended of which no half is held.

    It was released when the reaper deleted at least one half. Of two halves that ended alike, the ending counts that
    comes ``first``, else the later one.
    """
    endings = [part.ending for part in parts if part.ending]
    whole = max(endings, key=lambda one: (_WEIGHT.get(one.outcome, 0), first(one), one.at))
    return msgspec.structs.replace(whole, halves=told_of(parts))
