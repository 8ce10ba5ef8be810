import io
from datetime import timedelta

import msgspec
import pytest
from rich.console import Console

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import NO_TIME, Clock, Kind, LockRef, Place
from tests.builders import BUCKET, STATE_KEY, TAKEN, a_lock, some_rules
from tflocks.locks.standing import Standing, standings
from tflocks.output.locks_table import locks_table

PATH = f"{BUCKET}/{STATE_KEY}"
NOW = TAKEN + timedelta(hours=3)
S3_HALF = a_lock()


def an_item(lock_id: str = S3_HALF.info.ID if S3_HALF.info else "", **others: object) -> HeldLock:
    since = others.get("since", TAKEN)
    ref = LockRef(Place(Kind.DYNAMODB, "locks", PATH), "stamp", since)  # type: ignore[arg-type]
    assert S3_HALF.info
    return HeldLock(ref, msgspec.structs.replace(S3_HALF.info, ID=lock_id))


def found(*locks: HeldLock, pages: tuple[Page, ...] = ()) -> list[Standing]:
    return standings(locks, pages, some_rules(), NOW)


def test_the_halves_of_one_holder_are_one_row_in_the_order_of_their_release() -> None:
    [both] = found(S3_HALF, an_item())
    assert [lock.ref.place.kind for lock in both.locks] == [Kind.DYNAMODB, Kind.S3]
    assert (both.clock, both.lead, both.others) == (Clock.AWS, S3_HALF.ref, 0)


@pytest.mark.parametrize("lock_id", ["another", ""])
def test_another_id_or_none_is_another_holder(lock_id: str) -> None:
    assert [one.others for one in found(S3_HALF, an_item(lock_id))] == [1, 1]


def test_the_page_that_people_were_told_of_speaks_for_both_halves() -> None:
    item = an_item()
    lead = Page(lock=item, posted=Posted("C0PLATFORM", "1.1"))
    silent = Page(lock=S3_HALF, half_of=item.ref)
    [both] = found(S3_HALF, item, pages=(silent, lead))
    assert (both.lead, both.known, both.page.posted) == (item.ref, True, lead.posted)


def test_a_half_whose_leading_page_is_of_a_half_that_is_gone_is_known_by_that_page() -> None:
    item = an_item()
    lead = Page(lock=item, posted=Posted("C0PLATFORM", "1.1"))
    [left] = found(S3_HALF, pages=(Page(lock=S3_HALF, half_of=item.ref), lead))
    assert (left.lead, left.page.posted) == (item.ref, lead.posted)


@pytest.mark.parametrize(
    ("since", "clock", "age"),
    [
        (TAKEN, Clock.CLIENT, timedelta(hours=3)),
        (NOW + timedelta(days=1), Clock.CLIENT, None),
        (NO_TIME, Clock.REAPER, None),
    ],
)
def test_an_age_by_the_client_s_clock_is_known_only_if_that_clock_may_be_right(
    since: object, clock: Clock, age: timedelta | None
) -> None:
    [one] = found(an_item(since=since))
    assert (one.clock, one.age) == (clock, age)
    assert one.over(timedelta(days=900)) is (age is None)


def test_a_stream_s_time_and_the_reaper_s_first_look_count_where_the_client_tells_nothing() -> None:
    item = an_item(since=NO_TIME)
    [told] = found(item, pages=(Page(lock=item, acquired_at=TAKEN),))
    assert (told.clock, told.age) == (Clock.AWS, timedelta(hours=3))
    [seen] = found(item, pages=(Page(lock=item, seen_at=TAKEN),))
    assert (seen.clock, seen.age) == (Clock.REAPER, timedelta(hours=3))


def test_the_oldest_comes_first_and_whose_age_nobody_knows_before_all() -> None:
    older = a_lock(key="older.tflock", taken=TAKEN - timedelta(hours=1))
    rows = found(S3_HALF, older, an_item("x", since=NO_TIME))
    assert [one.age for one in rows] == [None, timedelta(hours=4), timedelta(hours=3)]


def test_thresholds_are_those_of_the_route_and_only_within_the_targets() -> None:
    [inside] = found(S3_HALF)
    assert (inside.level, inside.levels) == (1, 2)
    [outside] = found(a_lock(key="x.tflock"), pages=())
    assert outside.level == 1
    [table] = found(an_item())
    assert (table.level, table.levels) == (None, None)


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
def test_every_width_shows_who_holds_what_and_cuts_nothing_off(width: int) -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=width)
    console.print(locks_table(found(S3_HALF, an_item("other")), console))
    shown = "".join(stream.getvalue().split())
    assert max(map(len, stream.getvalue().splitlines())) <= width
    if width >= 120:
        assert "overthreshold1of2" in shown
        assert "1otherholderofthisstate" in shown
