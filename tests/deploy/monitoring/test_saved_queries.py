"""Test that each saved query asks for what the journal has, with commands that Logs Insights knows."""

import re

import pytest

from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.ending import LetGoBy
from chalicelib.stack import names
from deploy import queries
from tests.deploy.monitoring.insights import commands_of, unknown_fields
from tests.deploy.stack_files import queries as saved

QUERIES = {name: str(query["QueryString"]) for name, query in saved().items()}


def test_a_query_is_saved_for_each_question_that_people_ask() -> None:
    titles = {query["Name"]["Fn::Sub"].rpartition("/")[2] for query in saved().values()}
    assert titles == {
        "History of one state",
        "Longest holds this week",
        "Who releases for others",
        "States that recur",
        "Runs that never released",
    }


@pytest.mark.parametrize("name", QUERIES)
def test_a_saved_query_names_only_fields_of_the_journal_and_documented_commands(name: str) -> None:
    assert unknown_fields(QUERIES[name]) == set()


def test_a_field_that_the_journal_does_not_have_would_be_noticed() -> None:
    assert unknown_fields('fields nonsense | filter event = "x" | frobnicate time') == {"nonsense", "frobnicate"}


@pytest.mark.parametrize("name", QUERIES)
def test_a_line_that_was_written_twice_counts_once(name: str) -> None:
    """By dedup, after which Insights takes only a limit, or by functions that do not add repeated lines."""
    commands = commands_of(QUERIES[name])
    if "dedup" in commands:
        assert commands[commands.index("dedup") :] == ["dedup", "limit"]
        assert "| dedup event_id" in QUERIES[name]
    else:
        assert set(re.findall(r"(\w+)\([^)]*\) as", QUERIES[name].partition("| stats")[2])) <= {
            "count_distinct",
            "max",
            "latest",
        }


@pytest.mark.parametrize("name", QUERIES)
def test_what_it_filters_by_are_words_that_the_journal_uses(name: str) -> None:
    words = set(re.findall(r'"([a-z_]+)"', QUERIES[name])) - {"bucket/key"}
    comments = " ".join(line for line in QUERIES[name].splitlines() if line.startswith("#"))
    used = {word for word in words if f'"{word}"' not in comments}
    assert used <= {event.value for event in LineKind} | {kind.value for kind in LetGoBy}


@pytest.mark.parametrize("name", saved())
def test_a_saved_query_is_in_a_folder_of_its_stage_and_asks_that_stages_journal(name: str) -> None:
    query = saved()[name]
    assert query["Name"]["Fn::Sub"].startswith("tflock-reaper/${Stage}/")
    assert query["LogGroupNames"] == [{"Fn::Sub": names.log_group("${Stage}")}]


def test_the_template_has_no_aliases_which_only_packaging_would_take_out() -> None:
    assert not re.search(r"(?m)[:\[] [&*]\w", queries.TEMPLATE.read_text())


def test_a_stage_that_cannot_be_is_refused_before_anything_is_asked_of_aws(capsys: pytest.CaptureFixture[str]) -> None:
    assert queries.main(["--stage", ""]) == 1
    assert "STAGE=prod" in capsys.readouterr().err
