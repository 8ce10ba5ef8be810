import io
import re
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.tflocks.story import PATH, a_hold, at
from tflocks.commands.arguments import Asked
from tflocks.holds.found import Found, Window
from tflocks.holds.hold import Hold
from tflocks.holds.ranking import rank
from tflocks.output.picture_html import page
from tflocks.output.picture_png import draw as draw_png
from tflocks.output.shown import ROWS, draw, show
from tflocks.output.table import holds_table, top_table
from tflocks.output.timeline import timeline
from tflocks.output.visible import shortened, visible

EVIL = "acme/<script>alert(1)</script>\n\x1b[2J\u202e[red]$\\frac{a}{b}$\"' onmouseover=x"


def printed(holds: list[Hold], width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None, highlight=False)
    console.print(holds_table(holds, at(60), console))
    console.print(top_table(rank(holds, at(-60), at(60)), console))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def asked(**others: object) -> Asked:
    common: dict[str, object] = {"bucket": "acme", "log_group": "g", "region": None, "profile": None, "form": ""}
    told = common | {"window": Window(at(-60), at(60)), "plot": None} | others
    return Asked(**told)  # type: ignore[arg-type]


def a_page(*holds: Hold, title: str = "State locks") -> str:
    return page(timeline(title, list(holds), at(-60), at(60)))


@given(st.text())
def test_every_character_that_shows_nothing_or_acts_is_written_out(text: str) -> None:
    assert visible(text).isprintable()


def test_plain_text_stays_as_it_is() -> None:
    assert visible("prod/app é 日本 [x] \\n") == "prod/app é 日本 [x] \\n"
    assert visible("\x1b\n\u202e\U000e0001") == "\\u001b\\u000a\\u202e\\U000e0001"


@pytest.mark.parametrize(
    "code", [0x85, 0x9B, 0xAD, 0x34F, 0x200B, 0x2066, 0x2028, 0xA0, 0x2800, 0x3164, 0xFE0F, 0xE0061]
)
def test_a_character_that_nobody_sees_is_seen_by_its_number(code: int) -> None:
    assert visible(f"a{chr(code)}b") == f"a\\u{code:04x}b" if code < 0x10000 else f"a\\U{code:08x}b"
    assert visible(f"a{chr(code)}b").isascii()


def test_what_is_too_long_loses_its_middle() -> None:
    assert shortened("acme/" + "x" * 90 + "/terraform.tfstate", 30) == "acme/xxxx…xx/terraform.tfstate"
    assert len(shortened("x" * 90, 30)) == 30


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_table_fits_its_terminal_and_says_all_of_a_hold(width: int) -> None:
    hold = a_hold(
        0, 10, session_name="gh-run-4711", released_by="other", release_session_name="bob", put_back_by="U0ALICE"
    )
    text = printed([hold, a_hold(None, 5, unread=True), a_hold(20, None, still_held=True)], width)
    assert max(map(len, text.splitlines())) <= width
    for said in ("12:00:00", "12:10:00", "10 min", "plan", "root@runner", "gh-run-4711", "other: bob", "put back by"):
        assert said in text
    assert ("still held" in text, "incomplete" in text, "40 min" in text) == (True, True, True)


@pytest.mark.parametrize("width", [80, 200])
def test_nothing_in_a_lock_acts_on_the_terminal(width: int) -> None:
    hold = a_hold(state_path=EVIL, who=EVIL, operation=EVIL, session_name=EVIL, released_by=EVIL, lock_id=EVIL)
    text = printed([hold], width)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]" in re.sub(r"\s", "", text) or width == 80


@pytest.mark.parametrize("width", [20, 40, 50, 60, 79, 80, 81, 100, 159, 160, 161])
def test_a_table_of_any_width_cuts_nothing_off(width: int) -> None:
    """Long words of one character each, counted: a fold puts parts of other columns between theirs."""
    words = {
        "who": "é" * 37,
        "session_name": "ü" * 41,
        "released_by": "other",
        "release_session_name": "ß" * 43,
        "lock_id": "ø" * 36,
        "operation": "å" * 47,
        "state_path": "acme/" + "î" * 53,
    }
    text = printed([a_hold(0, 10, **words), a_hold(-60 * 40, None, still_held=True)], width)
    assert max(map(len, text.splitlines())) <= width
    lock_id = 36 if width >= 160 else 0
    assert [text.count(letter) for letter in "éüßøî"] == [37, 41, 43, lock_id, 53]
    assert text.count("å") >= 47
    assert re.sub(r"\s", "", text).count("stillheld") == 1
    assert "…" not in re.sub("å+…å+", "", re.sub(r"\s", "", text))


def test_a_terminal_that_lacks_a_character_shows_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding in ("ascii", "latin-1"):
        terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", terminal)
        for wanted in (asked(key="x"), asked(top=3)):
            show(wanted, Found(holds=[a_hold(who="日本", state_path="acme/日本")]))
        terminal.flush()
        assert b"\\u65e5\\u672c" in terminal.buffer.getvalue()


def test_of_more_holds_than_anybody_reads_the_newest_are_shown_and_the_rest_is_told_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    holds = [a_hold(-number, state_path=f"acme/{number % 2}") for number in range(ROWS + 5)]
    show(asked(), Found(holds=holds))
    printed_out, told = capsys.readouterr()
    assert printed_out.count("root@runner") == ROWS
    assert "shown are the newest 1,000 of 1,005: --csv and --json have all" in told
    show(asked(form="csv"), Found(holds=holds))
    printed_out, told = capsys.readouterr()
    assert (printed_out.count("\r\n"), told) == (ROWS + 6, "")


def test_a_bucket_s_holds_stand_below_their_states(capsys: pytest.CaptureFixture[str]) -> None:
    show(asked(), Found(holds=[a_hold(), a_hold(state_path="acme/b"), a_hold(-20, -10)]))
    out = capsys.readouterr().out
    assert "3 holds since 2026-11-21 11:00 UTC" in out
    assert (out.count(PATH), out.count("acme/b")) == (1, 1)


def test_nothing_found_is_said_and_a_csv_has_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    show(asked(key="x"), Found(holds=[]))
    assert "0 holds since" in capsys.readouterr().out
    show(asked(key="x", form="csv"), Found(holds=[]))
    assert capsys.readouterr().out.startswith('"state_path","source","since"')
    show(asked(top=3, form="csv"), Found(holds=[a_hold()]))
    assert capsys.readouterr().out.count("\r\n") == 2


def test_a_page_has_a_lane_for_each_state_and_a_bar_for_each_hold() -> None:
    text = a_page(a_hold(), a_hold(20, None, still_held=True), a_hold(state_path="acme/b"))
    assert (text.count('class="name"'), text.count('role="img"'), text.count('class="bar held"')) == (2, 3, 1)
    assert "3 holds of 2 states" in text
    assert "&#10;holder root@runner" in text


def test_a_page_runs_and_fetches_nothing_and_escapes_all_text() -> None:
    text = a_page(a_hold(state_path=EVIL, who=EVIL, operation=EVIL, released_by=EVIL), title=EVIL)
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert not re.search(r"<[^>]*\"[^<>\"]*' onmouseover", text)
    assert not {"\x1b", "\u202e"} & set(text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u000a\\u001b[2J\\u202e" in text


@given(st.text(max_size=20))
def test_whatever_a_state_is_called_a_page_has_the_same_tags(name: str) -> None:
    def tags(text: str) -> list[str]:
        return re.findall(r"</?\w+", text)

    assert tags(a_page(a_hold(state_path=f"acme/{name}", who=name))) == tags(
        a_page(a_hold(state_path="acme/x", who="x"))
    )


@pytest.mark.parametrize(
    "holds", [[], [a_hold(state_path=EVIL), a_hold(20, None, still_held=True), a_hold(0, 1, unread=True)]]
)
def test_a_png_is_drawn_of_anything(holds: list[Hold], tmp_path: Path) -> None:
    draw_png(timeline(f"{EVIL} 日本", holds, at(-60), at(60)), tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tflocks.output.picture_png", raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(click.ClickException, match=rf"{re.escape(sys.executable)} -m pip install matplotlib=="):
        draw(asked(), tmp_path / "x.png", Found(holds=[a_hold()]))


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.html").mkdir()
    with pytest.raises(click.ClickException, match=r"x\.html could not be written: Is a directory"):
        draw(asked(), tmp_path / "x.html", Found(holds=[]))


def test_of_a_ranking_only_its_states_are_drawn(tmp_path: Path) -> None:
    draw(asked(top=1), tmp_path / "x.html", Found(holds=[a_hold(), a_hold(0, 60, state_path="acme/b")]))
    assert (tmp_path / "x.html").read_text(encoding="utf-8").count('class="name"') == 1
