import html
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.visible import seen
from chalicelib.slack.words.parts.text import ago, clean, code, escape, exact, local_time, shortened, size


@given(st.text(max_size=400), st.integers(min_value=10, max_value=300))
def test_whatever_is_escaped_fits_and_holds_no_markup(text: str, limit: int) -> None:
    escaped = escape(text, limit)
    assert len(escaped) <= len(escaped.encode("utf-16-le")) // 2 <= len(escaped.encode()) <= limit
    assert not set("<>`\n\r\t") & set(escaped)


@given(st.text(max_size=200))
def test_a_code_span_has_no_backtick_but_its_own_two(text: str) -> None:
    assert code(text, 100).count("`") == 2


def test_mentions_and_links_become_plain_characters() -> None:
    assert escape("<!channel> & <https://evil|click>", 100) == "&lt;!channel&gt; &amp; &lt;https://evil|click&gt;"


@pytest.mark.parametrize("text", ["a\nb", "a\r\n\tb", "a\u2028b", "a \u00a0 b"])
def test_line_breaks_become_spaces(text: str) -> None:
    assert clean(text) == "a b"


def test_characters_that_turn_or_hide_text_are_dropped() -> None:
    assert clean("a\u202eb\u200bc\x00\ud800") == "abc"
    assert clean("\u0338a\u2800b\u3164c\ufe0f\U000e0100\u115f") == "abc"


def test_only_what_shows_is_left_and_all_other_spaces_become_plain_ones() -> None:
    characters = [chr(code) for code in (*range(0x10000), *range(0xE0000, 0xE1000))]
    left = [one for one, shows in seen("a".join(characters)) if shows and one != " "]
    assert clean("a".join(characters)).replace(" ", "") == "".join(left)
    assert clean("".join(one for one in characters if one.isspace()).join("ab")) == "a b"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("team a/x", "team a/x"),
        ("team  a/x", "team \\u0020a/x"),
        (" a/x ", "\\u0020a/x\\u0020"),
        ("a\n\u202eb", "a\\u000a\\u202eb"),
        ("é/日本/😀", "é/日本/😀"),
        ("a\u2028\u2800\u3164\ufe0f\U000e0041", "a\\u2028\\u2800\\u3164\\ufe0f\\U000e0041"),
        ("a\\u202e, a\\n", "a\\u005cu202e, a\\n"),
        ("a`b", "a\\u0060b"),
    ],
)
def test_a_state_path_shows_what_other_text_would_hide(path: str, shown: str) -> None:
    assert exact(path) == shown


@given(st.text(max_size=60))
def test_what_is_shown_exactly_loses_nothing_when_it_is_cleaned(text: str) -> None:
    assert clean(exact(text)) == exact(text)
    assert html.unescape(code(exact(text), 9_999)) == f"`{exact(text)}`"


@given(st.text(st.sampled_from("\\uU0e2 `\n\u202e\u0301\U000e0041aé"), max_size=30))
def test_from_what_is_shown_exactly_the_text_itself_can_be_told(text: str) -> None:
    number = re.compile(r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8}))")
    assert number.sub(lambda found: chr(int(found[1] or found[2], 16)), exact(text)) == text


def test_what_is_too_long_loses_its_middle() -> None:
    path = "acme-tfstate/" + "x" * 900 + "/terraform.tfstate"
    cut = escape(path, 60)
    assert cut.startswith("acme-tfstate/x")
    assert cut.endswith("/terraform.tfstate")
    assert "…" in cut


@pytest.mark.parametrize("character", ["x", "&", "é", "漢", "💩", "👩‍💻", "<"])
@pytest.mark.parametrize("limit", [10, 48, 300, 1500])
def test_a_limit_holds_however_characters_are_counted(character: str, limit: int) -> None:
    for length in (1, limit // 5, limit // 3, limit, 5 * limit):
        assert limit - 9 <= size(escape(character * 5 * limit, limit)) <= limit
        assert size(escape(character * length, limit)) <= limit
        assert len(code(character * length, limit).encode()) <= limit


@given(st.text(max_size=200), st.integers(min_value=10, max_value=300))
def test_what_is_escaped_already_is_cut_between_its_characters(text: str, limit: int) -> None:
    said = f"{escape(text, 400)} {code(text, 400)}"
    cut = shortened(said, limit)
    assert size(cut) <= limit
    assert cut.count("`") % 2 == 0
    assert html.escape(html.unescape(cut), quote=False) == cut


def test_an_age_is_told_by_slack_whenever_it_is_read_with_the_moment_to_fall_back_on() -> None:
    time = datetime(2026, 11, 21, 3, 18, 57, tzinfo=UTC)
    assert ago(time) == "<!date^1795231137^{ago}|2026-11-21 03:18 UTC>"


def test_a_time_is_shown_in_the_reader_s_own_zone_with_utc_to_fall_back_on() -> None:
    time = datetime(2026, 11, 21, 3, 18, 57, tzinfo=UTC)
    assert local_time(time) == "<!date^1795231137^{date_short_pretty} at {time}|2026-11-21 03:18 UTC>"
