"""What is known of a lock that is there after a version is gone, decided without looking anywhere."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.event_line import of_reappearance
from chalicelib.core.audit.hold import NotedEvent, hold_ended_by
from chalicelib.core.audit.reappeared import Standing, may_have_been_hidden, reappearance, standing
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.place import Kind, Place
from tests.builders import BUCKET, KEY, TAKEN, a_lock

SECOND = timedelta(seconds=1)
GONE = LockEvent(acquired=False, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN + 9 * SECOND, version="m1", permanent=True)
PAGE = Page(lock=a_lock(), acquired_at=TAKEN + SECOND / 2, principal="AWS:AIDACAROL")
ENDED = msgspec.structs.replace(PAGE, ending=Ending(outcome=Outcome.GONE, at=TAKEN + SECOND))


def noted(after: timedelta, *, acquired: bool) -> NotedEvent:
    return NotedEvent(LockEvent(acquired=acquired, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN + after))


@pytest.mark.parametrize(
    ("page", "before", "expected"),
    [
        (ENDED, None, Standing.AGAIN),
        (ENDED, noted(SECOND, acquired=True), Standing.AGAIN),
        (PAGE, None, Standing.HELD),
        (PAGE, noted(SECOND / 2, acquired=True), Standing.HELD),
        (PAGE, noted(SECOND, acquired=False), Standing.AGAIN),
        (PAGE, noted(SECOND / 2, acquired=False), Standing.AGAIN),
        (PAGE, noted(SECOND / 4, acquired=False), Standing.HELD),
        (Page(lock=a_lock()), noted(SECOND / 2, acquired=False), Standing.HELD),
        (Page(lock=a_lock()), noted(SECOND, acquired=False), Standing.AGAIN),
        (None, None, Standing.UNKNOWN),
        (None, noted(SECOND / 2, acquired=False), Standing.UNKNOWN),
        (None, noted(SECOND, acquired=False), Standing.AGAIN),
        (None, noted(SECOND, acquired=True), Standing.UNKNOWN),
    ],
)
def test_a_lock_is_there_again_when_its_page_or_a_release_after_it_says_that_it_had_ended(
    page: Page | None, before: NotedEvent | None, expected: Standing
) -> None:
    assert standing(a_lock(), page, before) is expected


@pytest.mark.parametrize(("after", "expected"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_only_a_lock_that_was_put_before_can_have_been_hidden(after: timedelta, expected: bool) -> None:
    assert may_have_been_hidden(msgspec.structs.replace(GONE, at=TAKEN + after), a_lock()) is expected


def test_the_reappearance_is_the_same_whatever_is_known_of_the_lock_and_another_event_than_the_deletion() -> None:
    first, again = (reappearance(GONE, a_lock(), version) for version in ("", "v1"))
    assert first.event_id == again.event_id != GONE.event_id
    other = msgspec.structs.replace(GONE, version="m2")
    assert reappearance(other, a_lock(), "").event_id != first.event_id
    assert again.is_about(a_lock())


@pytest.mark.parametrize(("page", "taken_by"), [(PAGE, "AWS:AIDACAROL"), (None, "")])
def test_the_hold_that_follows_is_of_the_one_who_took_the_lock_not_of_the_one_who_brought_it_back(
    page: Page | None, taken_by: str
) -> None:
    event = reappearance(msgspec.structs.replace(GONE, principal="AWS:AIDABOB"), a_lock(), "v1")
    line = of_reappearance(event, a_lock(), page, "")
    assert (line.principal, line.taken_by, line.acquired_at) == ("AWS:AIDABOB", taken_by, GONE.at)
    release = LockEvent(acquired=False, place=Place(Kind.S3, BUCKET, KEY), at=GONE.at + SECOND)
    hold = hold_ended_by(release, NotedEvent(event, a_lock().ref), [page] if page else [])
    assert hold is not None
    assert (hold.since, hold.taken_by) == (GONE.at, taken_by)
