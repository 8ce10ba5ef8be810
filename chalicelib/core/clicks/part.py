"""One lock's part of a click on a joint alert, which is about all locks that one run left behind."""

import msgspec

from chalicelib.core.clicks.ending import Ending, Outcome

_WHY = 160
"""Most characters of a reason. All results of a click, 2,000 at most, are read at once."""


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tells of which click on which joint alert an order about one lock is a part."""

    joint: str
    """The ID of the joint alert."""
    click: str
    """Identifies the click on the joint alert; the orders about its locks have a number behind it."""
    number: int
    """The number of the lock in the joint alert."""
    approved: str = ""
    """The Slack user who asked for the release, when it takes two people."""


class Result(msgspec.Struct, frozen=True, omit_defaults=True, order=True):
    """How one lock's part of a click ended."""

    number: int
    outcome: Outcome
    why: str = ""
    """Why it failed, or who holds the state now; in words for a person."""


def result_of(part: Part, ending: Ending, *, ours: bool) -> Result:
    """Return how one lock's part of a click ended, from the ending of its order.

    Another click may have released the lock, or put it back, before this one (``ours`` is False).
    """
    holder = ending.held_now.info.Who if ending.held_now and ending.held_now.info else ""
    outcome = ending.outcome if ours else _BY_ANOTHER.get(ending.outcome, ending.outcome)
    return Result(part.number, outcome, (holder or ending.why)[:_WHY])


_BY_ANOTHER = {Outcome.RELEASED: Outcome.GONE, Outcome.UNCONFIRMED: Outcome.GONE, Outcome.RESTORED: Outcome.OCCUPIED}
