"""When holds of one state began: what S3 told, and what other lines of the journal know of locks it did not tell of."""

from collections.abc import Iterable

import msgspec

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.audit.line import EventType, LockEvent
from tflocks.holds.hold import Hold, Source
from tflocks.holds.matching import nearest

SEEN_HELD = (
    EventType.ALERT_POSTED,
    EventType.ALERT_RAISED,
    EventType.ALERT_FAILED,
    EventType.RELEASE_REQUESTED,
    EventType.LOCK_RESTORED,
)
"""Lines about a lock that the reaper has seen. Not all clicks: they can come long after the lock is gone."""


def begins(events: Iterable[LockEvent]) -> list[Hold]:
    """Every hold that began, once, the oldest first.

    First the acquires, and the locks that are there again. Then those that only their release's line tells of and those
    that only an alert or a click is about: older than what was read, or never told by S3.
    """
    events = list(events)
    known = [_BEGAN[event.event](event) for event in events if event.event in _BEGAN]
    for accounts in (_each_once(map(told_of, events)), _each_once(map(_seen, events))):
        matched = nearest(accounts, known)
        known += [hold for place, hold in enumerate(accounts) if place not in matched]
    return sorted(known, key=lambda hold: (hold.order, hold.etag, hold.lock_id))


def told_of(release: LockEvent) -> Hold | None:
    """The acquire that a release's line says it ended, as far as that can be."""
    if release.event is not EventType.LOCK_RELEASED:
        return None
    possible = release.acquired_at is not None and release.acquired_at <= release.time
    return of_release_alone(release) if possible else None


def of_release_alone(release: LockEvent) -> Hold:
    """What only the line of a release tells of the hold that it ended."""
    return msgspec.structs.replace(
        _of_lock(release), principal=release.taken_by, session_name=session_name(release.taken_by)
    )


def _acquired(line: LockEvent) -> Hold:
    return msgspec.structs.replace(
        _of_lock(line),
        since=line.time,
        principal=line.principal,
        session_name=line.session_name,
        account=line.account,
        source_address=line.source_address,
        put_back_by=line.slack_user,
    )


def _reappeared(line: LockEvent) -> Hold:
    """A lock that had ended and is current again: who took it is not who brought it back."""
    return msgspec.structs.replace(
        _of_lock(line), since=line.time, principal=line.taken_by, session_name=session_name(line.taken_by)
    )


_BEGAN = {EventType.LOCK_ACQUIRED: _acquired, EventType.LOCK_REAPPEARED: _reappeared}


def _seen(line: LockEvent) -> Hold | None:
    if line.event not in SEEN_HELD or line.acquired_at is None:
        return None
    return msgspec.structs.replace(_of_lock(line), seen_only=True)


def _of_lock(line: LockEvent) -> Hold:
    """What any line about a lock tells of it."""
    return Hold(
        state_path=line.state_path,
        source=Source.JOURNAL,
        since=line.acquired_at,
        unread=line.incomplete,
        lock_id=line.lock_id,
        operation=line.operation,
        who=line.who,
        terraform_version=line.terraform_version,
        etag=line.etag.strip('"'),
    )


def _each_once(accounts: Iterable[Hold | None]) -> list[Hold]:
    """Several lines name the same lock: alerts one after the other, and a release that took its acquire for another's.

    Of these the first counts.
    """
    once: dict[tuple[object, ...], Hold] = {}
    for hold in filter(None, accounts):
        once.setdefault((hold.since, hold.etag, hold.lock_id), hold)
    return list(once.values())
