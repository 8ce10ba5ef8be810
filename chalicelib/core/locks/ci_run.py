"""Make a link to the CI run that holds a lock, from the name in the lock or in its AWS identity.

A pattern names the parts of a name that go into the link. It must be able to split a name in only one way, because a
wrong link is worse than none.
"""

import re
from functools import lru_cache

import msgspec

KINDS = {
    "": r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*",
    "name": r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*",
    "number": r"[1-9][0-9]{0,19}",
    "hex": r"[0-9a-f]+",
    "hex32": r"[0-9a-f]{32}",
    "uuid": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "ulid": r"[0-7][0-9A-HJKMNP-TV-Z]{25}",
}
"""The kinds of placeholders (``{run:number}``). Foreign text becomes part of a link, so it may contain nothing that
needs escaping, and no ``..``. Only a ``name`` may have hyphens, because CI systems join the parts of a name with
hyphens.
"""
# A role session name has at most 64 characters, a user@host rarely more. The time to match a hostile name grows with a
# power of its length, so a name as long as a lock's body would stop the reaper.
_LONGEST_NAME = 128
_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([a-z0-9]+))?\}")
_PIECES = re.compile(r"(\{[a-z_]+(?::[a-z0-9]+)?\}|\*)")
_FIXED_LENGTH = {"hex32", "uuid", "ulid"}


class CiRun(msgspec.Struct, frozen=True):
    """A pattern for the names of CI runs (``GitHubActions-{run:number}``) and one for links (``https://.../{run}``).

    In ``match``, ``*`` is any text. A placeholder that names no kind of ``KINDS`` is a word.
    """

    match: str
    link: str

    def link_for(self, name: str) -> str:
        """Return the link if the whole name matches; "" if it does not."""
        found = _expression(self.match).fullmatch(name) if len(name) <= _LONGEST_NAME else None
        return _PLACEHOLDER.sub(lambda placeholder: found[placeholder[1]], self.link) if found else ""


def placeholders(text: str) -> list[str]:
    """Return the names in braces in order."""
    return [found[1] for found in _PLACEHOLDER.finditer(text)]


def unknown_kinds(match: str) -> list[str]:
    """Return the kinds in a pattern's placeholders that do not exist."""
    return [found[2] for found in _PLACEHOLDER.finditer(match) if (found[2] or "") not in KINDS]


def guessed(match: str) -> list[str]:
    """Return the placeholders of a pattern that could begin or end at more than one place in the same name.

    A piece that may contain the text beside it is open-ended. A pattern may have one open-ended piece, because all
    other pieces tell where it ends. The end of any further one is a guess, and so is a placeholder between two of
    them.
    """
    pieces = _PIECES.split(match)
    places = range(1, len(pieces), 2)
    open_ended = {at for at in places if _is_open_ended(pieces, at)}
    return [placeholders(pieces[at])[0] for at in places if pieces[at] != "*" and _is_a_guess(at, open_ended)]


def _is_a_guess(at: int, open_ended: set[int]) -> bool:
    others = open_ended - {at}
    if at in open_ended:
        return bool(others)
    return any(other < at for other in others) and any(other > at for other in others)


def _is_open_ended(pieces: list[str], at: int) -> bool:
    """Return whether a piece may contain the character that stands between it and its neighbour."""
    kind = pieces[at].strip("{}").partition(":")[2]
    if pieces[at] == "*" or kind == "name":
        return True
    following = pieces[at + 1][:1] if at + 2 < len(pieces) else ""
    preceding = pieces[at - 1][-1:] if at > 1 else ""
    beside = [character for character in (following, preceding) if character and kind not in _FIXED_LENGTH]
    return any(re.fullmatch(KINDS[kind], f"1{character}1") for character in beside)


@lru_cache(maxsize=256)
def _expression(match: str) -> re.Pattern[str]:
    return re.compile("".join(_piece(piece) for piece in _PIECES.split(match)))


def _piece(piece: str) -> str:
    if piece == "*":
        return ".*"
    placeholder = _PLACEHOLDER.fullmatch(piece)
    return f"(?P<{placeholder[1]}>{KINDS[placeholder[2] or '']})" if placeholder else re.escape(piece)
