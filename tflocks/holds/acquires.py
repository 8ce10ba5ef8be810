"""Find when the holds of one state began.

Most acquires were told by S3. Other lines of the journal know of locks whose acquire S3 did not tell.
"""

from collections.abc import Iterable

import msgspec

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.audit.event import ToldBy
from chalicelib.core.audit.journal_lines import SEEN_HELD
from chalicelib.core.audit.line import JournalLine, LineKind
from tflocks.holds.hold import Hold, Source
from tflocks.holds.matching import nearest


def holds_begun(events: Iterable[JournalLine]) -> list[Hold]:
    """Return every hold that began, once, the oldest first.

    The acquires and reappearances count first. Then come the holds that only the line of their release tells of, and
    those that only an alert or a click is about: they are older than what was read, or S3 never told of them.
    """
    events = list(events)
    known = [_BEGAN[event.event](event) for event in events if event.event in _BEGAN]
    for indirect in (_each_once(map(hold_named_by, events)), _each_once(map(_seen, events))):
        matched = nearest(indirect, known)
        known += [hold for index, hold in enumerate(indirect) if index not in matched]
    return sorted(known, key=lambda hold: (hold.order, hold.etag, hold.lock_id))


def attempts(events: Iterable[JournalLine]) -> list[Hold]:
    """Return the attempts, which look like holds to whoever knows only the versions of a lock."""
    told = [event for event in events if event.event is LineKind.LOCK_ATTEMPTED]
    return [
        msgspec.structs.replace(_of_lock(event), since=event.time, until=event.time, attempt=True) for event in told
    ]


def hold_named_by(release: JournalLine) -> Hold | None:
    """Return the hold that a release's line says it ended, or None if it could not have."""
    if release.event is not LineKind.LOCK_RELEASED:
        return None
    possible = release.acquired_at is not None and release.acquired_at <= release.time
    return hold_of_release(release) if possible else None


def hold_of_release(release: JournalLine) -> Hold:
    """Return the hold that a release ended, with nothing but what the release's line tells."""
    return msgspec.structs.replace(
        _of_lock(release), principal=release.taken_by, session_name=session_name(release.taken_by)
    )


def _acquired(line: JournalLine) -> Hold:
    return msgspec.structs.replace(
        _of_lock(line),
        since=line.time,
        principal=line.principal,
        session_name=line.session_name,
        account=line.account,
        source_address=line.source_address,
        put_back_by=line.slack_user,
    )


def _reappeared(line: JournalLine) -> Hold:
    """Begin a hold of a lock that had ended and is current again.

    Its holder is who took it, which is not who brought it back.
    """
    return msgspec.structs.replace(
        _of_lock(line), since=line.time, principal=line.taken_by, session_name=session_name(line.taken_by)
    )


_BEGAN = {LineKind.LOCK_ACQUIRED: _acquired, LineKind.LOCK_REAPPEARED: _reappeared}


def _seen(line: JournalLine) -> Hold | None:
    if line.event not in SEEN_HELD or line.acquired_at is None:
        return None
    return msgspec.structs.replace(_of_lock(line), seen_only=True)


def _of_lock(line: JournalLine) -> Hold:
    """Return what any line about a lock tells of it."""
    return Hold(
        state_path=line.state_path,
        places=(line.address,) if line.address else (),
        lock_account=line.lock_account,
        lock_account_name=line.lock_account_name,
        lock_region=line.lock_region,
        source=Source.JOURNAL,
        since=line.acquired_at,
        seen=line.told_by == ToldBy.SEEN,
        unread=line.incomplete,
        lock_id=line.lock_id,
        operation=line.operation,
        who=line.who,
        terraform_version=line.terraform_version,
        etag=line.etag.strip('"'),
    )


def _each_once(holds: Iterable[Hold | None]) -> list[Hold]:
    """Return the first of the holds that are about the same lock.

    Several lines name the same lock: one alert after the other, and a release that mistook another's acquire for its
    own.
    """
    once: dict[tuple[object, ...], Hold] = {}
    for hold in filter(None, holds):
        once.setdefault((hold.since, hold.etag, hold.lock_id), hold)
    return list(once.values())
