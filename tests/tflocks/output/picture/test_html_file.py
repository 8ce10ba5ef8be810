import re

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.audit.window import Window
from tests.tflocks.story import EVIL, a_hold, at
from tflocks.holds.hold import Hold
from tflocks.output.picture.html_file import markup
from tflocks.output.picture.timeline import timeline


def drawn(*holds: Hold, title: str = "State locks") -> str:
    return markup(timeline(title, list(holds), Window(at(-60), at(60))))


def test_the_file_has_a_lane_for_each_state_and_a_bar_for_each_hold() -> None:
    text = drawn(a_hold(), a_hold(20, None, still_held=True), a_hold(state_path="acme/b"))
    assert (text.count('class="name"'), text.count('role="img"'), text.count('class="bar held"')) == (2, 3, 1)
    assert "3 holds of 2 states" in text
    assert "&#10;holder root@runner" in text


def test_the_file_runs_and_fetches_nothing_and_escapes_all_text() -> None:
    text = drawn(a_hold(state_path=EVIL, who=EVIL, operation=EVIL, released_by=EVIL), title=EVIL)
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert not re.search(r"<[^>]*\"[^<>\"]*' onmouseover", text)
    assert not {"\x1b", "\u202e"} & set(text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u000a\\u001b[2J\\u202e" in text


@given(st.text(max_size=20))
def test_whatever_a_state_is_called_the_file_has_the_same_tags(name: str) -> None:
    def tags(text: str) -> list[str]:
        return re.findall(r"</?\w+", text)

    assert tags(drawn(a_hold(state_path=f"acme/{name}", who=name))) == tags(drawn(a_hold(state_path="acme/x", who="x")))
