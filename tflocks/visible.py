"""Other people's text where it is shown: it can say anything and do nothing.

A state's key and a lock's fields may hold terminal sequences, line breaks, and characters that turn text around.
"""

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ELLIPSIS = "…"
_FOUR_DIGITS = 0xFFFF


def visible(text: str) -> str:
    """Every character that shows nothing, or acts, written out by its number, as Python does."""
    return "".join(_written(one) if _unseen(one) else one for one in text)


def shortened(text: str, limit: int) -> str:
    """At most so long; what is too long loses its middle, since the end of a state path says more."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 3
    return text[:head] + _ELLIPSIS + text[head + 1 - limit :]


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or (character.isspace() and character != " ")


def _written(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= _FOUR_DIGITS else f"\\U{code:08x}"
