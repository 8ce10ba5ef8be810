"""Other people's text where it is shown: it can say anything and do nothing.

A state's key and a lock's fields may hold terminal sequences, line breaks, and characters that turn text around.
"""

import re
import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# By their categories these are marks, letters and a symbol, and yet show nothing: variation selectors, joiners, fillers
# (Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt) and the empty pattern of Braille.
_EMPTY = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_ELLIPSIS = "…"
_FOUR_DIGITS = 0xFFFF


def visible(text: str) -> str:
    """Every character that shows nothing, or acts, written out by its number, as Python does."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written(one) if _unseen(one) else one for one in text)


def shortened(text: str, limit: int) -> str:
    """At most so long; what is too long loses its middle, since the end of a state path says more."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 3
    return text[:head] + _ELLIPSIS + text[head + 1 - limit :]


def _unseen(character: str) -> bool:
    if unicodedata.category(character) in _UNSEEN or (character.isspace() and character != " "):
        return True
    return _EMPTY.match(character) is not None


def _written(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= _FOUR_DIGITS else f"\\U{code:08x}"
