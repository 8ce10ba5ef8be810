import csv
import io
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflocks.output.spreadsheet import cell, write_csv

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
