"""Decide the next step of a joint alert, from what is known of its locks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.alert import level_of
from chalicelib.core.alerts.page import Page
from chalicelib.core.joint.joint import Joint
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Rules, by_name

WAITED_FOR = timedelta(minutes=15)
"""How long after a click the reaper waits for the last of its orders; 2,000 releases take less than three minutes."""
STALLED = timedelta(minutes=2)
"""When nothing was told of a running act for this long, the order that shows its progress was lost."""
SHOWN_AT_LEAST = timedelta(days=1)
"""Only an edit finds out that somebody deleted the message in Slack."""
_REMEMBERED = timedelta(hours=1)
"""How long a joint alert is remembered after its last lock is gone and nothing can be put back any more."""


class JointStep(StrEnum):
    """The next thing to do about a joint alert."""

    NOTHING = "nothing"
    RAISE = "raise"
    WAKE = "wake"
    SHOW = "show"
    GO_ON = "go on"
    """Order that the progress of the running act is shown again."""
    FORGET = "forget"


class Reached(msgspec.Struct, frozen=True):
    """The level that the locks of a joint alert have reached, as far as people may be called now."""

    level: int
    count: int
    called: tuple[str, ...]


def reached(joint: Joint, held: Mapping[LockRef, Page], rules: Rules, now: datetime) -> Reached:
    """Return the highest level of the locks whose route lets people be called now."""
    levels: list[int] = []
    called: dict[str, None] = {}
    for member in joint.held.values():
        policy = rules.policy_for(member.ref.place)
        page = held.get(member.ref)
        if page is None or not policy.working_hours.open_at(now):
            continue
        levels.append(level := level_of(page, policy, now))
        called |= dict.fromkeys(policy.called(joint.level, level))
    highest = max(levels, default=0)
    names = tuple(called)
    elsewhere = joint.posted is not None and joint.posted.instead_of
    return Reached(highest, levels.count(highest), by_name(names) if elsewhere else names)


def next_step(joint: Joint, reached_now: Reached, undo: timedelta, now: datetime, *, changed: bool) -> JointStep:
    """Return the next step of a joint alert whose message stands in Slack."""
    if running := joint.running:
        return JointStep.GO_ON if now - (running.told_at or running.at) > STALLED else JointStep.NOTHING
    shown = joint.shown_at or joint.at
    if not joint.held:
        forgotten = now - max(shown, joint.act.at if joint.act else shown) > undo + _REMEMBERED
        return JointStep.FORGET if forgotten and not changed else _shown(changed=changed)
    if not joint.snoozed(now) and reached_now.count:
        if reached_now.level > joint.level:
            return JointStep.RAISE
        if joint.snooze and joint.snooze.over.name not in joint.said:
            return JointStep.WAKE
    return _shown(changed=changed or now - shown >= SHOWN_AT_LEAST)


def _shown(*, changed: bool) -> JointStep:
    return JointStep.SHOW if changed else JointStep.NOTHING
