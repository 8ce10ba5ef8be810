"""Change a joint alert: each change is a pure function. Whoever stores the result gives it the next version."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.core.alerts.message import Posted, Sending, Topic, hash_of
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.click import SnoozeFor
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.part import Result
from chalicelib.core.hours import WorkingHours
from chalicelib.core.joint.belonging import holder_of
from chalicelib.core.joint.click import JointClick
from chalicelib.core.joint.joint import MOST, ROOM, Act, Holder, Joint, member_of
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.place import LockRef

_ENDED = {
    Outcome.RELEASED,
    Outcome.UNCONFIRMED,
    Outcome.GONE,
    Outcome.REPLACED,
    Outcome.UNWATCHED,
    Outcome.CONTAINER_GONE,
}
"""After these the lock that was shown is not held any more."""
_DONE = {JointVerb.RELEASE: Outcome.RELEASED, JointVerb.PUT_BACK: Outcome.RESTORED}


def joint_of(pages: Sequence[Page], channel: str, at: datetime) -> Joint:
    """Return a new joint alert for locks that belong together.

    Two runs that find the same locks at once give it the same ID, so that only one of them posts it.
    """
    locks = tuple(map(member_of, pages))
    holder = holder_of(pages[0]) or Holder()
    first = min(one.ref.name for one in locks)
    name = hash_of(channel, holder.session, holder.who, first)
    return Joint(id=name, channel=channel, holder=holder, at=at, locks=locks)


def shown(joint: Joint, version: int, at: datetime) -> Joint:
    """Note that the message shows a version. This change itself changes nothing that people see."""
    seen = joint.version + 1 if joint.version == version else version
    return replace(joint, shown_at=at, shown_version=seen)


def claimed(joint: Joint, sending: Sending, until: datetime) -> Joint | None:
    """Take the right to send one message; None: another may be under way, or it has been said."""
    if joint.sending or sending.first.name in joint.said:
        return None
    return replace(joint, sending=sending, claimed_until=until)


def doubted(joint: Joint, sending: Sending, until: datetime) -> Joint | None:
    """Note that a message may or may not have been sent; None: another is being sent by now."""
    return replace(joint, claimed_until=until) if joint.sending == sending else None


def dropped(joint: Joint, sending: Sending) -> Joint | None:
    """Give back the right to send a message; None: another is being sent by now."""
    return replace(joint, sending=None, claimed_until=None) if joint.sending == sending else None


def said(joint: Joint, sending: Sending, posted: Posted) -> Joint | None:
    """Note where a message stands; None: that is noted already."""
    if sending.first.name in joint.said:
        return dropped(joint, sending)
    free = {"sending": None, "claimed_until": None} if joint.sending == sending else {}
    level = max(joint.level, sending.level)
    return replace(
        joint,
        said=joint.said | {one.name for one in sending.saying},
        level=level,
        **free,
        **_own(joint, sending, posted),
    )


def _own(joint: Joint, sending: Sending, posted: Posted) -> dict[str, object]:
    """Return what a message changes besides: where the alert stands, or its list."""
    if sending.first.topic is Topic.JOINT:
        return {"posted": posted, "shown_at": sending.at, "shown_version": joint.version + 1, "listing": None}
    return {"listing": posted, "listed": 1} if sending.first.topic is Topic.JOINT_LIST else {}


def with_pages(joint: Joint, pages: Iterable[Page]) -> Joint:
    """Add locks of the same run, as far as there is room. A lock that was put back takes its old number.

    Whoever asked for a release asked for the locks that were there, so another lock ends the request.
    """
    locks, gone = list(joint.locks), set(joint.gone)
    numbers = {one.ref.place: number for number, one in enumerate(locks)}
    size = sum(one.size for one in locks)
    for page in pages:
        member = member_of(page)
        number = numbers.get(member.ref.place)
        if number is not None:
            locks[number] = member
            gone.discard(number)
        elif len(locks) < MOST and size + member.size <= ROOM:
            numbers[member.ref.place] = len(locks)
            locks.append(member)
            size += member.size
    changed = replace(joint, locks=tuple(locks), gone=frozenset(gone))
    return withdrawn(changed) if joint.asked and _is_more(joint, changed) else changed


def _is_more(before: Joint, now: Joint) -> bool:
    """Return whether there is a lock now, or a half of one, that was not there before."""
    shown = {name for one in before.held.values() for name in one.names}
    return any(name not in shown for one in now.held.values() for name in one.names)


def as_now(joint: Joint, held: Mapping[LockRef, Page]) -> Joint:
    """Return a joint alert with its locks as all pages of held locks have them now."""
    joint = with_pages(joint, (page for page in held.values() if page.joint == joint.id and not page.ending))
    there = {number for number, one in enumerate(joint.locks) if (page := held.get(one.ref)) and not page.ending}
    return replace(joint, gone=frozenset(range(len(joint.locks))) - there)


def without(joint: Joint, ended: Iterable[LockRef]) -> Joint | None:
    """Note that locks have ended; None: that is noted already."""
    refs = set(ended)
    gone = joint.gone | {number for number, one in enumerate(joint.locks) if one.ref in refs}
    return None if gone == joint.gone else replace(joint, gone=gone)


def quietened(joint: Joint, snooze: Snooze | None, at: datetime) -> Joint | None:
    """Note a snooze or its end (None). Of two clicks the later one counts; None: a later one was noted."""
    if joint.quiet_at and joint.quiet_at >= at:
        return None
    return replace(joint, snooze=snooze, quiet_at=at)


def snooze_of(click: JointClick, hours: WorkingHours, now: datetime) -> Snooze:
    """Return the snooze that a click asks for. Its time counts from the click, not from its delivery."""
    return Snooze(click.user, (click.snooze_for or SnoozeFor.HOUR).until(click.at or now, hours))


def asked(joint: Joint, asking: Asked) -> Joint | None:
    """Note who asks for a release by two people; None: somebody did before, or this click was withdrawn."""
    if joint.asked or asking.click in joint.withdrawn:
        return None
    return replace(joint, asked=asking)


def withdrawn(joint: Joint) -> Joint:
    """Note that the request is withdrawn."""
    clicks = {joint.asked.click} if joint.asked else set()
    return replace(joint, asked=None, withdrawn=joint.withdrawn | clicks)


def begun(joint: Joint, click: JointClick, at: datetime) -> Joint:
    """Begin to carry out a click on exactly the locks that were shown."""
    released = joint.act.done if joint.act else ()
    numbers = tuple(sorted(joint.held)) if click.verb is JointVerb.RELEASE else released
    approved = joint.asked.by if joint.asked and click.verb is JointVerb.RELEASE else ""
    act = Act(verb=click.verb, by=click.user, click=click.click, at=at, numbers=numbers, approved=approved)
    return replace(joint, act=act, asked=None)


def progressed(joint: Joint, results: Iterable[Result], now: datetime, *, last: bool) -> Joint | None:
    """Note how many parts of the running act have ended; None: no act is running.

    With ``last`` the reaper waits no longer. Of two results of one lock, which a redelivery can leave, the best counts.
    """
    act = joint.running
    if act is None:
        return None
    of_each = _of_each(results)
    known = [of_each[number] for number in act.numbers if number in of_each]
    act = replace(act, ended=len(known), told_at=now)
    if len(known) == len(act.numbers) or last:
        return _over(joint, act, of_each)
    return replace(joint, act=act)


def released_alone(joint: Joint, page: Page, now: datetime) -> Joint | None:
    """Note that a person released one of the locks by itself, so that the message says so and offers to put it back.

    None: there is nothing to note, or what an earlier click released can still be put back.
    """
    ending, act = page.ending, joint.act
    number = next((number for number, one in enumerate(joint.locks) if one.ref == page.lock.ref), None)
    if number is None or ending is None or ending.outcome is not Outcome.RELEASED or not ending.user:
        return None
    undo = ending.undo_until - ending.at if ending.undo_until else timedelta(0)
    if act and (not act.over or act.click == ending.click or (act.done and now < act.undo_until(undo))):
        return None
    done = (number,)
    alone = Act(
        verb=JointVerb.RELEASE, by=ending.user, click=ending.click, at=ending.at, numbers=done, over=True, done=done
    )
    return replace(joint, act=alone)


def _over(joint: Joint, act: Act, of_each: Mapping[int, Result]) -> Joint:
    done = _DONE[act.verb]
    results = [of_each.get(number, Result(number, Outcome.FAILED, _NO_WORD)) for number in act.numbers]
    ours = tuple(one.number for one in results if one.outcome is done)
    left = tuple(one for one in results if one.outcome is not done)
    act = replace(act, over=True, done=ours, left=left[:_MOST_LEFT])
    gone = joint.gone
    if act.verb is JointVerb.RELEASE:
        gone = gone | {one.number for one in results if one.outcome in _ENDED}
    return replace(joint, act=act, gone=gone)


_MOST_LEFT = 20
"""Most locks that an act remembers with how their part ended; the message names fewer, the journal has all."""
_NO_WORD = "no answer yet; /tflocks shows whether it is still held"


def _of_each(results: Iterable[Result]) -> dict[int, Result]:
    """Return one result for each lock: the one that says that this click did it, if there are several."""
    of_each: dict[int, Result] = {}
    for one in sorted(results, key=lambda one: (one.outcome in _DONE.values(), one.outcome in _ENDED)):
        of_each[one.number] = one
    return of_each
