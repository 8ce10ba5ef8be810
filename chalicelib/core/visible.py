"""Decide which characters show what they are: one rule for Slack, the terminal and the pictures.

A state's key and a lock's fields are other people's text. They may contain terminal sequences, line breaks, characters
that reverse text, and invisible characters, with which two different names look alike.
"""

import re
import unicodedata
from collections.abc import Iterator

# Controls, formats (bidi, zero-width, soft hyphen, tags), surrogates, private use, unassigned, line breaks, spaces.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# Unicode calls these marks, letters and symbols, but they show nothing: joiners, fillers and variation
# selectors (Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt); then blanks (Braille, Khitan,
# Egyptian, music) and the placeholder of an object that is not there.
_EMPTY = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
    r"\u2800\ufffc\U00016fe4\U00013441\U00013442\U0001d159]"
)
_MARKS = frozenset({"Mn", "Me"})
_DEEPEST = 4
"""Most marks on one letter that are shown. Vietnamese and Hebrew use up to four; a pile of them covers other lines."""
_FOUR_DIGITS = 0xFFFF


def visible(text: str) -> str:
    """Write out by its number, as Python does, every character that is hidden, acts, or draws over its neighbours."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if shows else written(one) for one, shows in seen(text))


def seen(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each character and whether it shows what it is; of the spaces only the plain one does.

    A mark (an accent) shows on its letter. With no letter before it, it would draw over our own text.
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
