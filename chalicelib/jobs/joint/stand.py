"""Post a joint alert, keep its message true, and make the pages of its locks silent."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.alert import level_of
from chalicelib.core.alerts.message import UNDER_WAY, Topic
from chalicelib.core.alerts.owner import ci_run_link
from chalicelib.core.alerts.transitions import joints as transitions
from chalicelib.core.audit.line import LineKind, of_lock
from chalicelib.core.joint import change
from chalicelib.core.joint.joint import Joint
from chalicelib.core.joint.shown import alert_of
from chalicelib.core.policy import Rules, by_name
from chalicelib.jobs.alerts.case import Case, Detours
from chalicelib.jobs.alerts.say import say_once
from chalicelib.jobs.joint.changing import JointClaim, changed
from chalicelib.ports.book import BookError
from chalicelib.ports.people import Ability, ChannelRefusedError, MessageGoneError
from chalicelib.ports.world import World

_SHOWN_AGAIN = 3
"""How often a message is written again at once, because something changed while it was written."""


def stand(cases: Sequence[Case]) -> list[Case]:
    """Post a joint alert for locks that belong together, oldest first; return those that it tells of now.

    Raises:
        MessengerError: Slack did not take it, or its answer was lost.
        BookError: nothing was posted; without the joint book, locks are told one by one.
    """
    first = cases[0]
    joint = change.joint_of([case.page for case in cases], first.policy.channel, first.now)
    joint = msgspec.structs.replace(
        joint,
        owner=first.owner()[0],
        ci_run_link=ci_run_link(first.page.principal, first.page.lock.info, first.policy),
        level=max(map(_level, cases)),
    )
    if standing := post(joint, first.world, first.rules, first.now, first.detours):
        return silence(standing, cases)
    there = first.world.joints.find(joint.id)
    if there and not (there.posted or there.sending):
        first.world.joints.forget(there)  # an earlier run could not post it, and could not forget it
    if there is None or not (there.posted or there.sending):
        raise BookError("the joint alert of these locks cannot be read")
    return join(there, cases) if there.posted else []


def join(joint: Joint, cases: Sequence[Case]) -> list[Case]:
    """Add locks of the same run to a joint alert; return those that it tells of now. Raises BookError."""
    first = cases[0]
    pages = [case.page for case in cases]
    _, joint_now = changed(first.world.joints, joint.id, lambda known: change.with_pages(known, pages))
    known = {one.ref for one in joint_now.locks} if joint_now else set()
    return silence(joint_now, [case for case in cases if case.ref in known]) if joint_now else []


def silence(joint: Joint, cases: Sequence[Case]) -> list[Case]:
    """Note on the pages of locks that a joint alert tells of them; return those of which it is noted."""
    told = []
    for case in cases:
        with suppress(BookError):  # the next run finds the lock among those of the joint alert
            noted = transitions.join(case.page.lock, joint.id, _level(case), joint.owner, case.now)
            if case.world.book.write(noted).taken:
                told.append(case)
                _journal(joint, case)
    return told


def post(joint: Joint, world: World, rules: Rules, now: datetime, detours: Detours) -> Joint | None:
    """Post the message of a joint alert, in another channel if its own takes nothing.

    Return None if another run posts it, or if nobody can know whether it stands there.
    """
    try:
        return _post(joint, world, rules, now, detours)
    except ChannelRefusedError as error:
        if not detours.close(error):
            raise
    return _post(joint, world, rules, now, detours)


def _post(joint: Joint, world: World, rules: Rules, now: datetime, detours: Detours) -> Joint | None:
    channel = detours.channel_for(joint.channel)
    elsewhere = joint.channel if channel != joint.channel else ""
    which = f"after {joint.posted.handle}" if joint.posted else ""
    sending = msgspec.structs.replace(joint.message(Topic.JOINT, which, now), channel=channel, instead_of=elsewhere)
    if joint.posted is None:
        joint = msgspec.structs.replace(joint, sending=sending, claimed_until=now + UNDER_WAY)
    claim = JointClaim(world.joints, joint, sending)
    alert = alert_of(joint, rules, now)
    called = by_name(alert.called) if elsewhere else alert.called
    alert = msgspec.structs.replace(alert, called=called, instead_of=elsewhere)
    if posted := say_once(claim, partial(world.messenger.post, alert, sending), world, now):
        with suppress(BookError):  # the claim stays, so the next run looks for the message
            claim.said(posted)
            return claim.joint
    return None


def show(joint: Joint, world: World, rules: Rules, now: datetime) -> bool:
    """Edit the message of a joint alert to what is true now; return whether people can see it. Raises BookError.

    Writers write the book first, and look at it last: of two at once, the later one sees both changes.
    """
    for _ in range(_SHOWN_AGAIN):
        if joint.posted is None or Ability.EDIT not in world.messenger.can:
            return False
        as_shown = msgspec.structs.replace(joint, shown_at=now)
        try:
            world.messenger.edit(joint.posted, alert_of(as_shown, rules, now))
        except (MessageGoneError, ChannelRefusedError):
            return False
        version = joint.version
        _, latest = changed(world.joints, joint.id, partial(change.shown, version=version, at=now))
        if latest is None or latest.version == latest.shown_version:
            break
        joint = latest
    return True


def _level(case: Case) -> int:
    return level_of(case.page, case.policy, case.now)


def _journal(joint: Joint, case: Case) -> None:
    posted = joint.posted
    told = {"channel": posted.channel, "message_ts": posted.handle} if posted else {}
    detail = f"joint alert {joint.id} of {joint.holder.name}"
    line = of_lock(LineKind.ALERT_POSTED, case.page.lock, case.now, level=_level(case), detail=detail, **told)
    case.journaled(line)
