import io
import re

import pytest
from rich.console import Console

from chalicelib.core.audit.window import Window
from tests.tflocks.story import EVIL, a_hold, at
from tflocks.holds.hold import Hold
from tflocks.holds.ranking import rank
from tflocks.output.table import holds_table, ranking_table


def printed(holds: list[Hold], width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None, highlight=False)
    console.print(holds_table(holds, at(60), console))
    console.print(ranking_table(rank(holds, Window(at(-60), at(60))), console))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


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
