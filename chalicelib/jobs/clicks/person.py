"""What every click goes through: what is known of its lock, whether its person may, how they are answered."""

from contextlib import suppress
from datetime import datetime
from math import ceil

import msgspec

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.audit.line import EventType, of_click
from chalicelib.core.clicks.click import Answer, Click, Colleague, InGroup, MembersUnknownError, Refusal, refusal
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import edit
from chalicelib.jobs.alerts.case import Case, case_of
from chalicelib.jobs.alerts.endings import tell
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.orders import Queue
from chalicelib.ports.people import DirectoryError, MessageGoneError
from chalicelib.ports.world import World

AGAIN_AFTER = 5
"""Seconds until a click is looked at again that waits for another one: most deletes and puts take less than one."""


def in_group_by(world: World) -> InGroup:
    """Membership as Slack has it now, but for a few minutes."""

    def in_group(group: str, user: str) -> bool:
        try:
            return user in world.directory.members(group)
        except DirectoryError as error:
            raise MembersUnknownError(str(error)) from error

    return in_group


def colleague_by(world: World, rules: Rules) -> Colleague:
    """Membership of the organisation as Slack has it now."""

    def colleague(user: str) -> bool:
        try:
            return world.directory.belongs(user, rules.enterprise)
        except DirectoryError as error:
            raise MembersUnknownError(str(error)) from error

    return colleague


def why_not(click: Click, record: LockRecord | None, world: World, rules: Rules) -> Refusal | None:
    """Why this person may not; None when they may."""
    why = refusal(click, rules, in_group_by(world), colleague_by(world, rules), record.owner if record else "")
    return why or (Refusal.HELD_AGAIN if record and record.is_after(click.at) else None)


def unremembered(ref: LockRef, world: World) -> LockRecord:
    """A record for a lock that the book has lost: as much as can be seen of it now."""
    current = None
    with suppress(StoreError):
        current = world.store.read(ref.place)
    if current and presence(ref, current) is Presence.SAME:
        return LockRecord(lock=current)
    return LockRecord(lock=HeldLock(ref, flaw="is no longer known to the reaper's lock book"))


def ending_of(click: Click, outcome: Outcome, now: datetime, detail: str = "") -> Ending:
    """How a click ended."""
    return Ending(outcome=outcome, at=now, user=click.user, click=click.click, detail=detail)


def whisper(click: Click, ending: Ending, world: World, releasers: tuple[str, ...] = ()) -> None:
    """Tell the person alone; nobody clicked what the reaper does by itself."""
    if click.user:
        answer = Answer(verb=click.verb, ending=ending, releasers=releasers, state_path=click.lock.state_path)
        world.messenger.whisper(click.person, answer)


def misrouted(click: Click, world: World, now: datetime) -> Ending:
    """Answer a click that came to a function that must not do what was clicked."""
    ending = ending_of(click, Outcome.FAILED, now, f"it came to a function that does not {click.verb}")
    whisper(click, ending, world)
    return ending


def come_again(click: Click, orders: Queue, until: datetime, now: datetime) -> None:
    """Have a click delivered once more, soon, and at the latest when the claim that it waits for is over."""
    left = ceil((until - now).total_seconds()) + 1
    orders.send(msgspec.json.encode(click), max(1, min(AGAIN_AFTER, left)))


def refuse(
    click: Click, record: LockRecord | None, why: Refusal, world: World, rules: Rules, now: datetime, line: EventType
) -> Ending:
    """Answer a person who may not; the journal has it."""
    ending = ending_of(click, Outcome.REFUSED, now, why.value)
    world.journal.write(of_click(line, click, record.lock if record else None, now, ending))
    listed = why in {Refusal.NOT_LISTED, Refusal.UNKNOWN_MEMBERS}
    whisper(click, ending, world, rules.policy_for(click.lock.state_path).releasers if listed else ())
    return ending


def show(click: Click, record: LockRecord, ending: Ending, world: World, rules: Rules) -> bool:
    """Tell how a click on a held lock ended, where it was clicked and in the lock's own message when that is another.

    Whether the person who clicked can see it.
    """
    case = case_of(record, world, rules, ending.at)
    seen = _show_where_clicked(click, case, ending)
    return (edit(case, ending) or seen) and bool(click.message)


def show_closed(click: Click, case: Case) -> bool:
    """Tell that a lock has ended, where it was clicked and in the lock's own message when that is another.

    Whether the person who clicked can see it.
    """
    seen = _show_where_clicked(click, case, case.record.ending)
    with suppress(BookError):  # the message says it; that it does will be noted later
        seen = tell(case) or seen
    return seen and bool(click.message)


def _show_where_clicked(click: Click, case: Case, ending: Ending | None) -> bool:
    """In the message that was clicked, unless it is the lock's own or only one person sees it; whether it is there."""
    own = case.record.posted
    if not click.message or (own and (own.channel, own.handle) == (click.channel, click.message)):
        return False
    try:
        case.world.messenger.edit(Posted(click.channel, click.message), case.alert(ending))
    except MessageGoneError:
        return False
    return True
