import json
import re

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.insights import MOST_ROWS, InsightsReader, JournalError, query
from chalicelib.core.audit.line import JournalLine
from chalicelib.core.audit.window import Window
from tests.tflocks.fake_logs import FakeLogs, refused
from tests.tflocks.story import PATH, acquired, as_json, at

pytestmark = pytest.mark.thorough

HOSTILE = "acme-tfstate/a\" | limit 1 | filter @message like /x/ #\n'`\\é\u202e😀"


def lines(logs: FakeLogs, asked: str = "", waits: list[float] | None = None) -> list[str]:
    pause = (waits if waits is not None else []).append
    reader = InsightsReader(logs, "/tflock-reaper/prod", pause)  # type: ignore[arg-type]
    return list(reader.lines(asked or query(), Window(at(0), at(600))))


@given(st.text(min_size=1))
def test_nothing_of_a_path_but_letters_digits_and_dashes_comes_into_a_query(path: str) -> None:
    [_, pattern] = re.findall(r"like /(.*?)/(?= \|)", query(f"acme/{path}"))
    assert re.fullmatch(r'"state_path":"[A-Za-z0-9_.-]+"', pattern)
    assert query(f"acme/{path}").count("|") == query("acme/x").count("|")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_path_s_own_lines_are_found_whatever_is_in_it(path: str) -> None:
    logs = FakeLogs([acquired("a", 1, f"acme/{path}")])
    assert len(lines(logs, query(f"acme/{path}"))) == 1


def test_a_hostile_path_finds_its_own_line_and_not_those_of_others() -> None:
    logs = FakeLogs([acquired("a", 1, HOSTILE), acquired("b", 2)])
    [line] = lines(logs, query(HOSTILE))
    assert json.loads(line)["state_path"] == HOSTILE


def test_a_bucket_s_query_is_not_that_of_a_bucket_whose_name_only_begins_so() -> None:
    logs = FakeLogs([acquired("a", 1), acquired("b", 2, "acme-tfstate-old/x")])
    assert len(lines(logs, query("acme-tfstate", whole_bucket=True))) == 1


def test_a_query_is_looked_at_until_it_is_complete() -> None:
    waits: list[float] = []
    assert len(lines(FakeLogs([acquired("a", 1)], looks=3), waits=waits)) == 1
    assert waits == [0.1, 0.2, 0.4]


def reader_of(logs: FakeLogs, most_rows: int = MOST_ROWS) -> InsightsReader:
    return InsightsReader(logs, "g", [].append, most_rows)  # type: ignore[arg-type]


def test_a_full_answer_is_asked_on_from_its_last_second() -> None:
    events = [acquired(str(number), number / 60) for number in range(35)]
    logs = FakeLogs(events)
    found = reader_of(logs, 10).lines(query(), Window(at(0), at(600)))
    assert set(map(str.strip, found)) == set(map(as_json, events))
    assert [asked["startTime"] - logs.asked[0]["startTime"] for asked in logs.asked[:2]] == [0, 9]


@given(st.lists(st.integers(0, 60 * 24 * 40), min_size=30, max_size=200, unique=True), st.sampled_from([1, 7, 60]))
def test_every_line_is_read_and_most_only_once_however_they_lie(places: list[int], per_minute: int) -> None:
    events = [acquired(str(place), place / per_minute) for place in places]
    journal = reader_of(FakeLogs(events), 10)
    found = set(journal.lines(query(), Window(at(0), at(60 * 24 * 40))))
    assert set(map(str.strip, found)) == set(map(as_json, events))
    assert journal.crowded == []


def test_of_many_answers_each_line_is_scanned_about_once() -> None:
    many = 1500
    logs = FakeLogs([acquired(str(number), number) for number in range(many)])
    journal = reader_of(logs, 10)
    assert len(set(journal.lines(query(), Window(at(0), at(many))))) == many
    assert journal.scanned.lines < many * 2.2
    assert len(logs.asked) < many / 10 * 2

    month = 60 * 24 * 30
    logs = FakeLogs([acquired(str(number), number * month / many) for number in range(many)])
    journal = reader_of(logs, 10)
    assert len(set(journal.lines(query(), Window(at(0), at(month))))) == many
    assert journal.scanned.lines < many * 1.3


def test_a_small_journal_takes_two_questions_and_that_of_a_day_one() -> None:
    for since, questions in ((60 * 24 * 365, 2), (60 * 23, 1)):
        logs = FakeLogs([acquired("a", -5)])
        assert len(list(reader_of(logs).lines(query(), Window(at(-since), at(0))))) == 1
        assert len(logs.asked) == questions


def test_a_time_before_there_was_a_log_group_is_empty_and_no_error() -> None:
    logs = FakeLogs([acquired("a", -5)], made=at(-10))
    assert len(list(reader_of(logs).lines(query(), Window(at(-60 * 24 * 365), at(0))))) == 1
    with pytest.raises(JournalError):
        list(
            reader_of(FakeLogs(error=refused("MalformedQueryException"))).lines(
                query(), Window(at(-60 * 24 * 365), at(0))
            )
        )


def test_a_second_with_more_lines_than_an_answer_takes_is_told_and_is_no_endless_loop() -> None:
    crowd: list[JournalLine] = [acquired(str(number), 1) for number in range(15)]
    journal = reader_of(FakeLogs([acquired("first", 0.5), *crowd, acquired("last", 2)]), 10)
    found = set(map(str.strip, journal.lines(query(), Window(at(0), at(600)))))
    assert {as_json(acquired("first", 0.5)), as_json(acquired("last", 2))} < found
    assert journal.crowded == [at(1)]


def test_what_was_scanned_is_counted() -> None:
    journal = reader_of(FakeLogs([acquired("a", 1), acquired("b", 2, "other/x")]))
    assert len(list(journal.lines(query(PATH), Window(at(0), at(9))))) == 1
    assert (journal.scanned.lines, journal.scanned.bytes) == (2, 200)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refused("ResourceNotFoundException"), "no such log group here: check --stage, --log-group"),
        (refused("AccessDeniedException"), "logs:StartQuery and logs:GetQueryResults"),
        (refused("LimitExceededException"), "try again in a minute"),
        (refused("Odd"), "no"),
        (EndpointConnectionError(endpoint_url="http://x"), "could not be reached"),
    ],
)
def test_what_aws_refuses_is_said_in_words(error: Exception, said: str) -> None:
    with pytest.raises(JournalError, match=re.escape(said)):
        lines(FakeLogs(error=error))


def test_a_query_that_fails_or_is_given_up_is_stopped() -> None:
    failed = FakeLogs(ends_as="Timeout")
    with pytest.raises(JournalError, match="ended as Timeout: try a shorter --since"):
        lines(failed)
    assert failed.stopped == ["0"]

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    left = FakeLogs(looks=1)
    with pytest.raises(KeyboardInterrupt):
        list(InsightsReader(left, "g", interrupted).lines(query(), Window(at(0), at(1))))  # type: ignore[arg-type]
    assert left.stopped == ["0"]


def test_the_newest_lines_come_first_with_the_time_they_were_written_and_it_is_said_that_there_are_more() -> None:
    logs = FakeLogs([acquired(str(number), number) for number in range(12)])
    asked = query().replace("sort @timestamp asc", "sort @timestamp desc")
    rows, all_of_them = reader_of(logs, 10).newest(asked, Window(at(0), at(600)))
    assert [row.written for row in rows] == [at(number) for number in range(11, 1, -1)]
    assert (json.loads(rows[0].line)["lock_id"], all_of_them) == ("id-11", False)
    assert reader_of(logs, 13).newest(asked, Window(at(0), at(600)))[1]
