"""Read a TOML table, and note every mistake without raising, so that all mistakes of a file are reported together.

msgspec checks types too, but it stops at the first mistake.
"""

import difflib
import re
from collections.abc import Iterator
from typing import Any

MISSING = object()
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Problems:
    """The mistakes found so far, each with the key, its value and what was expected."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, key: str, value: object, expected: str) -> None:
        """Add a mistake; the value ``MISSING`` means that the key is missing."""
        said = "is missing" if value is MISSING else f"= {value!r}"
        self.found.append(f"{key} {said}: expected {expected}")


class Table:
    """One table of the file. Every reading method returns a value of its type, even if it notes a mistake.

    ``fallback`` is the value of a missing key; if it is None, the key is required.
    """

    def __init__(self, values: dict[str, Any], path: str, problems: Problems) -> None:
        self._values = values
        self._path = path
        self._asked: set[str] = set()
        self.problems = problems

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """Iterate over all keys, for a table whose keys the user chooses."""
        return iter(self._values)

    def get(self, key: str) -> Any:
        """Return the value in the file, or ``MISSING``."""
        self._asked.add(key)
        return self._values.get(key, MISSING)

    def done(self) -> None:
        """Note every key that was never read: it is misspelt, or it would silently have no effect."""
        for key in self._values.keys() - self._asked:
            near = difflib.get_close_matches(key, self._asked, 1)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(self._asked))}"
            self.problems.found.append(f"{self._name(key)} = {self._values[key]!r}: there is no such key; {hint}")

    def note(self, key: str, expected: str, value: object = None) -> None:
        """Note a mistake in a key of this table; ``value`` is the wrong value of its list, if it has a list."""
        self.problems.note(self._name(key), self.get(key) if value is None else value, expected)

    def table(self, key: str, expected: str = "") -> "Table":
        """Read a table below this one. A missing table is read as empty, so that its required keys are noted."""
        value = self.get(key)
        if value is not MISSING and not isinstance(value, dict):
            self.note(key, expected or f"a table, [{self._name(key)}]")
        return Table(value if isinstance(value, dict) else {}, self._name(key), self.problems)

    def tables(self, key: str, *, required: str = "") -> list["Table"]:
        """Read an array of tables. ``required`` says what is expected where there has to be one."""
        value = self.get(key)
        if value is MISSING and not required:
            return []
        name = self._name(key)
        good = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
        if not good or (required and not value):
            self.note(key, required or f"[[{name}]]")
            return []
        return [Table(entry, f"{name}[{index}]", self.problems) for index, entry in enumerate(value)]

    def text(self, key: str, form: re.Pattern[str], expected: str, fallback: str | None = None) -> str:
        """Read a text that matches ``form``."""
        value = self.get(key)
        if value is MISSING and fallback is not None:
            return fallback
        if isinstance(value, str) and form.fullmatch(value):
            return value
        self.note(key, expected)
        return ""

    def texts(
        self,
        key: str,
        form: re.Pattern[str],
        expected: str,
        fallback: tuple[str, ...] | None = None,
        *,
        empty: bool = False,
    ) -> tuple[str, ...]:
        """Read a list of texts that match ``form``; ``empty`` allows an empty list."""
        value = self.get(key)
        if value is MISSING and fallback is not None:
            return fallback
        good = isinstance(value, list) and all(isinstance(entry, str) and form.fullmatch(entry) for entry in value)
        if good and (value or empty):
            return tuple(value)
        self.note(key, expected)
        return ()

    def flag(self, key: str, fallback: bool) -> bool:  # noqa: FBT001  a value, not a mode
        """Read yes or no."""
        value = self.get(key)
        if value is not MISSING and not isinstance(value, bool):
            self.note(key, "true or false")
        return value if isinstance(value, bool) else fallback

    def _name(self, key: str) -> str:
        written = key if _BARE_KEY.fullmatch(key) else f'"{key}"'
        return f"{self._path}.{written}" if self._path else written
