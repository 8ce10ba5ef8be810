import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.audit.journal_lines import Lines, read
from chalicelib.core.audit.line import LineKind
from chalicelib.core.audit.window import Window
from tests.tflocks.story import acquired, as_json, at, holds
from tflocks.holds.pairing import journal_holds
from tflocks.holds.ranking import rank


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


def test_a_line_that_cannot_be_read_is_counted_and_not_an_end_of_everything() -> None:
    line = as_json(acquired("a", 0))
    absurd = [
        f'{line[:-1]},"deep":{"[" * 100_000}',
        line.replace('"acquired_at":"2026', '"acquired_at":"9999'),
        line.replace('"time":"2026', '"time":"0001'),
        line.replace('"time":"2026-11-21T12:00:00Z"', '"time":"9999-12-31T23:59:59-12:00"'),
        f'{line[:-1]},"level":1{"0" * 5000}}}',
        f'{line[:-1]},"held_seconds":NaN}}',
        f'{line[:-1]},"held_seconds":1e999}}',
        line.replace("id-a", "\ud800"),
    ]
    assert line not in absurd
    assert read(absurd) == Lines(not_understood=len(absurd))
    assert len(read([*absurd, line]).events) == 1


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "event": st.sampled_from([one.value for one in LineKind]),
                "time": st.datetimes().map(lambda time: f"{time.isoformat()}Z"),
                "event_id": st.text(max_size=2),
            },
            optional={
                "state_path": st.sampled_from(["a/b", "", "/"]),
                "acquired_at": st.datetimes().map(lambda time: f"{time.isoformat()}+23:59"),
                "held_seconds": st.floats() | st.integers(),
                "level": st.integers(),
                "etag": st.text(max_size=1),
                "outcome": st.sampled_from(["released", "gone"]),
            },
        )
    )
)
def test_whatever_stands_in_the_lines_there_are_holds_and_a_ranking(lines: list[dict[str, object]]) -> None:
    events = read(map(json.dumps, lines)).events
    assert len(rank(journal_holds(events), Window(at(-60), at(60)))) <= 3


def test_a_line_written_twice_counts_as_the_one_that_could_read_the_lock() -> None:
    read_it = acquired("a", 0)
    could_not = msgspec.structs.replace(acquired("a", 0, read=False), event_id=read_it.event_id)
    for events in ((read_it, could_not), (could_not, read_it)):
        [hold] = holds(*events)
        assert (hold.unread, hold.lock_id) == (False, "id-a")


def test_of_two_lines_with_one_id_the_one_that_knows_more_counts() -> None:
    knows = acquired("a", 0)
    less = msgspec.structs.replace(knows, terraform_version="", principal="", session_name="")
    for events in ((knows, less), (less, knows)):
        [hold] = holds(*events)
        assert (hold.terraform_version, hold.session_name) == ("1.11.4", "gh-run-4711")
