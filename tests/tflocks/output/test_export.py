import csv
import io
import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tflocks.story import a_hold, at
from tflocks.holds.found import Found, SourceRead, Window
from tflocks.holds.ranking import rank
from tflocks.output.export import NAMES, cell, document, hold_row, ranked_row, write_csv

WINDOW = Window(at(-60), at(60))
BEGINS_A_FORMULA = "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}"
LIKELY = st.text(st.sampled_from(f"{BEGINS_A_FORMULA} ;,|\"'a1\u2018\u2019\x00\x1b\u202e\u2028\N{NO-BREAK SPACE}"))


def written(*texts: str) -> str:
    stream = io.StringIO(newline="")
    write_csv([{str(index): text for index, text in enumerate(texts)}], ["a"] * len(texts), stream)
    return stream.getvalue()


@pytest.mark.parametrize("first", BEGINS_A_FORMULA)
def test_no_cell_begins_as_a_formula(first: str) -> None:
    assert cell(f"{first}cmd|' /C calc'!A0")[0] in {"'", "\\"}
    assert cell(f" {first}1")[0] in {"'", " "}
    assert cell(" =1") == "' =1"


def test_a_semicolon_that_some_spreadsheets_split_at_begins_no_formula_either() -> None:
    assert cell("a;=1+1") == "a;'=1+1"


@given(st.lists(st.text() | LIKELY, min_size=1))
def test_any_texts_are_one_row_of_as_many_cells_with_nothing_in_them_that_acts(texts: list[str]) -> None:
    _, row = csv.reader(io.StringIO(written(*texts), newline=""))
    assert len(row) == len(texts)
    for text in row:
        assert text.isprintable()
        assert not text.lstrip().startswith(tuple(BEGINS_A_FORMULA))
        assert not any(part.lstrip().startswith(tuple(BEGINS_A_FORMULA)) for part in text.split(";"))


@given(st.lists(st.text() | LIKELY, min_size=1))
def test_however_the_cells_are_split_none_begins_as_a_formula(texts: list[str]) -> None:
    for delimiter in ";,|\t":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for row in csv.reader(io.StringIO(written(*texts)), delimiter=delimiter, quoting=quoting):
                for text in row:
                    begins = unicodedata.normalize("NFKC", text).lstrip(' "\n')
                    assert not begins.startswith(tuple("=+-@"))


@pytest.mark.parametrize("before", ['a;"', 'a;""', 'a; "', "a;‘", "a；", 'a|"', 'a,"'])  # noqa: RUF001  they are meant
def test_a_quote_behind_a_separator_is_no_way_around(before: str) -> None:
    found = cell(f"{before}=1+1")
    assert found == f"{before[:2]}'{before[2:]}=1+1"


def test_every_character_that_becomes_a_sign_is_one() -> None:
    for code in (code for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000):
        if unicodedata.normalize("NFKC", chr(code))[:1] in {"=", "+", "-", "@"}:
            assert cell(f"{chr(code)}1")[0] == "'", hex(code)


def test_csv_is_as_the_rfc_has_it() -> None:
    assert written('say "a", b', "x") == '"a","a"\r\n"say ""a"", b","x"\r\n'


def test_a_hold_s_row_has_the_documented_names_utc_and_seconds() -> None:
    row = hold_row(a_hold(0, 10.5, released_by="slack", slack_user="U0ALICE"), at(60))
    assert tuple(row) == NAMES["holds"]
    assert (row["since"], row["until"]) == ("2026-11-21T12:00:00.000Z", "2026-11-21T12:10:30.000Z")
    assert (row["held_seconds"], row["still_held"], row["incomplete"]) == (630.0, False, False)
    assert (row["operation"], row["terraform_operation"]) == ("plan", "OperationTypePlan")
    assert (row["slack_user"], row["session_name"]) == ("U0ALICE", None)


def test_what_is_not_known_is_null_and_said() -> None:
    row = hold_row(a_hold(None, 10, unread=True), at(60))
    assert (row["since"], row["held_seconds"], row["incomplete"]) == (None, None, True)
    assert row["not_known"] == "since when is not known; the lock was gone before it could be read"
    assert hold_row(a_hold(0, None, still_held=True), at(60))["held_seconds"] == 3600.0


def test_the_document_is_one_json_object_in_ascii_that_names_its_sources() -> None:
    hold = a_hold(0, 10, who="\x1b]0;x\x07\x9b31m\x7f\u202eé")
    found = Found(holds=[hold], journal=SourceRead(read=False, problem="denied"), notes=("versions: none \x1b",))
    text = document("holds", [hold_row(hold, at(60))], found, WINDOW)
    assert text.replace("\n", "").isprintable()
    assert text.isascii()
    told = json.loads(text)
    assert (told["schema"], told["generated_at"]) == (1, "2026-11-21T13:00:00.000Z")
    assert told["sources"]["journal"] == {"asked": True, "read": False, "problem": "denied"}
    assert told["holds"][0]["who"] == hold.who
    assert told["notes"] == ["versions: none \x1b", *found.gaps]
    assert len(told["notes"]) == 2


def test_a_ranked_state_has_seconds_by_operation_in_json_and_in_csv() -> None:
    [ranked] = rank([a_hold(0, 10), a_hold(20, 50, operation="OperationTypeApply")], at(-60), at(60))
    row = ranked_row(ranked)
    assert tuple(row) == NAMES["states"]
    assert (row["holds"], row["locked_seconds"], row["longest_seconds"]) == (2, 2400.0, 1800.0)
    assert cell(row["seconds_by_operation"]) == '{"apply or destroy": 1800.0, "plan": 600.0}'


def test_of_a_long_hold_only_the_part_in_the_window_counts() -> None:
    [ranked] = rank([a_hold(-600, None, still_held=True), a_hold(None, 5)], at(-60), at(60))
    assert (ranked.locked_seconds, ranked.longest_seconds, ranked.unknown) == (7200.0, 39600.0, 1)


def test_states_are_ranked_by_the_time_they_were_locked_and_then_by_name() -> None:
    holds = [a_hold(0, 1, state_path="a/b"), a_hold(0, 1, state_path="a/a"), a_hold(0, 9, state_path="a/c")]
    assert [one.state_path for one in rank(holds, at(-60), at(60))] == ["a/c", "a/a", "a/b"]
