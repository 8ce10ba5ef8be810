"""Replace what identifies an organisation in a report, each name by the same word wherever it is."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from chalicelib.core.partitions import EVERY_END

_LONGEST_FIRST = sorted({*EVERY_END, "internal", "local", "lan", "corp", "intra"}, key=len, reverse=True)
_ENDS = "|".join(map(re.escape, _LONGEST_FIRST))
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("secret", r"(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[A-Za-z0-9-]+"),
    ("arn", r"(?i:arn:aws[a-z-]*:[^\s\"',;)}\]]+)"),
    ("url", r"https?://[^\s\"',;)}\]]+"),
    ("user", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+[A-Za-z0-9]"),
    ("host", rf"(?i:[a-z0-9._-]+\.(?:{_ENDS})(?![a-z0-9]))"),
    ("account", r"(?<![0-9])(?:[0-9]{12}|[0-9]{4}-[0-9]{4}-[0-9]{4})(?![0-9])"),
    ("aws", r"(?<![A-Za-z0-9])(?:(?:vpce|vpc|eni|sg|subnet)-[0-9a-f]{8,17}|(?:o|ou|r)-[a-z0-9]{4,32}(?:-[a-z0-9]+)?)"),
    ("identity", r"(?<![A-Za-z0-9])A(?:KIA|SIA|ROA|IDA|GPA|NPA)[A-Z0-9]{8,}(?::[^\s\"',;)}\]]+)?"),
    ("slack", r"(?<![A-Za-z0-9])(?:[UWCGTSABDE][A-Z0-9]{8,20}|[UWCGTSABDE]0[A-Z0-9]+)(?![A-Za-z0-9])"),
    ("address", r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])"),
    (
        "address",
        r"(?<![0-9A-Za-z:])(?:(?:[0-9a-f]{1,4}:){7}|(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}:){0,5})[0-9a-f]{1,4}",
    ),
)
_SHORT = 6
_ENCODED = re.compile(r"[^\s\"']*%[0-9A-Fa-f]{2}[^\s\"']*")
_FOUND = [(kind, re.compile(pattern)) for kind, pattern in _PATTERNS]


class Redaction:
    """Replaces identifiers: those that are known by name, and whatever looks like one."""

    def __init__(self, known: Mapping[str, Iterable[str]]) -> None:
        """``known`` has, for each kind (``bucket``), the names of that kind."""
        self._words: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        for kind, names in known.items():
            for name in names:
                word = self._word(kind, name)
                self._words.update({one: word for one in _spellings(name) if one not in self._words})
        self._known = sorted((name for name in self._words if name), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return a text without identifiers, also where they are encoded as in URLs."""
        return _ENCODED.sub(lambda found: self._decoded(found[0]), self._plain(text))

    def _decoded(self, encoded: str) -> str:
        """Return an encoded text as it is, or, if there is an identifier in it, decoded and without that."""
        decoded = unquote_plus(encoded)
        told = self._plain(decoded)
        return encoded if told == decoded else told

    def _plain(self, text: str) -> str:
        """Replace identifiers. Known names go first, the longest before those that it contains."""
        for name in self._known:
            text = _anywhere(name).sub(self._words[name], text)
        for kind, pattern in _FOUND:
            text = pattern.sub(lambda found, kind=kind: self._word(kind, found[0]), text)  # type: ignore[misc]
        return text

    def value(self, value: Any) -> Any:
        """Return a value of JSON's types without identifiers."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.value(one) for name, one in value.items()}
        return [self.value(one) for one in value] if isinstance(value, list) else value

    def _word(self, kind: str, name: str) -> str:
        if not name:
            return name
        if name not in self._words:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._words[name] = f"<{kind}-{self._counts[kind]}>"
        return self._words[name]


def _spellings(name: str) -> Iterator[str]:
    """Yield the ways in which a name is written: with and without the slash at its end, encoded, escaped."""
    for form in ("NFC", "NFD"):
        one = unicodedata.normalize(form, name)
        for whole in (one, one.strip("/")):
            yield whole
            yield from (quote(whole), quote(whole, safe=""), quote_plus(whole), quote_plus(whole, safe="/"))
            yield json.dumps(whole)[1:-1]


def _anywhere(name: str) -> re.Pattern[str]:
    """Return an expression for a name in any case; a short one has to be a word, or it would be found everywhere."""
    inside = re.escape(name)
    short = len(name) < _SHORT
    return re.compile(rf"(?<![A-Za-z0-9]){inside}(?![A-Za-z0-9])" if short else inside, re.IGNORECASE)
