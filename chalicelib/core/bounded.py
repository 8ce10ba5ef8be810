"""Cut a text that is too long for a line of the journal, and say so in the text."""

from collections.abc import Mapping

LONGEST = 7_000
"""Most bytes of one text, as JSON in ASCII. A line of which all texts are this long has 200 KB. CloudWatch Logs takes
256 KB:

docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""
_AS_IT_IS, _SHORT, _ESCAPE, _TWO_ESCAPES = 1, 2, 6, 12
"""Bytes of one character as JSON in ASCII: of x, of \\\\n, of \\\\u00e9, and of one outside of the basic plane."""
_SHORT_ESCAPES = frozenset('"\\\b\f\n\r\t')
_BASIC_PLANE = "\uffff"


def all_bounded(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a line with every text cut by ``bounded``."""
    return {name: bounded(value) if isinstance(value, str) else value for name, value in fields.items()}


def bounded(text: str) -> str:
    """Return the text, or, if it is too long, its beginning and its length."""
    if len(text) * _TWO_ESCAPES <= LONGEST:
        return text
    written = 0
    for place, character in enumerate(text):
        written += _bytes_of(character)
        if written > LONGEST:
            return f"{text[:place]} … (cut here, of {len(text)} characters)"
    return text


def _bytes_of(character: str) -> int:
    if character in _SHORT_ESCAPES:
        return _SHORT
    if " " <= character <= "\x7f":
        return _AS_IT_IS
    return _ESCAPE if character <= _BASIC_PLANE else _TWO_ESCAPES
