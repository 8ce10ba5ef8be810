"""Make the journal's lines about what AWS told of a lock, or what the reaper saw of it."""

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.hold import EndedHold
from chalicelib.core.audit.line import JournalLine, LineKind, line_of, person, unless_aws
from chalicelib.core.clicks.ending import LetGoBy, is_operator
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Clock

_NOT_TOLD = {
    ToldBy.STREAM: "the stream of a lock table does not tell who did it",
    ToldBy.SEEN: "the reaper saw it: the table has no stream that tells of its locks",
}
"""What an event's own kind of telling leaves out."""


def of_acquire(event: LockEvent, lock: HeldLock | None, slack_user: str, clock: Clock = Clock.AWS) -> JournalLine:
    """Return the line of an acquire. Without a lock the line is incomplete."""
    return _of_event(
        LineKind.LOCK_ACQUIRED, event, lock, acquired_at=event.at, clock=unless_aws(clock), slack_user=slack_user
    )


def of_attempt(event: LockEvent, lock: HeldLock | None, holder: HeldLock) -> JournalLine:
    """Return the line of a run that took the lock in S3, met another holder in the lock table and let S3 go."""
    who = holder.info.Who if holder.info else "a lock that cannot be read"
    return _of_event(
        LineKind.LOCK_ATTEMPTED,
        event,
        lock,
        acquired_at=None,
        clock="",
        turned_away_by=holder.info.ID if holder.info else "",
        turned_away_at=holder.ref.place.address,
        detail=f"turned away by {who}, which held the state in the lock table",
    )


def of_release(event: LockEvent, hold: EndedHold | None, let_go_by: LetGoBy) -> JournalLine:
    """Return the line of a release, with the hold that it ended, if that is known."""
    if hold is None:
        detail = "no lock is known that this release ended"
        return _of_event(LineKind.LOCK_RELEASED, event, None, released_by=let_go_by.value, detail=detail)
    page = hold.page
    by_person = LetGoBy.OPERATOR if page and is_operator(page.deleter) else LetGoBy.SLACK
    clicked = page if let_go_by is by_person else None
    return _of_event(
        LineKind.LOCK_RELEASED,
        event,
        hold.lock,
        acquired_at=hold.since,
        clock=unless_aws(hold.clock),
        held_seconds=(event.at - hold.since).total_seconds() if hold.since else None,
        released_by=let_go_by.value,
        taken_by=hold.taken_by,
        # When two people clicked at once, the page names the one whose delete it was.
        **person(clicked.deleter if clicked else ""),
        asked_by=clicked.approved if clicked else "",
        by_reaper=let_go_by is LetGoBy.REAPER,
    )


def of_reappearance(event: LockEvent, lock: HeldLock, page: Page | None, detail: str) -> JournalLine:
    """Return the line of a lock that had ended and is current again."""
    taken_by = page.principal if page else ""
    return _of_event(
        LineKind.LOCK_REAPPEARED, event, lock, acquired_at=event.at, clock="", taken_by=taken_by, detail=detail
    )


def _of_event(kind: LineKind, event: LockEvent, lock: HeldLock | None, **fields: object) -> JournalLine:
    told: dict[str, object] = {} if lock else {"state_path": event.ref.state_path, "etag": event.stamp}
    told |= {
        "address": event.place.address,
        "principal": event.principal,
        "account": event.account,
        "source_address": event.source_address,
        "told_by": event.told_by.value,
        "incomplete": lock is None,
        "detail": _NOT_TOLD.get(event.told_by, ""),
    }
    return line_of(kind, event.at, event.known_by, lock, **(told | fields))
