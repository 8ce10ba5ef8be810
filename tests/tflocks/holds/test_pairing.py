import time
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.audit.line import JournalLine, LineKind
from tests.tflocks.story import BOB, NOON, PATH, RUN, acquired, answered, at, holds, lock, reappeared, released, seen
from tflocks.holds.hold import Hold, Source
from tflocks.holds.merging import merge
from tflocks.holds.pairing import journal_holds


def times(*events: JournalLine) -> list[tuple[float | None, float | None]]:
    def minutes(at: object) -> float | None:
        return None if at is None else (at - NOON) / timedelta(minutes=1)  # type: ignore[operator]

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
    assert (hold.lock_id, hold.principal, hold.session_name) == ("id-a", RUN, "gh-run-4711")


def test_a_release_of_no_known_lock_is_shown_as_incomplete() -> None:
    [hold] = holds(released("a", 10))
    assert (hold.since, hold.until, hold.incomplete) == (None, at(10), True)


def test_a_release_before_which_nothing_began_keeps_all_that_its_line_says() -> None:
    said: dict[str, Any] = {
        "lock_id": "id-b",
        "who": "ci@x",
        "operation": "OperationTypeApply",
        "taken_by": RUN,
        "incomplete": False,
    }
    [hold] = holds(released("b", 10, held_seconds=240.0, **said))
    assert (hold.since, hold.until, hold.lock_id, hold.who, hold.plain_operation, hold.session_name) == (
        *(at(6), at(10), "id-b", "ci@x", "apply or destroy", "gh-run-4711"),
    )
    for absurd in (1e308, -5.0):
        assert holds(released("b", 10, held_seconds=absurd, **said))[0].since is None


def test_one_acquire_does_not_begin_two_releases() -> None:
    # The second lock's acquire was never told, and its release's line says that it was a second after the first one's.
    first, second = holds(
        acquired("a", 0),
        released("a", 1 / 120, since=0),
        released("b", 5, since=1 / 60, etag=""),
    )
    assert (first.since, first.until) == (at(0), at(1 / 120))
    assert (second.since, second.until, second.lock_id) == (at(1 / 60), at(5), "id-b")


def test_two_releases_that_say_they_ended_the_same_lock_are_one_hold_and_one_of_unknown_length() -> None:
    assert times(released("a", 10, since=0), released("a", 30, since=0)) == [(0, 10), (None, 30)]


def test_the_whole_seconds_of_eventbridge_pair_with_milliseconds() -> None:
    half = 0.5 / 60
    bridged: dict[str, Any] = {"told_by": "eventbridge"}
    # Taken at 12:00:00.5 and let go within the same second, which EventBridge tells as 12:00:00.
    assert times(acquired("a", half), released("a", 0, **bridged)) == [(half, half)]
    # A handover within a second: the first one's release is told in whole seconds, then the second one's acquire.
    handover = [acquired("a", -5), released("a", 0, **bridged), acquired("b", half), released("b", 5)]
    assert times(*handover) == [(-5, 0), (half, 5)]
    coarse = msgspec.structs.replace(acquired("b", 0), told_by="eventbridge")
    assert times(acquired("a", -5), released("a", half), coarse, released("b", 5)) == [(-5, half), (0, 5)]


def test_an_alert_is_evidence_of_a_lock_that_is_older_than_what_was_read() -> None:
    alerts = [seen("a", -9000, minutes=0), seen("a", -9000, minutes=60, kind=LineKind.ALERT_RAISED)]
    [hold] = holds(*alerts)
    # Nothing was told of this bucket by S3, so that no release was told means nothing.
    assert (hold.since, hold.still_held, hold.who, hold.missing) == (
        *(at(-9000), False, "root@runner", ("no release was told",)),
    )
    wired = [*alerts, acquired("x", 1, f"{PATH}2"), released("x", 2, f"{PATH}2", since=1)]
    assert [(one.since, one.still_held) for one in holds(*wired)] == [(at(-9000), True), (at(1), False)]
    assert times(*alerts, released("a", 70)) == [(-9000, 70)]


def test_an_alert_of_a_lock_that_s3_told_of_is_no_hold_of_its_own() -> None:
    told = [acquired("a", 0.01), released("a", 90.5, since=0.01)]
    for modified in (0, 4 / 60):  # a ``Last-Modified`` that is late: by its bytes it is the same lock
        alerts = [seen("a", modified, minutes=60), seen("a", modified, minutes=61)]
        assert times(*told, *alerts) == [(0.01, 90.5)]
        assert times(told[1], *alerts) == [(0.01, 90.5)]


def test_where_s3_tells_nothing_a_release_is_known_from_what_became_of_the_click() -> None:
    alert = seen("a", -60, minutes=0)
    [hold] = holds(alert, answered("a", -60, minutes=30, outcome="released", slack_user="U0BOB"))
    assert (hold.until, hold.release_words) == (at(30), "Slack: U0BOB")
    [itself] = holds(alert, answered("a", -60, minutes=30, outcome="released", by_reaper=True))
    assert itself.release_words == "the reaper"
    wired = acquired("x", 1, f"{PATH}2")
    gone, _ = holds(alert, wired, answered("a", -60, minutes=30, outcome="gone", slack_user="U0BOB"))
    assert (gone.still_held, gone.until, gone.release_words) == (False, None, "")
    [told, _] = holds(*(alert, wired, released("a", 29, since=-60)), answered("a", -60, minutes=30, outcome="released"))
    assert (told.until, told.release_words) == (at(29), "holder")


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
    said = msgspec.structs.replace(
        again, event=LineKind.RELEASE_ANSWERED, event_id="1", time=at(30.1), slack_user="U0BOB", asked_by="U0ALICE"
    )
    first, second = holds(
        acquired("a", 0),
        released("a", 10, since=0, released_by="slack", slack_user="U0ALICE"),
        again,
        released("a", 30, since=20, released_by="slack", slack_user="U0BOB"),
        said,
    )
    assert (first.release_words, first.put_back_by) == ("Slack: U0ALICE", "")
    assert (second.release_words, second.put_back_by) == ("Slack: U0BOB (asked by U0ALICE)", "U0ALICE")


def test_who_put_a_lock_back_is_known_from_the_reaper_s_own_line_too() -> None:
    restored = msgspec.structs.replace(
        acquired("a", 20),
        event=LineKind.LOCK_RESTORED,
        event_id="1",
        time=at(20.2),
        acquired_at=lock("a", 20).ref.since,
        slack_user="U0ALICE",
    )
    first, second = holds(acquired("a", 0), released("a", 10, since=0), acquired("a", 20), restored)
    assert (first.put_back_by, second.put_back_by) == ("", "U0ALICE")


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
    events: list[JournalLine], again: list[JournalLine]
) -> None:
    found = holds(*events, *again)
    assert found == holds(*_DAY)
    assert [hold.seconds(NOON) for hold in found] == [420] * 12


@given(st.lists(st.sampled_from(_DAY), unique_by=lambda event: event.event_id), st.data())
def test_of_any_part_of_the_lines_every_order_gives_the_same_holds(
    events: list[JournalLine], data: st.DataObject
) -> None:
    assert holds(*data.draw(st.permutations(events))) == holds(*events)


def test_the_clicks_on_a_busy_state_are_found_in_no_time() -> None:
    events = [
        event
        for number in range(8000)
        for event in (
            acquired(str(number), number),
            released(str(number), number + 0.5, since=number, released_by="slack", slack_user="U0BOB"),
            answered(str(number), number, minutes=number + 0.5, outcome="released", slack_user="U0BOB", asked_by="U0A"),
        )
    ]
    begun = time.process_time()
    assert [hold.asked_by for hold in journal_holds(events)] == ["U0A"] * 8000
    assert time.process_time() - begun < 3  # each compared with each takes longer than that, and this a tenth


def test_a_busy_state_is_paired_in_no_time() -> None:
    events = [
        event
        for number in range(3000)
        for event in (acquired(str(number), number), released(str(number), number + 0.5, since=number))
    ]
    assert [hold.seconds(NOON) for hold in journal_holds(events)] == [30] * 3000


def test_a_lock_that_is_there_again_is_another_hold_by_the_one_who_took_it() -> None:
    events = (acquired("a", 0), released("a", 10, since=0), reappeared("a", 30, since=0))
    first, second = holds(*events)
    assert (first.since, first.until, first.still_held) == (at(0), at(10), False)
    assert (second.since, second.until, second.still_held) == (at(30), None, True)
    assert (second.lock_id, second.principal, second.session_name) == ("id-a", RUN, "gh-run-4711")
    assert times(*events, released("a", 45, since=30)) == [(0, 10), (30, 45)]
    assert times(*events[:2], released("a", 45, since=30)) == [(0, 10), (30, 45)]  # its own line was lost


def test_a_lock_that_is_there_again_is_held_by_the_bucket_s_word_too() -> None:
    journal = holds(acquired("a", 0), released("a", 10, since=0), reappeared("a", 30, since=0))
    version = Hold(state_path=PATH, source=Source.VERSIONS, since=at(0), etag=journal[0].etag, still_held=True)
    assert [hold.still_held for hold in merge(journal, [version])] == [True, False]
    assert [hold.still_held for hold in merge(journal, [])] == [False, False]
