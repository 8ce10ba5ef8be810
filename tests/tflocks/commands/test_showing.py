import io
import sys
from pathlib import Path

import click
import pytest

from chalicelib.core.audit.window import Window
from tests.tflocks.story import PATH, a_hold, at
from tflocks.commands.history.question import Question
from tflocks.commands.history.showing import MOST_ROWS, draw, show
from tflocks.holds.history import History
from tflocks.holds.scope import Scope


def asked(*, key: str = "", top: int = 0, form: str = "") -> Question:
    return Question(scope=Scope(bucket="acme", key=key, window=Window(at(-60), at(60))), top=top, form=form)


def test_a_terminal_that_lacks_a_character_shows_its_number() -> None:
    for encoding in ("ascii", "latin-1"):
        terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        for wanted in (asked(key="x"), asked(top=3)):
            show(wanted, History(holds=[a_hold(who="日本", state_path="acme/日本")]), terminal)
        terminal.flush()
        assert b"\\u65e5\\u672c" in terminal.buffer.getvalue()


def test_of_more_holds_than_anybody_reads_the_newest_are_shown_and_the_rest_is_told_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    holds = [a_hold(-number, state_path=f"acme/{number % 2}") for number in range(MOST_ROWS + 5)]
    show(asked(), History(holds=holds), sys.stdout)
    printed_out, told = capsys.readouterr()
    assert printed_out.count("root@runner") == MOST_ROWS
    assert "shown are the newest 1,000 of 1,005: --csv and --json have all" in told
    show(asked(form="csv"), History(holds=holds), sys.stdout)
    printed_out, told = capsys.readouterr()
    assert (printed_out.count("\r\n"), told) == (MOST_ROWS + 6, "")


def test_a_bucket_s_holds_stand_below_their_states(capsys: pytest.CaptureFixture[str]) -> None:
    show(asked(), History(holds=[a_hold(), a_hold(state_path="acme/b"), a_hold(-20, -10)]), sys.stdout)
    out = capsys.readouterr().out
    assert "3 holds since 2026-11-21 11:00 UTC" in out
    assert (out.count(PATH), out.count("acme/b")) == (1, 1)


def test_nothing_found_is_said_and_a_csv_has_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    show(asked(key="x"), History(holds=[]), sys.stdout)
    assert "0 holds since" in capsys.readouterr().out
    show(asked(key="x", form="csv"), History(holds=[]), sys.stdout)
    assert capsys.readouterr().out.startswith(
        '"state_path","s3","dynamodb","lock_account","lock_account_name","lock_region","source","seen","since"'
    )
    show(asked(top=3, form="csv"), History(holds=[a_hold()]), sys.stdout)
    assert capsys.readouterr().out.count("\r\n") == 2


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.html").mkdir()
    with pytest.raises(click.ClickException, match=r"x\.html could not be written: Is a directory"):
        draw(asked(), tmp_path / "x.html", History(holds=[]))


def test_of_a_ranking_only_its_states_are_drawn(tmp_path: Path) -> None:
    draw(asked(top=1), tmp_path / "x.html", History(holds=[a_hold(), a_hold(0, 60, state_path="acme/b")]))
    assert (tmp_path / "x.html").read_text(encoding="utf-8").count('class="name"') == 1
