"""Decide which characters are safe to show as they are: one rule for Slack, the terminal and the pictures.

The key of a state and the fields of a lock are foreign text. They may contain terminal sequences, line breaks,
characters that reverse text, and invisible characters, which make two different names look alike.
"""

import re
import unicodedata
from collections.abc import Iterator

# Controls, formats (bidi, zero-width, soft hyphen, tags), surrogates, private use, unassigned, line breaks, spaces.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# Unicode calls these marks, letters or symbols, but they show nothing: joiners, fillers and variation selectors
# (Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt), blanks (Braille, Khitan, Egyptian, music), and
# the object replacement character.
_EMPTY = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
    r"\u2800\ufffc\U00016fe4\U00013441\U00013442\U0001d159]"
)
_MARKS = frozenset({"Mn", "Me"})
_DEEPEST = 4
"""Most marks that are shown on one letter. Vietnamese and Hebrew use up to four; more could cover other lines."""
_FOUR_DIGITS = 0xFFFF


def visible(text: str) -> str:
    """Replace every character that is hidden, acts, or draws over its neighbours by its number, as Python writes it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if shows else written(one) for one, shows in seen(text))


def seen(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each character and whether it is safe to show. Of all spaces only the plain one is.

    A mark (an accent) is safe after its letter. Without a letter before it, it would draw over the reaper's own text.
    """
    room = 0
    for one in text:
        mark = unicodedata.category(one) in _MARKS
        shows = not _hides(one) and (room > 0 or not mark)
        yield one, shows
        above = room - 1 if mark else _DEEPEST
        room = above if shows and one != " " else 0


def written(character: str) -> str:
    """Return a character's number, as Python writes it."""
    code = ord(character)
    return f"\\u{code:04x}" if code <= _FOUR_DIGITS else f"\\U{code:08x}"


def _hides(character: str) -> bool:
    if character == " ":
        return False
    return unicodedata.category(character) in _UNSEEN or _EMPTY.match(character) is not None
