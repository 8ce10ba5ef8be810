"""From what happened to the holds: which release ended which acquire. Pure, and the same for every order of events."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

import msgspec

from chalicelib.core.change import ReleaseKind
from chalicelib.core.event import EventType, LockEvent
from tflocks.hold import Hold, Source

SAME_MOMENT = timedelta(seconds=2)
"""Between S3's event and the whole second of its ``Last-Modified``."""
_IN_SLACK = {EventType.LOCK_RESTORED, EventType.RELEASE_REQUESTED, EventType.RELEASE_ANSWERED}
_ANSWERED_WITHIN = timedelta(minutes=10)
End = TypeVar("End")
Pair = tuple[Hold | None, End | None]


def alternate(begins: Sequence[Hold], ends: Sequence[End], at: Callable[[End], datetime]) -> list[Pair[End]]:
    """Each acquire with the release right after it; both lists are sorted.

    In the same instant what fits comes first: the release of a lock that is held, else the acquire.
    """
    pairs: list[Pair[End]] = []
    coming, going = deque(begins), deque(ends)
    held: Hold | None = None
    while coming or going:
        if going and (not coming or _first(at(going[0]), coming[0].order, held=held is not None)):
            pairs.append((held, going.popleft()))
            held = None
        else:
            if held:
                pairs.append((held, None))
            held = coming.popleft()
    return [*pairs, (held, None)] if held else pairs


def journal_holds(events: Iterable[LockEvent]) -> list[Hold]:
    """The holds that the journal knows of, of all states, each state's oldest first."""
    by_state = sorted(events, key=lambda event: (event.state_path, event.time, event.event_id))
    states = groupby(by_state, key=lambda event: event.state_path)
    return [hold for _, of_state in states for hold in _holds_of_state(list(of_state))]


def _holds_of_state(events: list[LockEvent]) -> list[Hold]:
    releases = [event for event in events if event.event is EventType.LOCK_RELEASED]
    begins = _begins(events, releases)
    pairs = alternate(begins, releases, lambda release: release.time)
    nobody_s = Hold(state_path=events[0].state_path, source=Source.JOURNAL, unread=True)
    holds = [_hold(begin or nobody_s, release) for begin, release in pairs]
    if holds and not holds[-1].until:
        holds[-1] = msgspec.structs.replace(holds[-1], still_held=True)
    in_slack = [event for event in events if event.event in _IN_SLACK]
    return [_with_slack(hold, in_slack) for hold in holds]


def _begins(events: list[LockEvent], releases: list[LockEvent]) -> list[Hold]:
    """The acquires, and those that only a release's line tells of: older than the window, or never told by S3."""
    known = [_begun(event) for event in events if event.event is EventType.LOCK_ACQUIRED]
    by_second: defaultdict[int, list[Hold]] = defaultdict(list)
    for hold in known:
        by_second[_second(hold)].append(hold)
    for told in filter(None, map(_told_of, releases)):
        near = (one for second in range(-2, 3) for one in by_second[_second(told) + second])
        if not any(_same(told, one) for one in near):
            known.append(told)
            by_second[_second(told)].append(told)
    return sorted(known, key=lambda hold: (hold.order, hold.etag, hold.lock_id))


def _second(hold: Hold) -> int:
    return int(hold.order.timestamp())


def _begun(line: LockEvent) -> Hold:
    return msgspec.structs.replace(
        _of_lock(line, line.time),
        principal=line.principal,
        session_name=line.session_name,
        account=line.account,
        source_address=line.source_address,
        put_back_by=line.slack_user,
    )


def _told_of(release: LockEvent) -> Hold | None:
    if release.acquired_at is None or release.acquired_at > release.time:
        return None
    return _of_lock(release, release.acquired_at)


def _of_lock(line: LockEvent, since: datetime) -> Hold:
    """What any line about a lock tells of it."""
    return Hold(
        state_path=line.state_path,
        source=Source.JOURNAL,
        since=since,
        unread=line.incomplete,
        lock_id=line.lock_id,
        operation=line.operation,
        who=line.who,
        terraform_version=line.terraform_version,
        etag=line.etag.strip('"'),
    )


def _hold(begin: Hold, release: LockEvent | None) -> Hold:
    if release is None:
        return begin
    told = _told_of(release)
    if begin.unread and told and not told.unread and _same(told, begin):
        # Read for the release, as its acquire could not be: by a sweep, or in a second attempt.
        lock = {name: getattr(told, name) for name in ("lock_id", "operation", "who", "terraform_version", "etag")}
        begin = msgspec.structs.replace(begin, unread=False, **lock)
    return msgspec.structs.replace(
        begin,
        until=release.time,
        released_by=release.released_by or ReleaseKind.UNKNOWN.value,
        release_principal=release.principal,
        release_session_name=release.session_name,
        release_account=release.account,
        release_source_address=release.source_address,
        slack_user=release.slack_user,
    )


def _with_slack(hold: Hold, events: list[LockEvent]) -> Hold:
    """With the people who are named only in lines of their own: who asked first, who put it back."""
    put_back_by, asked_by = hold.put_back_by, ""
    for event in events:
        if not _is_about(event, hold):
            continue
        if event.event is EventType.LOCK_RESTORED:
            put_back_by = put_back_by or event.slack_user
        elif hold.slack_user and event.slack_user == hold.slack_user:
            asked_by = event.asked_by or asked_by
    return msgspec.structs.replace(hold, put_back_by=put_back_by, asked_by=asked_by)


def _is_about(event: LockEvent, hold: Hold) -> bool:
    """By the lock's place in time: one that was put back has the same bytes as before."""
    if not hold.since or not event.acquired_at or abs(event.acquired_at - hold.since) >= SAME_MOMENT:
        return False
    late = timedelta(0) if event.event is EventType.LOCK_RESTORED else _ANSWERED_WITHIN
    in_time = hold.until is None or event.time <= hold.until + late
    return in_time and _fits(event.etag.strip('"'), hold.etag)


def _same(one: Hold, other: Hold) -> bool:
    return abs(one.order - other.order) < SAME_MOMENT and _fits(one.etag, other.etag)


def _fits(one: str, other: str) -> bool:
    return not one or not other or one == other


def _first(end: datetime, begin: datetime, *, held: bool) -> bool:
    return end < begin or (end == begin and held)
