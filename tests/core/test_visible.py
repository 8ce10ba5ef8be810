import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.visible import seen, visible

# Default_Ignorable_Code_Point, from Unicode's DerivedCoreProperties.txt (the same from 15.0 to 17.0).
IGNORABLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip
# U+2800 BRAILLE PATTERN BLANK, U+FFFC OBJECT REPLACEMENT CHARACTER, U+16FE4 KHITAN SMALL SCRIPT FILLER,
# U+13441, U+13442 EGYPTIAN HIEROGLYPH FULL and HALF BLANK, U+1D159 MUSICAL SYMBOL NULL NOTEHEAD
BLANK = {0x2800, 0xFFFC, 0x16FE4, 0x13441, 0x13442, 0x1D159}
HIDDEN = BLANK.union(*(range(first, last + 1) for first, last in IGNORABLE))


def hides(code: int) -> bool:
    return code in HIDDEN or (unicodedata.category(chr(code))[0] in "CZ" and code != ord(" "))


def test_of_all_of_unicode_exactly_what_hides_or_acts_is_not_shown() -> None:
    everything = "a".join(["", *map(chr, range(sys.maxunicode + 1))])  # each one after a letter
    shown = [shows for _, shows in seen(everything)][1::2]
    assert [hex(code) for code, shows in enumerate(shown) if shows is hides(code)] == []


@given(st.text(st.characters(), max_size=200))
def test_what_is_written_out_can_be_printed_and_says_the_same_again(text: str) -> None:
    assert visible(text).isprintable()
    assert visible(visible(text)) == visible(text)


def test_plain_text_of_any_script_stays_as_it_is() -> None:
    assert visible("prod/app é 日本 [x] \\n") == "prod/app é 日本 [x] \\n"


@pytest.mark.parametrize("letter", ["e\u0301", "ế", "e\u0302\u0301", "שׁ\u05bc\u05b8\u0596", "ที่", "हिन्दी", "#\u20e3"])
def test_a_letter_keeps_its_accents(letter: str) -> None:
    assert visible(f"prod/{letter}/x") == f"prod/{letter}/x"


@pytest.mark.parametrize("before", ["", " ", "a ", "\u200b", "a\u202e", "a\ufe0f"])
@pytest.mark.parametrize("mark", ["\u0301", "\u0338", "\u20dd", "\u0489", "\U0001e8d0"])
def test_a_mark_with_nothing_to_stand_on_would_draw_upon_our_own_text(before: str, mark: str) -> None:
    assert visible(before + mark) == visible(before) + visible(mark)
    assert visible(mark).isascii()


def test_a_pile_of_marks_that_covers_other_lines_is_cut() -> None:
    assert visible("a" + "\u0336" * 6 + "b\u0301") == "a" + "\u0336" * 4 + "\\u0336" * 2 + "b\u0301"


def test_a_number_has_four_digits_where_that_is_enough_and_else_eight() -> None:
    assert visible("\x1b\uffff\U000e0001") == r"\u001b\uffff\U000e0001"
