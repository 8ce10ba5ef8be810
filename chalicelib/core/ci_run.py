"""A link to the CI run that holds a lock, made from what the lock or its AWS identity calls itself."""

import re

import msgspec

# Foreign text that becomes part of a link: nothing that needs escaping, and no "..".
_VALUE = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
# A role session name has at most 64 characters, a user@host rarely more. The time for a hostile name grows with a power
# of its length: as long as a lock body may be, it would stop the reaper.
_LONGEST_NAME = 128
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class CiRun(msgspec.Struct, frozen=True):
    """How a CI system names its runs (``GitHubActions-{run}``), and where they are (``https://.../runs/{run}``).

    In ``match``, ``*`` is any text. A placeholder is letters, digits, ``-``, ``_`` and dots between them.
    """

    match: str
    link: str

    def link_for(self, name: str) -> str:
        """The link when the whole name matches; "" when it does not."""
        found = re.fullmatch(_expression(self.match), name) if len(name) <= _LONGEST_NAME else None
        return _PLACEHOLDER.sub(lambda placeholder: found[placeholder[1]], self.link) if found else ""


def placeholders(text: str) -> list[str]:
    """The names in braces, in their order."""
    return _PLACEHOLDER.findall(text)


def _expression(match: str) -> str:
    pieces = re.split(r"(\{[a-z_]+\}|\*)", match)
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> str:
    if piece == "*":
        return ".*"
    placeholder = _PLACEHOLDER.fullmatch(piece)
    return f"(?P<{placeholder[1]}>{_VALUE})" if placeholder else re.escape(piece)
