"""Journal an event exactly once."""

from datetime import datetime

from chalicelib.core.audit.event import RESTORING
from chalicelib.core.audit.event_line import of_acquire
from chalicelib.core.audit.hold import Journaled, NotedEvent
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.audit.located import located
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.policy import Rules
from chalicelib.jobs.event_case import EventCase
from chalicelib.ports.world import World


def journal_once(noted: NotedEvent, line: JournalLine, world: World, rules: Rules, now: datetime) -> None:
    """Claim the event, write its line, note that it is written.

    If the process dies in between, the line may be written twice; both lines have the same ``event_id``.
    """
    if world.events.claim(noted, now):
        world.journal.write(located(line, noted.event.place, rules))
        attempt = line.event is LineKind.LOCK_ATTEMPTED
        world.events.journaled(noted.event, Journaled.ATTEMPT if attempt else Journaled.HOLD)


def pass_over(noted: NotedEvent, world: World, now: datetime) -> None:
    """Note that the release of an attempt is told by the line of the attempt, so that no other line tells of it."""
    if world.events.claim(noted, now):
        world.events.journaled(noted.event, Journaled.ATTEMPT)


def journal_acquire(noted: NotedEvent, lock: HeldLock | None, case: EventCase) -> None:
    """Journal an acquire as the begin of a hold."""
    event, restore_role = case.event, case.recording.restore_role
    # If S3 names the identity, only the role that puts locks back, or its session in another account, can have put this
    # one back.
    ours = event.by(restore_role) or event.in_session(RESTORING)
    may_be_ours = ours or not (event.principal and restore_role)
    restorer = _restorer(lock, case) if lock and lock.mark and may_be_ours else ""
    journal_once(noted, of_acquire(event, lock, restorer), case.world, case.rules, case.now)


def _restorer(lock: HeldLock, case: EventCase) -> str:
    """Return the Slack user for whom the reaper put back a lock that has a mark; "" when that is not known.

    The event can arrive before the reaper has noted the put on both pages (``restores.restored``), or between the two.
    """
    pages = case.pages(lock.ref.since)
    known = (page.restorer_of(lock) for page in pages)
    noted = (page.restored_by for page in pages if page.lock.ref == lock.ref)
    return next((one.by for one in known if one), next(noted, ""))
