"""Write and read the value of a button on a joint alert: its version, the joint alert's ID, what was shown, a word.

The ID and the commitment to the locks are hashes, so the value never needs escaping. A select has such a value in each
of its options, which may have 150 characters.
"""

import re
from typing import NamedTuple

_VERSION = "1"
_FORM = re.compile(rf"{_VERSION} ([0-9a-f]{{32}}) ([0-9a-f]{{32}}|-) ([0-9a-z]{{1,12}})")


class JointValue(NamedTuple):
    """The joint alert that a button is about, and what of it was shown."""

    joint: str
    shown: str = ""
    word: str = "1"
    """The listing page, or the length of a snooze."""


def encode(value: JointValue) -> str:
    """Return the value of a button."""
    return f"{_VERSION} {value.joint} {value.shown or '-'} {value.word}"


def decode(text: str) -> JointValue:
    """Return what ``encode`` was given.

    Raises:
        ValueError: the text is anything else.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("not the value of a joint alert's button of this version")
    return JointValue(found[1], "" if found[2] == "-" else found[2], found[3])
