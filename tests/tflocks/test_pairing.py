from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.event import EventType, LockEvent
from tests.tflocks.story import BOB, NOON, PATH, acquired, as_json, at, lock, released
from tflocks.hold import Hold
from tflocks.lines import read
from tflocks.pairing import journal_holds


def holds(*events: LockEvent) -> list[Hold]:
    return journal_holds(read(map(as_json, events)).events)


def times(*events: LockEvent) -> list[tuple[float | None, float | None]]:
    def minutes(time: object) -> float | None:
        return None if time is None else (time - NOON) / timedelta(minutes=1)  # type: ignore[operator]

    return [(minutes(hold.since), minutes(hold.until)) for hold in holds(*events)]


def test_an_acquire_and_its_release_are_one_hold_with_both_identities() -> None:
    [hold] = holds(acquired("a", 0), released("a", 10, since=0, by=BOB))
    assert (hold.since, hold.until, hold.still_held, hold.missing) == (at(0), at(10), False, ())
    assert (hold.who, hold.session_name) == ("root@runner", "gh-run-4711")
    assert hold.release_words == "other: bob@acme.example"
    assert hold.seconds(at(99)) == 600


def test_the_last_acquire_without_a_release_is_still_held() -> None:
    [hold] = holds(acquired("a", 0))
    assert (hold.still_held, hold.seconds(at(5))) == (True, 300)


def test_an_acquire_after_which_another_came_was_released_but_nobody_knows_when() -> None:
    first, last = holds(acquired("a", 0), acquired("b", 20))
    assert (first.still_held, first.missing) == (False, ("no release was told",))
    assert last.still_held


def test_a_release_tells_of_its_acquire_where_that_is_older_than_the_window_or_was_lost() -> None:
    assert times(released("a", 10, since=-50)) == [(-50, 10)]
    [hold] = holds(released("a", 10, since=-50))
    assert (hold.lock_id, hold.principal) == ("id-a", "")


def test_a_release_of_no_known_lock_is_shown_as_incomplete() -> None:
    [hold] = holds(released("a", 10))
    assert (hold.since, hold.until, hold.incomplete) == (None, at(10), True)


def test_order_in_time_counts_more_than_what_a_release_thought_it_ended() -> None:
    # The second hold's acquire came after its release was settled, which so was taken for the first one's.
    events = [acquired("a", 0), released("a", 10, since=0), acquired("b", 20), released("a", 30, since=0)]
    assert times(*events) == [(0, 10), (20, 30)]


def test_a_lock_that_only_the_lock_book_knew_is_what_a_release_ended() -> None:
    first, second = holds(acquired("a", 0), released("b", 30, since=20))
    assert (first.lock_id, first.until) == ("id-a", None)
    assert (second.lock_id, second.since, second.until) == ("id-b", at(20), at(30))


def test_a_handover_in_one_instant_is_two_holds_and_a_hold_of_no_time_is_one() -> None:
    assert times(acquired("a", 0), released("a", 5, since=0), acquired("b", 5)) == [(0, 5), (5, None)]
    assert times(acquired("a", 5), released("a", 5, since=5)) == [(5, 5)]


def test_a_lock_that_was_gone_before_it_could_be_read_is_known_from_its_release_where_that_knows_it() -> None:
    [unread] = holds(acquired("a", 0, read=False), released("a", 1, since=0, incomplete=True, lock_id="", who=""))
    [known] = holds(acquired("a", 0, read=False), released("a", 1, since=0))
    assert (unread.unread, unread.who) == (True, "")
    assert (known.unread, known.who, known.session_name) == (False, "root@runner", "gh-run-4711")


def test_the_people_in_slack_are_named() -> None:
    again = acquired("a", 20, slack_user="U0ALICE")
    answered = msgspec.structs.replace(
        again, event=EventType.RELEASE_ANSWERED, event_id="1", time=at(30.1), slack_user="U0BOB", asked_by="U0ALICE"
    )
    first, second = holds(
        acquired("a", 0),
        released("a", 10, since=0, released_by="slack", slack_user="U0ALICE"),
        again,
        released("a", 30, since=20, released_by="slack", slack_user="U0BOB"),
        answered,
    )
    assert (first.release_words, first.put_back_by) == ("Slack: U0ALICE", "")
    assert (second.release_words, second.put_back_by) == ("Slack: U0BOB (asked by U0ALICE)", "U0ALICE")


def test_who_put_a_lock_back_is_known_from_the_reaper_s_own_line_too() -> None:
    restored = msgspec.structs.replace(
        acquired("a", 20),
        event=EventType.LOCK_RESTORED,
        event_id="1",
        time=at(20.2),
        acquired_at=lock("a", 20).ref.last_modified,
        slack_user="U0ALICE",
    )
    first, second = holds(acquired("a", 0), released("a", 10, since=0), acquired("a", 20), restored)
    assert (first.put_back_by, second.put_back_by) == ("", "U0ALICE")


def test_lines_of_other_kinds_of_later_versions_and_of_nobody_s_are_no_obstacle() -> None:
    line = as_json(acquired("a", 0))
    lines = read(
        [
            "START RequestId: 1",
            '{"event":"lock_transferred","time":"2030-01-01T00:00:00Z"}',
            '{"event":"sweep_finished"}',
            '{"event":"lock_acquired","time":"soon","event_id":"1"}',
            line[:-1] + ',"new_field":[1]}\n',
            "[]",
        ]
    )
    assert [event.lock_id for event in lines.events] == ["id-a"]
    assert lines.not_understood == 3


_DAY = [
    event
    for number in range(6)
    for path in (PATH, f"{PATH}2")
    for event in (
        acquired(f"{path}{number}", number * 10, path),
        released(f"{path}{number}", number * 10 + 7, path, since=number * 10),
    )
]


@given(st.permutations(_DAY), st.lists(st.sampled_from(_DAY)))
def test_any_order_and_repetition_of_a_day_s_lines_gives_the_same_holds(
    events: list[LockEvent], again: list[LockEvent]
) -> None:
    found = holds(*events, *again)
    assert found == holds(*_DAY)
    assert [hold.seconds(NOON) for hold in found] == [420] * 12


@given(st.lists(st.sampled_from(_DAY), unique_by=lambda event: event.event_id), st.data())
def test_of_any_part_of_the_lines_every_order_gives_the_same_holds(
    events: list[LockEvent], data: st.DataObject
) -> None:
    assert holds(*data.draw(st.permutations(events))) == holds(*events)


def test_a_line_written_twice_counts_as_the_one_that_could_read_the_lock() -> None:
    read_it = acquired("a", 0)
    could_not = msgspec.structs.replace(acquired("a", 0, read=False), event_id=read_it.event_id)
    for events in ((read_it, could_not), (could_not, read_it)):
        [hold] = holds(*events)
        assert (hold.unread, hold.lock_id) == (False, "id-a")


def test_a_busy_state_is_paired_in_no_time() -> None:
    events = [
        event
        for number in range(3000)
        for event in (acquired(str(number), number), released(str(number), number + 0.5, since=number))
    ]
    assert [hold.seconds(NOON) for hold in journal_holds(events)] == [30] * 3000
