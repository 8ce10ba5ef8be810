"""Events of one key: which is which and came first, which hold a release ended, and who let it go."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent, ToldBy, event_id
from chalicelib.core.audit.hold import EndedHold, NotedEvent, hold_ended_by, page_of, who_let_go
from chalicelib.core.clicks.claim import CLAIM_LASTS
from chalicelib.core.clicks.ending import REAPER, Ending, LetGoBy, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from tests.builders import ALICE, BOB, BUCKET, KEY, TAKEN, a_claim, a_lock

ROLE = "AROARELEASE"
CI, DAVE, OURS = "AWS:AROAEXAMPLE:ci-run-7", "AWS:AIDAEXAMPLE", f"AWS:{ROLE}:tflock-release"
SECOND, INSTANT, HOUR = timedelta(seconds=1), timedelta(milliseconds=1), timedelta(hours=1)
LOCK = a_lock()


def an_acquire(after: timedelta = timedelta(), **others: Any) -> LockEvent:
    told: dict[str, Any] = {
        "acquired": True,
        "place": Place(Kind.S3, BUCKET, KEY),
        "principal": CI,
        "stamp": LOCK.ref.stamp,
    }
    return LockEvent(at=TAKEN + after, **(told | others))


def a_release(after: timedelta = HOUR, **others: Any) -> LockEvent:
    return an_acquire(after, **({"acquired": False, "stamp": ""} | others))


def a_page(lock: HeldLock = LOCK, **others: Any) -> Page:
    return Page(lock=lock, **others)


@pytest.mark.parametrize("sequencer", ["0055AED6DCD90281E5", ""])
def test_an_event_told_twice_is_one(sequencer: str) -> None:
    told, again = (an_acquire(sequencer=sequencer, version="v1") for _ in range(2))
    assert (told.identity, told.event_id) == (again.identity, again.event_id)


def test_a_sequencer_makes_one_event_of_two_formats() -> None:
    direct = an_acquire(357 * INSTANT, sequencer="0055")
    bridge = an_acquire(sequencer="0055", told_by=ToldBy.EVENTBRIDGE, principal="", account="123456789012")
    assert direct.event_id == bridge.event_id


@pytest.mark.parametrize(
    "other",
    [
        a_release(timedelta(), sequencer="1"),
        an_acquire(SECOND, sequencer="1"),
        an_acquire(sequencer="2"),
        an_acquire(sequencer="1", place=Place(Kind.S3, BUCKET, "other.tflock")),
        an_acquire(sequencer="1", place=Place(Kind.S3, "acme-other", KEY)),
    ],
    ids=["release", "second", "sequencer", "key", "bucket"],
)
def test_whatever_makes_it_another_event_makes_it_another_identity(other: LockEvent) -> None:
    assert an_acquire(sequencer="1").event_id != other.event_id


def test_without_a_sequencer_two_of_one_second_are_told_apart_by_time_and_version() -> None:
    told = [an_acquire(), an_acquire(INSTANT), an_acquire(version="v1"), an_acquire(version="v2")]
    assert len({event.event_id for event in told}) == 4


def test_identities_sort_by_the_second() -> None:
    told = [a_release(number * SECOND, sequencer=f"{9 - number}").identity for number in range(5)]
    assert sorted(told) == told


def test_a_line_break_in_a_key_makes_no_other_key_s_event_of_it() -> None:
    told = an_acquire(sequencer="1")
    forged = an_acquire(sequencer="1", place=Place(Kind.S3, BUCKET, f"{KEY}\n{told.identity}"))
    assert told.event_id != forged.event_id
    assert len(event_id(BUCKET, KEY)) == 16


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (an_acquire(), a_release(INSTANT)),
        (an_acquire(sequencer="00A1"), a_release(timedelta(), sequencer="00A2")),
        (a_release(timedelta()), an_acquire()),
        (a_release(timedelta(), sequencer="2"), an_acquire(sequencer="10")),
        (a_release(timedelta(), sequencer="1"), an_acquire()),
    ],
    ids=["time", "sequencer", "neither has one", "unequal lengths", "one has none"],
)
def test_of_two_events_one_is_before_the_other_and_not_the_other_way_round(first: LockEvent, second: LockEvent) -> None:
    assert first.before(second)
    assert not second.before(first)


def test_no_event_is_before_itself() -> None:
    for event in (an_acquire(), a_release(), an_acquire(sequencer="1")):
        assert not event.before(event)


def test_s3_s_events_have_one_order() -> None:
    told = [an_acquire(sequencer="0A"), a_release(timedelta(), sequencer="0B"), an_acquire(sequencer="0C")]
    for one, other, third in permutations(told):
        assert not (one.before(other) and other.before(third)) or one.before(third)


def test_what_is_read_of_a_version_that_cannot_be_read_is_not_taken_for_it() -> None:
    assert not an_acquire(version="v1", stamp="other").is_about(LOCK)


@pytest.mark.parametrize(("stamp", "about"), [(LOCK.ref.stamp, True), ("", True), ("other", False)])
def test_without_a_version_an_event_s_bytes_decide_where_they_are_known(stamp: str, *, about: bool) -> None:
    assert an_acquire(stamp=stamp).is_about(LOCK) is about


def test_an_acquire_s_page_is_found_by_its_bytes_and_time() -> None:
    later, other = a_lock(taken=TAKEN + 2 * SECOND), a_lock("s3-plan-default")
    pages = [a_page(other), a_page(), a_page(later)]
    assert page_of(an_acquire(357 * INSTANT), pages) == a_page()
    assert page_of(an_acquire(HOUR), pages) is page_of(an_acquire(stamp=""), pages) is None


def test_a_release_ends_the_hold_that_began_right_before() -> None:
    page = a_page(acquired_at=TAKEN, principal=CI)
    before = NotedEvent(an_acquire(), LOCK.ref)
    assert hold_ended_by(a_release(), before, [page]) == EndedHold(since=TAKEN, lock=LOCK, page=page, taken_by=CI)


def test_a_hold_is_told_though_the_book_has_no_page_of_its_lock() -> None:
    assert hold_ended_by(a_release(), NotedEvent(an_acquire(), LOCK.ref), []) == EndedHold(since=TAKEN, taken_by=CI)


def test_a_hold_s_lock_need_not_have_been_read() -> None:
    assert hold_ended_by(a_release(), NotedEvent(an_acquire(stamp="", principal="")), []) == EndedHold(since=TAKEN)


def test_a_lock_that_only_a_sweep_has_seen_is_found_by_its_page() -> None:
    hold = hold_ended_by(a_release(), NotedEvent(an_acquire()), [a_page()])
    assert hold == EndedHold(since=TAKEN, lock=LOCK, page=a_page(), taken_by=CI)


def test_the_hold_is_as_long_as_the_event_says_not_the_page_s_whole_second() -> None:
    hold = hold_ended_by(a_release(), NotedEvent(an_acquire(357 * INSTANT), LOCK.ref), [a_page()])
    assert hold is not None
    assert hold.since == TAKEN + 357 * INSTANT


def test_after_a_release_there_is_no_hold_to_end() -> None:
    before = NotedEvent(a_release(timedelta(minutes=30)))
    assert hold_ended_by(a_release(), before, [a_page(acquired_at=TAKEN)]) is None
    assert hold_ended_by(a_release(), None, []) is None


def test_a_lock_older_than_the_reaper_is_known_from_its_page() -> None:
    page = a_page(principal=CI)
    assert hold_ended_by(a_release(), None, [page]) == EndedHold(since=TAKEN, lock=LOCK, page=page, taken_by=CI)


@pytest.mark.parametrize("before", [a_release(-HOUR), an_acquire(-HOUR, stamp="other")], ids=["release", "acquire"])
def test_a_lock_whose_acquire_was_lost_is_younger_than_the_event_before(before: LockEvent) -> None:
    hold = hold_ended_by(a_release(), NotedEvent(before), [a_page()])
    assert hold == EndedHold(since=TAKEN, lock=LOCK, page=a_page())


def test_of_two_holds_that_nobody_was_told_of_the_younger_one_ended() -> None:
    younger = a_page(a_lock(taken=TAKEN + SECOND))
    hold = hold_ended_by(a_release(), None, [younger, a_page()])
    assert hold is not None
    assert hold.page == younger


def test_a_lock_taken_after_the_release_is_not_what_it_ended() -> None:
    younger = a_page(a_lock(taken=TAKEN + 2 * HOUR))
    before = NotedEvent(an_acquire(), LOCK.ref)
    assert hold_ended_by(a_release(), before, [younger, a_page()]) == EndedHold(
        since=TAKEN, lock=LOCK, page=a_page(), taken_by=CI
    )


def test_who_put_a_lock_back_is_not_who_took_it() -> None:
    page = a_page(principal=CI, restored_by=ALICE)
    hold = hold_ended_by(a_release(), NotedEvent(an_acquire(principal=OURS), LOCK.ref), [page])
    assert hold is not None
    assert hold.taken_by == CI


def kind(release: LockEvent, page: Page | None = None, taken_by: str = CI, role: str = ROLE) -> LetGoBy:
    return who_let_go(release, EndedHold(since=TAKEN, lock=LOCK, page=page, taken_by=taken_by), role)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [(CI, LetGoBy.HOLDER), (DAVE, LetGoBy.OTHER), ("", LetGoBy.UNKNOWN), (OURS, LetGoBy.SLACK)],
)
def test_the_identity_decides_who_let_a_lock_go(principal: str, expected: LetGoBy) -> None:
    assert kind(a_release(principal=principal)) is expected


def test_where_nobody_knows_who_took_it_nobody_is_said_to_have_let_it_go() -> None:
    assert kind(a_release(), taken_by="") is LetGoBy.UNKNOWN
    assert who_let_go(a_release(), None, ROLE) is LetGoBy.UNKNOWN


@pytest.mark.parametrize(
    "principal", [f"AWS:{ROLE}X:ci", f"AWS:AIDA:{ROLE}:", ROLE, f"AWS:AROAEXAMPLE:AWS:{ROLE}:x", f"{ROLE}X:ci"]
)
def test_a_session_named_after_our_role_is_not_ours(principal: str) -> None:
    assert kind(a_release(principal=principal)) is LetGoBy.OTHER


def test_a_click_that_came_after_the_holder_s_own_release_did_not_release_it() -> None:
    ending = Ending(outcome=Outcome.RELEASED, at=TAKEN, user=BOB)
    page = a_page(releasing=a_claim(BOB), ending=ending)
    assert kind(a_release(), page) is LetGoBy.HOLDER
    assert kind(a_release(principal=OURS), page) is LetGoBy.SLACK


@pytest.mark.parametrize("principal", [OURS, ""])
def test_what_it_released_by_itself_the_reaper_did(principal: str) -> None:
    ending = Ending(outcome=Outcome.RELEASED, at=a_release().at, by_reaper=True)
    page = a_page(releasing=a_claim(REAPER), ending=ending)
    assert kind(a_release(principal=principal), page) is LetGoBy.REAPER
    assert kind(a_release(principal=OURS), a_page(releasing=a_claim(REAPER))) is LetGoBy.REAPER


@pytest.mark.parametrize("role", [ROLE, ""])
def test_where_s3_names_nobody_only_a_delete_that_was_confirmed_is_the_reaper_s(role: str) -> None:
    told = a_release(principal="", told_by=ToldBy.EVENTBRIDGE)
    confirmed = Ending(outcome=Outcome.RELEASED, at=told.at, user=ALICE)
    assert kind(told, a_page(releasing=a_claim(), ending=confirmed), role=role) is LetGoBy.SLACK
    long_ago = msgspec.structs.replace(confirmed, at=told.at - 2 * CLAIM_LASTS)
    assert kind(told, a_page(releasing=a_claim(), ending=long_ago), role=role) is LetGoBy.UNKNOWN
    assert kind(told, a_page(releasing=a_claim()), role=role) is LetGoBy.UNKNOWN
    unconfirmed = a_claim().ending(Outcome.UNCONFIRMED, TAKEN)
    assert kind(told, a_page(releasing=a_claim(), ending=unconfirmed), role=role) is LetGoBy.UNKNOWN
    assert kind(told, a_page(), role=role) is LetGoBy.UNKNOWN


@pytest.mark.parametrize("principal", ["s3.amazonaws.com", ""])
def test_a_lifecycle_rule_is_nobody_whatever_the_book_says(principal: str) -> None:
    release = a_release(principal=principal, by_lifecycle=True)
    assert kind(release, a_page(releasing=a_claim())) is LetGoBy.LIFECYCLE
    assert who_let_go(release, None, ROLE) is LetGoBy.LIFECYCLE


@pytest.mark.parametrize(
    ("taken", "told", "found"),
    [
        (20, False, True),  # nobody told its acquire, and it is younger than the event before: it was this one
        (20, True, False),  # its acquire was told, so it would be the event before
        (5, False, False),  # it ended with the event before
        (5, True, False),
    ],
)
def test_a_lock_that_only_the_book_knows_is_the_one_let_go_if_it_is_younger_than_the_event_before(
    taken: int, told: bool, found: bool
) -> None:
    since = TAKEN + timedelta(minutes=taken)
    page = a_page(a_lock(taken=since), acquired_at=since if told else None)
    before = NotedEvent(a_release(timedelta(minutes=10)))
    assert (hold_ended_by(a_release(), before, [page]) is not None) == found


def test_where_the_reaper_s_own_role_is_not_known_the_book_says_whose_release_it_was() -> None:
    page = a_page(ending=Ending(outcome=Outcome.RELEASED, at=TAKEN + HOUR, user=ALICE))
    assert kind(a_release(principal=OURS), page, role="") is LetGoBy.SLACK
    assert kind(a_release(principal=CI), a_page(), role="") is LetGoBy.HOLDER
