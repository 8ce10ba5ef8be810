"""Replace what identifies an organisation in a report, each name by the same word wherever it is."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("arn", r"arn:aws[a-z-]*:[^\s\"',;)}\]]+"),
    ("url", r"https?://[^\s\"',;)}\]]+"),
    ("user", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+[A-Za-z0-9]"),
    ("account", r"(?<![0-9])[0-9]{12}(?![0-9])"),
    ("identity", r"(?<![A-Za-z0-9])A(?:KIA|SIA|ROA|IDA|GPA|NPA)[A-Z0-9]{8,}(?::[^\s\"',;)}\]]+)?"),
    ("slack", r"(?<![A-Za-z0-9])(?:[UWCGTSABDE][A-Z0-9]{8,20}|[UWCGTSABDE]0[A-Z0-9]+)(?![A-Za-z0-9])"),
    ("address", r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])"),
)
_SHORT = 6
_FOUND = [(kind, re.compile(pattern)) for kind, pattern in _PATTERNS]


class Redaction:
    """Replaces identifiers: those that are known by name, and whatever looks like one."""

    def __init__(self, known: Mapping[str, Iterable[str]]) -> None:
        """``known`` has, for each kind (``bucket``), the names of that kind."""
        self._words: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        for kind, names in known.items():
            for name in names:
                self._word(kind, name)
        self._known = sorted((name for name in self._words if name), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return a text without identifiers. Known names go first, the longest before those that it contains."""
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


def _anywhere(name: str) -> re.Pattern[str]:
    """Return an expression for a name in any case; a short one has to be a word, or it would be found everywhere."""
    inside = re.escape(name)
    short = len(name) < _SHORT
    return re.compile(rf"(?<![A-Za-z0-9]){inside}(?![A-Za-z0-9])" if short else inside, re.IGNORECASE)
