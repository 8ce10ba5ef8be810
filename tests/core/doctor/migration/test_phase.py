"""In which phase a table is; and that it is never called safe to delete before that is proved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.doctor.migration.evidence import Evidence, HeldItem, Items, StateSeen, There
from chalicelib.core.doctor.migration.holds import holds_of
from chalicelib.core.doctor.migration.phase import Phase, story
from chalicelib.core.doctor.migration.proof import LONGEST_GAP, covered_since, cross_checked
from chalicelib.core.doctor.migration.standing import Way
from demo.terraform import Locking
from tests.core.doctor.migration.story import APP, DATA, GONE, NET, NOW, OWNER, ago, line, metrics, run, told

T, B, S = Locking.TABLE, Locking.BOTH, Locking.S3
MOVED = [run(NET, 60, B), run(NET, 40, S), run(NET, 3, S)]


def of(*runs: Any, **fields: Any) -> Phase:
    return story(told(*runs, **fields)).phase


def needed(evidence: Evidence) -> str:
    return "; ".join(one.what for one in story(evidence).missing)


@pytest.mark.parametrize(
    ("runs", "phase", "under_way"),
    [
        ([run(NET, 9, T), run(APP, 9, T)], Phase.TABLE, False),
        ([run(NET, 9, T), run(APP, 9, T), run(NET, 2, B)], Phase.BOTH, True),
        ([run(NET, 9, T), run(APP, 9, T), run(NET, 2, B), run(APP, 1, B)], Phase.BOTH, False),
        ([run(NET, 9, B), run(APP, 9, B), run(NET, 2, S)], Phase.S3, True),
        ([run(NET, 9, B), run(APP, 9, B), run(NET, 2, S), run(APP, 1, S)], Phase.S3, False),
        ([run(NET, 9, T), run(APP, 9, B), run(APP, 2, S)], Phase.BOTH, True),
        (MOVED, Phase.DELETABLE, False),
    ],
)
def test_a_table_is_in_the_phase_of_the_states_that_are_least_far(runs: Any, phase: Phase, under_way: bool) -> None:
    found = story(told(*runs))
    assert (found.phase, found.under_way) == (phase, under_way)


def test_a_table_without_items_in_which_nobody_locked_is_not_used() -> None:
    assert of() is Phase.UNUSED
    assert of(metrics=metrics(since=80)) is Phase.UNUSED


def test_a_table_with_a_digest_and_nothing_else_known_is_in_no_phase_that_anybody_knows() -> None:
    assert of(digests=(NET,)) is Phase.UNKNOWN
    assert of(metrics=metrics(3), covered_days=None) is Phase.UNKNOWN


def test_a_lock_that_is_held_in_the_table_now_is_one_in_the_table() -> None:
    held = Items(held=(HeldItem(state_path=NET, lock_id="x"),))
    found = story(told(items=held, covered_days=None))
    assert (found.phase, found.states[0].way) == (Phase.TABLE, Way.TABLE_AT_LEAST)


WANTING: dict[str, tuple[Evidence, str]] = {
    "the last lock is too young": (told(*MOVED, run(NET, 27, B), run(NET, 2, S)), "4 weeks without a lock"),
    "a lock is held": (
        told(*MOVED, items=Items(held=(HeldItem(state_path=APP),))),
        f"no lock in the table; now there is one on {APP}",
    ),
    "a state has not moved": (told(*MOVED, run(APP, 50, B)), f"runs that lock only in S3 of {APP}; now locked in both"),
    "a state was never seen": (
        told(*MOVED, digests=(APP, NET)),
        f"runs that lock only in S3 of {APP}; now not seen to lock",
    ),
    "the journal is too short": (told(*MOVED, covered_days=20), "it is known only since"),
    "nothing covers the table": (
        told(*MOVED, covered_days=None),
        "the journal proves nothing: no stream; CloudWatch proves nothing: it has no numbers",
    ),
    "numbers too short": (told(*MOVED, covered_days=None, metrics=metrics(since=10)), "it is known only since"),
    "CloudWatch knows of a write": (told(*MOVED, metrics=metrics(5)), "CloudWatch counts the last one on 2026-11-21"),
    "not all items were read": (told(*MOVED, items=Items(unread=9)), "about 9 were not read"),
}


@pytest.mark.parametrize("case", WANTING)
def test_a_table_is_not_safe_to_delete_and_what_is_missing_is_named(case: str) -> None:
    evidence, words = WANTING[case]
    assert story(evidence).phase is not Phase.DELETABLE
    assert words in needed(evidence)


def test_either_of_journal_and_numbers_proves_that_nobody_locked() -> None:
    assert of(*MOVED) is Phase.DELETABLE
    # Without a stream the journal shows S3's halves alone; silent days prove that there was no other half.
    assert of(*MOVED, covered_days=None, metrics=metrics(60)) is Phase.DELETABLE


def test_what_only_time_mends_has_its_date() -> None:
    assert story(told(run(NET, 20, B), run(NET, 3, S))).waits_until == ago(20) + timedelta(weeks=4)
    assert story(told(run(NET, 20, B), run(NET, 3, S), digests=(APP,))).waits_until is None


def test_a_state_that_is_gone_does_not_block_and_is_named() -> None:
    found = story(told(*MOVED, run(APP, 50, T), digests=(NET, APP, DATA), states={APP: GONE, DATA: GONE}))
    assert (found.phase, found.of(Way.GONE)) == (Phase.DELETABLE, (APP, DATA))


def test_a_state_of_which_s3_tells_nothing_is_not_taken_for_gone() -> None:
    unknown = StateSeen(there=There.UNKNOWN, trouble="S3 denies it")
    assert of(*MOVED, digests=(APP,), states={APP: unknown}) is Phase.S3


def test_a_table_of_which_all_states_are_gone_and_nobody_locks_may_go() -> None:
    assert of(digests=(APP,), states={APP: GONE}) is Phase.DELETABLE


def test_the_s3_half_of_a_run_whose_table_half_nobody_could_see_is_not_taken_for_s3_alone() -> None:
    for evidence in (told(run(NET, 3, S), covered_days=None), told(run(NET, 3, S), covered_days=2)):
        assert story(evidence).states == ()
    both = told(run(NET, 40, B), run(NET, 3, S), covered_days=2)
    assert story(both).states[0].way is Way.S3_AT_LEAST
    written = told(run(NET, 40, B), run(NET, 3, S), covered_days=None, metrics=metrics(3))
    assert story(written).states[0].way is Way.S3_AT_LEAST


def test_a_line_of_the_last_minutes_waits_for_its_other_half() -> None:
    for locking, way in ((S, Way.S3_AT_LEAST), (T, Way.TABLE_AT_LEAST)):
        evidence = told(run(NET, 9, B), run(NET, 0.001, locking, seconds=5))
        assert story(evidence).states[0].way is way


def test_a_run_that_was_turned_away_beside_a_lock_in_the_table_is_not_taken_for_s3_alone() -> None:
    for days, way in ((8.999, Way.S3_AT_LEAST), (8.99, Way.S3)):
        evidence = told(run(NET, 9, T, seconds=600), run(NET, days, S, seconds=1))
        assert story(evidence).states[0].way is way


def test_the_table_half_of_a_bucket_that_tells_nothing_is_not_taken_for_the_table_alone() -> None:
    assert story(told(run(NET, 3, T))).states[0].way is Way.TABLE_AT_LEAST
    assert story(told(run(APP, 9, S), run(NET, 3, T))).states[0].way is Way.TABLE


def test_what_s3_keeps_of_a_lock_joins_the_table_s_half_or_is_a_lock_of_its_own() -> None:
    at = StateSeen(there=There.YES, locked_at=ago(3) + timedelta(seconds=5))
    assert story(told(run(NET, 3, T), states={NET: at})).states[0].way is Way.BOTH
    later = StateSeen(there=There.YES, locked_at=ago(1))
    assert story(told(run(NET, 3, T), states={NET: later})).states[0].way is Way.S3


def test_without_a_reaper_versions_of_locks_and_silent_numbers_prove_the_whole_way() -> None:
    seen = StateSeen(there=There.YES, locked_at=ago(3))
    evidence = told(digests=(NET,), covered_days=None, metrics=metrics(60), states={NET: seen})
    assert story(evidence).phase is Phase.DELETABLE
    in_use = msgspec.structs.replace(evidence, metrics=metrics(3))
    assert story(in_use).states[0].way is Way.S3_AT_LEAST


def test_a_run_that_locks_only_in_the_table_after_others_lock_only_in_s3_is_told() -> None:
    found = story(told(run(NET, 20, B), run(NET, 9, S), run(NET, 3, T)))
    assert [(one.state_path, one.back) for one in found.back] == [(NET, ago(3))]


def test_a_forgotten_run_that_is_gone_for_weeks_is_not_told_and_its_state_has_to_move_again() -> None:
    gone = [run(NET, 60, B), run(NET, 50, S), run(NET, 40, T)]
    found = story(told(*gone))
    assert (found.phase, found.back) == (Phase.TABLE, ())
    assert of(*gone, run(NET, 3, S)) is Phase.DELETABLE


def test_who_goes_back_to_both_on_purpose_is_in_phase_1_again_and_not_told() -> None:
    found = story(told(run(NET, 20, B), run(NET, 9, S), run(NET, 3, B)))
    assert (found.phase, found.back) == (Phase.BOTH, ())


def test_a_table_is_covered_since_the_last_gap_between_two_sweeps_and_not_before_its_stream() -> None:
    nightly = [ago(days) for days in range(30)]
    assert covered_since(NOW, ago(80), nightly) == ago(29)
    assert covered_since(NOW, ago(5), nightly) == ago(5)
    assert covered_since(NOW, ago(80), [one for one in nightly if one not in (ago(10), ago(11), ago(12))]) == ago(9)
    assert covered_since(NOW, ago(80), nightly[3:]) == NOW
    assert covered_since(NOW, ago(80), [NOW - LONGEST_GAP]) == NOW - LONGEST_GAP


def test_a_write_counts_to_the_end_of_its_day() -> None:
    quiet = timedelta(days=10)
    evidence = told(*MOVED, metrics=metrics(10), quiet=quiet, covered_days=None)
    assert datetime(2026, 11, 17, tzinfo=UTC) > evidence.quiet_since
    assert story(evidence).phase is Phase.S3


@given(st.lists(st.tuples(st.sampled_from([NET, APP]), st.floats(0, 80), st.sampled_from(list(Locking))), max_size=8))
def test_no_table_with_a_lock_of_the_last_weeks_is_ever_safe_to_delete(runs: list[tuple[str, float, Locking]]) -> None:
    found = story(told(*(run(*one) for one in runs), digests=(NET,)))
    young = any(locking.in_table and days < 28 for _, days, locking in runs)
    if young or not any(path == NET for path, _, _ in runs):
        assert found.phase is not Phase.DELETABLE


def test_an_unreadable_half_beside_a_lock_in_the_table_is_in_both() -> None:
    evidence = told(run(NET, 9, T), [line(NET, ago(9), lock_id="")])
    assert story(evidence).states[0].way is Way.BOTH


def test_numbers_that_do_not_count_a_lock_that_the_journal_knows_prove_nothing() -> None:
    holds = holds_of([*run(NET, 3, T), *run(APP, 9, S)], OWNER)
    wrong = cross_checked(metrics(5), holds, NOW)
    assert (wrong.since, f"when {NET} was locked" in wrong.trouble) == (None, True)
    assert cross_checked(metrics(3), holds, NOW).since
    assert cross_checked(metrics(since=2), holds, NOW).since
