"""The rules of the platform team: which locks are held too long, who hears of them, who may release them."""

import re
from datetime import timedelta
from functools import lru_cache

import msgspec

from chalicelib.core.hours import WorkingHours, always
from chalicelib.core.locks.ci_run import CiRun
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.lock_info import Risk

EVERYONE = "*"
"""In a list of releasers: every member of the workspace, or of the organisation where the rules name one.

It must be written; an empty list opens nothing.
"""

GROUP_LETTER = "S"
"""What the ID of a Slack user group begins with; those of users begin with U or W."""

EVERYBODY = frozenset({"here", "channel"})
"""Among whom a level calls: all who are in the channel, or active in it."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to the locks of a route. Thresholds are ascending ages, one list per risk, never empty."""

    channel: str
    releasers: tuple[str, ...]
    """Slack users (``U``, ``W``), user groups (``S``) or ``EVERYONE``."""
    thresholds: dict[Risk, tuple[timedelta, ...]]
    mentions: dict[int, tuple[str, ...]] = {}
    """Whom each level calls: Slack users, user groups, ``here`` or ``channel``."""
    working_hours: WorkingHours = always("UTC")
    """Outside of them nobody is called; what is due waits."""
    owners: dict[str, str] = {}
    """Patterns over what a holder is called -> the Slack user behind it. The first that matches is taken."""
    owner_emails: bool = False
    """Whether a session name that is an e-mail address is looked up in Slack."""
    ci_runs: tuple[CiRun, ...] = ()
    second_person: bool = False
    """Whether a release takes two people: one who asks, another who approves."""
    auto_release: timedelta | None = None
    """The age at which a lock that cannot write the state is released by the reaper itself; None: never."""

    def level(self, risk: Risk, age: timedelta) -> int:
        """How many thresholds an age has reached: 0 is no alert yet. This is the threshold rule."""
        return sum(age >= threshold for threshold in self.thresholds[risk])

    def called(self, above: int, level: int) -> tuple[str, ...]:
        """Everybody whom the levels above one, up to another, call; nobody twice."""
        everybody = (name for reached in range(above + 1, level + 1) for name in self.mentions.get(reached, ()))
        return tuple(dict.fromkeys(everybody))


class Route(msgspec.Struct, frozen=True):
    """Which state paths a policy is for. In a pattern ``*`` is any text, slashes too, and ``?`` one character."""

    state_paths: tuple[str, ...]
    policy: Policy

    def covers(self, state_path: str) -> bool:
        """Return whether one of the patterns matches the whole state path."""
        return _expression(self.state_paths).fullmatch(state_path) is not None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All that a platform team has decided. The last route covers every state path."""

    team: str
    """The Slack workspace whose members may act."""
    enterprise: str = ""
    """The Enterprise Grid organisation whose members may act as well; "": only those of the workspace."""
    trouble_channel: str
    """Where the reaper tells of its own trouble."""
    targets: tuple[Target, ...]
    routes: tuple[Route, ...]
    digest_over: int
    """So many new alerts in a channel at once are told one by one; more become one digest."""
    undo: timedelta
    """How long a released lock can be put back; zero: never, and the reaper has no right to."""

    @property
    def groups(self) -> frozenset[str]:
        """The user groups whose members may release something."""
        named = (name for route in self.routes for name in route.policy.releasers)
        return frozenset(name for name in named if name.startswith(GROUP_LETTER))

    def policy_for(self, state_path: str) -> Policy:
        """The policy of the first route that covers the state path."""
        return next(route.policy for route in self.routes if route.covers(state_path))

    def covers(self, place: Place) -> bool:
        """Return whether a place is within any target; nothing else is read, told or deleted, whoever asks."""
        return any(target.covers(place) for target in self.targets)


def by_name(called: tuple[str, ...]) -> tuple[str, ...]:
    """Return the people and groups among those who are called, without all of the channel that they are called in."""
    return tuple(name for name in called if name not in EVERYBODY)


def matches(pattern: str, text: str) -> bool:
    """Return whether a pattern matches the whole text: ``*`` is any text, ``?`` one character."""
    return _expression((pattern,)).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _expression(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return what matches whole texts that one of the patterns matches; compiled once, since each lock is tried."""
    return re.compile("|".join(f"(?:{_written(pattern)})" for pattern in patterns), re.DOTALL)


def _written(pattern: str) -> str:
    first, *rest = (re.escape(piece).replace(r"\?", ".") for piece in pattern.split("*"))
    # Each piece is taken where it first fits and never tried again, since the text may be 16 KB that a stranger wrote.
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    last = f".*{rest[-1]}" if rest else ""
    return first + middle + last
