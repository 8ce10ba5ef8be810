import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from chalicelib.core.audit.window import Window
from tests.tflocks.story import a_hold, at
from tflocks.output.picture.saving import LibraryLackingError, save
from tflocks.output.picture.timeline import timeline

PICTURE = timeline("State locks", [a_hold()], Window(at(-60), at(60)))


@pytest.mark.parametrize(
    ("name", "begins"), [("x.html", b"<!doctype html>"), ("x.HTML", b"<!doctype"), ("x.png", b"\x89PNG")]
)
def test_a_file_s_ending_says_what_is_drawn_into_it(name: str, begins: bytes, tmp_path: Path) -> None:
    save(PICTURE, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_without_matplotlib_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    def lacking(name: str) -> ModuleType:
        raise ModuleNotFoundError(name)

    with pytest.raises(LibraryLackingError, match=rf"{re.escape(sys.executable)} -m pip install matplotlib=="):
        save(PICTURE, tmp_path / "x.png", lacking)
