"""What ``terraform force-unlock`` cannot release, as it was recorded; the local cloud's tests play it again."""

from bench.force_unlock.leftovers import LEFTOVERS
from bench.force_unlock.record import in_short, load
from bench.force_unlock.table import DOCUMENT, between_marks, table_of, written_into

NO_LOCK = {"`Info` and a `Digest`", "a `Digest` and no `Info`"}
"""Items that have a digest: nothing of the reaper deletes one."""


def test_the_docs_have_the_table_of_what_was_recorded() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert between_marks(text) == table_of(load())
    assert written_into(text, load()) == text


def test_every_leftover_is_recorded_in_order() -> None:
    assert [seen.what for seen in load().seen] == [leftover.what for leftover in LEFTOVERS]
    assert len({leftover.key for leftover in LEFTOVERS}) == len(LEFTOVERS)


def test_the_reaper_frees_every_state_but_where_a_digest_is_in_the_way_and_touches_no_digest() -> None:
    seen = load().seen
    assert {one.what for one in seen if not one.reaper.plans} == NO_LOCK
    assert {one.what for one in seen if one.reaper.left} == NO_LOCK
    assert all(one.digest_kept for one in seen)


def test_force_unlock_leaves_most_of_them_or_fails_at_one_half_after_it_released_the_other() -> None:
    seen = load().seen
    assert len([one for one in seen if not one.force_unlock.plans]) > len(seen) / 2
    half_done = [one for one in seen if one.force_unlock.ended != "exit 0" and one.force_unlock.left != one.was]
    assert {one.where for one in half_done} == {"both"}
    assert len(half_done) == 5


def test_words_that_differ_each_time_are_left_out_of_the_record() -> None:
    answer = "StatusCode: 404,\nRequestID: 6B7-WN,\nHostID: bQb1/6=, NoSuchKey: "
    said = f"Failed to unlock state: {answer}\nLock Info:\n  ID: 1"
    assert in_short(said) == "Failed to unlock state: StatusCode: 404, NoSuchKey:"
