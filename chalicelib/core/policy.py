"""The rules of the platform team: which locks are held too long, who hears of them, who may release them."""

import re
from datetime import timedelta

import msgspec

from chalicelib.core.lock import Risk, is_lock_key

EVERYONE = "*"
"""In a list of releasers: every member of the workspace. It must be written; an empty list opens nothing."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to the locks of a route. Thresholds are ascending ages, one list per risk, never empty."""

    channel: str
    releasers: tuple[str, ...]
    thresholds: dict[Risk, tuple[timedelta, ...]]

    def level(self, risk: Risk, age: timedelta) -> int:
        """How many thresholds an age has reached: 0 is no alert yet. This is the threshold rule."""
        return sum(age >= threshold for threshold in self.thresholds[risk])


class Route(msgspec.Struct, frozen=True):
    """Which state paths a policy is for. In a pattern ``*`` is any text, slashes too, and ``?`` one character."""

    state_paths: tuple[str, ...]
    policy: Policy

    def covers(self, state_path: str) -> bool:
        """Whether one of the patterns matches the whole state path."""
        return any(_matches(pattern, state_path) for pattern in self.state_paths)


class Target(msgspec.Struct, frozen=True):
    """One place to sweep. No prefixes: the whole bucket. No region: the region of the stack."""

    bucket: str
    prefixes: tuple[str, ...] = ()
    region: str | None = None

    def covers(self, bucket: str, key: str) -> bool:
        """Whether a key is this target's to sweep, and so ours to act on."""
        return bucket == self.bucket and (not self.prefixes or key.startswith(self.prefixes))


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All that a platform team has decided. The last route covers every state path."""

    team: str
    """The Slack workspace whose members may act."""
    trouble_channel: str
    """Where the reaper tells of its own trouble."""
    targets: tuple[Target, ...]
    routes: tuple[Route, ...]

    def policy_for(self, state_path: str) -> Policy:
        """The policy of the first route that covers the state path."""
        return next(route.policy for route in self.routes if route.covers(state_path))

    def covers(self, bucket: str, key: str) -> bool:
        """Whether a lock key is within any target; nothing else is read, told or deleted, whoever asks."""
        return is_lock_key(key) and any(target.covers(bucket, key) for target in self.targets)


def _matches(pattern: str, state_path: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, state_path, re.DOTALL) is not None
