"""Which characters show what they are: the one rule for Slack, the terminal and the pictures.

A state's key and a lock's fields are other people's text. They may hold terminal sequences, line breaks, characters
that turn text around, and characters that show nothing, by which two different names read alike.
"""

import re
import unicodedata
from collections.abc import Iterator

# Controls, formats (bidi, zero-width, soft hyphen, tags), surrogates, private use, unassigned, line breaks, spaces.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# By their categories these are marks, letters and symbols, and yet they show nothing: joiners, fillers and variation
# selectors (Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt); then blanks (Braille, Khitan,
# Egyptian, music) and the placeholder of an object that is not there.
_EMPTY = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
    r"\u2800\ufffc\U00016fe4\U00013441\U00013442\U0001d159]"
)
_MARKS = frozenset({"Mn", "Me"})
_DEEPEST = 4
"""Marks upon one letter that are shown. Vietnamese and Hebrew write up to four; a pile of them covers other lines."""
_FOUR_DIGITS = 0xFFFF


def visible(text: str) -> str:
    """Write out by its number, as Python does, every character that hides, acts, or draws upon its neighbours."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if shows else written(one) for one, shows in seen(text))


def seen(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each character and whether it shows what it is; of all spaces, only the plain one does.

    A mark (an accent) shows upon what it belongs to. With nothing before it, it would draw upon our own text.
    """
    room = 0
    for one in text:
        mark = unicodedata.category(one) in _MARKS
        shows = not _hides(one) and (room > 0 or not mark)
        yield one, shows
        above = room - 1 if mark else _DEEPEST
        room = above if shows and one != " " else 0


def written(character: str) -> str:
    """Write out one character by its number, as Python does."""
    code = ord(character)
    return f"\\u{code:04x}" if code <= _FOUR_DIGITS else f"\\U{code:08x}"


def _hides(character: str) -> bool:
    if character == " ":
        return False
    return unicodedata.category(character) in _UNSEEN or _EMPTY.match(character) is not None
