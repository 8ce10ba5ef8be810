"""Compare the patterns of policies, in which ``*`` is any text and ``?`` one character.

Two patterns are compared in steps of their lengths' product, whatever is in them: a regular expression of many ``*``
can take for ever.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

ANY, ONE, UNKNOWN = "\ue000", "\ue001", "\ue002"
"""Tokens of a pattern that are no characters; UNKNOWN is the value of a variable that nobody knows here."""
_TOKEN = re.compile(r"\$\{([^}]*)\}|\*|\?", re.DOTALL)
_NO_TOKENS = str.maketrans(dict.fromkeys((ANY, ONE, UNKNOWN), "\ufffd"))
_WILD = {"*": ANY, "?": ONE}
_ESCAPED = frozenset("*?$")
"""``${*}`` is a plain asterisk."""


def tokens(pattern: str, variables: Mapping[str, str] | None = None, *, wild: bool = True) -> str:
    """Return a pattern as tokens. ``variables`` are the known values by lower-case names; None: it has no variables.

    Without ``wild``, ``*`` and ``?`` are plain characters.
    """

    def token(found: re.Match[str]) -> str:
        if found[1] is None:
            return _WILD[found[0]] if wild else found[0]
        return found[0] if variables is None else _value(found[1], variables)

    return _TOKEN.sub(token, pattern.translate(_NO_TOKENS))


def _value(name: str, variables: Mapping[str, str]) -> str:
    """Return a variable's value. A default (``${aws:username, 'none'}``) may be it or not."""
    if name in _ESCAPED:
        return name
    return variables.get(name.strip().lower(), UNKNOWN)


def overlap(one: str, other: str) -> bool:
    """Return whether a text fits both patterns of tokens. What is unknown may be any text."""
    return _walk(_plain(one), _plain(other), both=True)


def contains(one: str, other: str) -> bool:
    """Return whether each text of the other pattern certainly fits this one."""
    return UNKNOWN not in one and _walk(one, _plain(other), both=False)


def fits(pattern: str, text: str) -> bool:
    """Return whether a text may fit a pattern of tokens."""
    return overlap(pattern, text)


def _plain(pattern: str) -> str:
    return pattern.replace(UNKNOWN, ANY)


@lru_cache(4096)
def _walk(one: str, other: str, *, both: bool) -> bool:
    """Walk along both patterns. ``reached`` are the places in the other one that the first so many tokens lead to.

    With ``both``, ``*`` of the other pattern stands for any text; without, only ``*`` of this one takes it in.
    """
    reached = _skip({0}, other, both=both)
    for token in one:
        if token == ANY:
            reached = set(range(min(reached), len(other) + 1)) if reached else reached
            continue
        stepped = {to for place in reached for to in _steps(token, other, place, both=both)}
        reached = _skip(stepped, other, both=both)
        if not reached:
            return False
    return len(other) in reached


def _steps(token: str, other: str, place: int, *, both: bool) -> Sequence[int]:
    if place == len(other):
        return ()
    if other[place] == ANY:
        return (place,) if both else ()
    same = token in (ONE, other[place]) or (both and other[place] == ONE)
    return (place + 1,) if same else ()


def _skip(places: set[int], other: str, *, both: bool) -> set[int]:
    """Return the places, and those behind each ``*`` of the other pattern, which may be no text at all."""
    found = set(places)
    for place in sorted(places):
        behind = place
        while both and behind < len(other) and other[behind] == ANY:
            behind += 1
            found.add(behind)
    return found
