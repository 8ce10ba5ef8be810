from pathlib import Path

import pytest

from chalicelib.core.audit.window import Window
from tests.tflocks.story import EVIL, a_hold, at
from tflocks.holds.hold import Hold
from tflocks.output.picture.png_file import draw
from tflocks.output.picture.timeline import timeline


@pytest.mark.parametrize(
    "holds", [[], [a_hold(state_path=EVIL), a_hold(20, None, still_held=True), a_hold(0, 1, unread=True)]]
)
def test_a_png_is_drawn_of_anything(holds: list[Hold], tmp_path: Path) -> None:
    draw(timeline(f"{EVIL} 日本", holds, Window(at(-60), at(60))), tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
