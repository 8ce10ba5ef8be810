"""Pair acquires with the releases that ended them. The result is the same for every order of events."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

import msgspec

from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.clicks.ending import LetGoBy, Outcome
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from tflocks.holds.acquires import attempts, hold_named_by, hold_of_release, holds_begun
from tflocks.holds.clocks import with_one_begin
from tflocks.holds.hold import Hold
from tflocks.holds.matching import SAME_MOMENT, fits, same

_IN_SLACK = {LineKind.LOCK_RESTORED, LineKind.RELEASE_REQUESTED, LineKind.RELEASE_ANSWERED}
_ANSWERED_WITHIN = timedelta(minutes=10)
_MARGIN = int(SAME_MOMENT.total_seconds())
_LONGEST = 3653 * 86_400
"""Seconds of CloudWatch's longest retention."""
_LOCK_FIELDS = ("lock_id", "operation", "who", "terraform_version", "etag")
End = TypeVar("End")
Pair = tuple[Hold | None, End | None]


def alternate(begun: Sequence[Hold], ends: Sequence[End], at: Callable[[End], datetime]) -> list[Pair[End]]:
    """Return each acquire with the release right after it; both lists are sorted.

    At the same time, the release comes first if a lock is held, else the acquire.
    """
    pairs: list[Pair[End]] = []
    coming, going = deque(begun), deque(ends)
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


def journal_holds(events: Iterable[JournalLine]) -> list[Hold]:
    """Return the holds of all states that the journal knows of, each place's oldest first; halves are not joined."""
    by_place = sorted(events, key=lambda event: (event.state_path, _where(event), event.time, event.event_id))
    wired = {_container(event) for event in by_place if event.told_by}
    places = groupby(by_place, key=lambda event: (event.state_path, _where(event)))
    return [hold for _, own in places for hold in _holds_at_place(list(own), wired)]


def _place(event: JournalLine) -> str:
    """Return the address of the lock's place. Lines of before there were lock tables have none."""
    return event.address or f"s3://{event.state_path}{LOCK_SUFFIX}"


def _where(event: JournalLine) -> tuple[str, str, str]:
    """Return what tells the lock's place from all others: a table's name is unique only in an account and region."""
    place = _place(event)
    return (place, "", "") if _is_in_s3(place) else (place, event.lock_account, event.lock_region)


def _is_in_s3(place: str) -> bool:
    return place.startswith("s3://")


def _container(event: JournalLine) -> tuple[str, str, str]:
    """Return what tells the bucket or table from all others."""
    place, account, region = _where(event)
    return "/".join(place.split("/", 3)[:3]), account, region


def _holds_at_place(events: list[JournalLine], wired: set[tuple[str, str, str]]) -> list[Hold]:
    """Return the holds at one place.

    The last one is still held if no release was told, in a bucket or a table of which releases are told at all.
    """
    place = _place(events[0])
    if not _is_in_s3(place):
        events = with_one_begin(events)
    events = [msgspec.structs.replace(event, address=place) for event in events]
    releases = [event for event in events if event.event is LineKind.LOCK_RELEASED]
    holds = list(_paired(holds_begun(events), releases))
    if holds and not holds[-1].until:
        held = not holds[-1].seen_only or _container(events[0]) in wired
        holds[-1] = msgspec.structs.replace(holds[-1], still_held=held)
    in_slack = _by_second(event for event in events if event.event in _IN_SLACK)
    return [*(_with_slack(hold, in_slack) for hold in holds), *attempts(events)]


def _paired(begun: list[Hold], releases: list[JournalLine]) -> Iterator[Hold]:
    for begin, release in alternate(begun, releases, lambda release: release.time):
        if release:
            yield _ended(begin or _begun_before(release), release)
        elif begin:
            yield begin


def _begun_before(release: JournalLine) -> Hold:
    """Return the hold of a release before which no hold began, from the release's own line.

    If the line names an acquire, an earlier release has ended that one, so the time it names does not count.
    """
    since = None if hold_named_by(release) else _by_its_length(release)
    return msgspec.structs.replace(hold_of_release(release), since=since)


def _by_its_length(release: JournalLine) -> datetime | None:
    length = release.held_seconds or 0
    return release.time - timedelta(seconds=length) if 0 < length < _LONGEST else None


def _ended(begin: Hold, release: JournalLine) -> Hold:
    hold = _with_what_release_knows(begin, hold_named_by(release))
    return msgspec.structs.replace(
        hold,
        # EventBridge's time is in whole seconds, so it may be before the time that the hold began.
        until=max(release.time, hold.since or release.time),
        released_by=release.released_by or LetGoBy.UNKNOWN.value,
        release_principal=release.principal,
        release_session_name=release.session_name,
        release_account=release.account,
        release_source_address=release.source_address,
        slack_user=release.slack_user,
        operator=release.operator,
    )


def _with_what_release_knows(begin: Hold, told: Hold | None) -> Hold:
    """Return the hold with what its release knows: the lock, if it was read only later; the identity that took it."""
    if told is None or not same(told, begin):
        return begin
    if not begin.principal:
        begin = msgspec.structs.replace(begin, principal=told.principal, session_name=told.session_name)
    if not begin.unread or told.unread:
        return begin
    return msgspec.structs.replace(begin, unread=False, **{name: getattr(told, name) for name in _LOCK_FIELDS})


def _by_second(events: Iterable[JournalLine]) -> defaultdict[int, list[JournalLine]]:
    """Return the events by the second in which their lock was taken.

    A busy state has thousands of holds, so not every line is compared with every hold.
    """
    by_second: defaultdict[int, list[JournalLine]] = defaultdict(list)
    for event in events:
        if event.acquired_at:
            by_second[int(event.acquired_at.timestamp())].append(event)
    return by_second


def _with_slack(hold: Hold, in_slack: defaultdict[int, list[JournalLine]]) -> Hold:
    """Return the hold with what only lines of clicks tell.

    They tell who asked for its release first, who put it back, and of a release that S3 did not tell.
    """
    second = int(hold.order.timestamp())
    near = [event for at in range(second - _MARGIN, second + _MARGIN + 1) for event in in_slack.get(at, ())]
    put_back_by, asked_by = hold.put_back_by, ""
    for event in sorted(near, key=lambda event: (event.time, event.event_id)):
        if not _is_about(event, hold):
            continue
        if event.event is LineKind.LOCK_RESTORED:
            put_back_by = put_back_by or event.slack_user
            continue
        hold = _answered(hold, event)
        person = hold.slack_user or hold.operator
        if person and person in {event.slack_user, event.operator}:
            asked_by = event.asked_by or asked_by
    return msgspec.structs.replace(hold, put_back_by=put_back_by, asked_by=asked_by)


def _answered(hold: Hold, event: JournalLine) -> Hold:
    """End a hold in a bucket that tells no releases, by what became of the click."""
    if hold.until or event.event is not LineKind.RELEASE_ANSWERED:
        return hold
    if event.outcome == Outcome.RELEASED:
        whose = {"slack_user": event.slack_user, "operator": event.operator}
        kind = LetGoBy.OPERATOR if event.operator else LetGoBy.REAPER if event.by_reaper else LetGoBy.SLACK
        return msgspec.structs.replace(hold, still_held=False, until=event.time, released_by=kind.value, **whose)
    return msgspec.structs.replace(hold, still_held=False) if event.outcome == Outcome.GONE else hold


def _is_about(event: JournalLine, hold: Hold) -> bool:
    """Return whether an event is about this hold, by its time.

    The bytes do not tell: a lock that was put back has the same bytes as before.
    """
    if not hold.since or not event.acquired_at or abs(event.acquired_at - hold.since) >= SAME_MOMENT:
        return False
    late = timedelta(0) if event.event is LineKind.LOCK_RESTORED else _ANSWERED_WITHIN
    in_time = hold.until is None or event.time <= hold.until + late
    return in_time and fits(event.etag.strip('"'), hold.etag)


def _first(end: datetime, begin: datetime, *, held: bool) -> bool:
    """Return whether a release comes before an acquire.

    If one of the times is in whole seconds, only the seconds are compared.
    """
    if not (end.microsecond and begin.microsecond):
        end, begin = end.replace(microsecond=0), begin.replace(microsecond=0)
    return end < begin or (end == begin and held)
