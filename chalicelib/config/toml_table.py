"""Reading one TOML table with every mistake noted, none raised, so that a file's mistakes are told together.

msgspec checks types too, but stops at the first mistake.
"""

import difflib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.core import duration

MISSING = object()
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
# Unencrypted only to this machine: the bot token goes there.
_URL = re.compile(r"(https://[^\s/]+|http://(127\.0\.0\.1|localhost)(:\d+)?)/(\S*/)?")
# Slack's own pages call an organisation's ID a team's now and then.
_MISPLACED_IDS = {
    "T": ", of one workspace; the ID of an Enterprise Grid organisation (E...) belongs into enterprise_id",
    "E": ", of an Enterprise Grid organisation; without one leave the key out",
}
_PREFIX = re.compile(r"[^/*?$\x00-\x1f\u0100-\U0010ffff][^*?$\x00-\x1f\u0100-\U0010ffff]*")
_ANY_TEXT = re.compile(r".+", re.DOTALL)


class Problems:
    """The mistakes found so far: the key, its value, what was expected."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, key: str, value: object, expected: str) -> None:
        """One mistake more; ``MISSING`` stands for a key that is not there."""
        said = "is missing" if value is MISSING else f"= {value!r}"
        self.found.append(f"{key} {said}: expected {expected}")


class Table:
    """One table of the file. Every reading method answers something of its type, noted mistake or not.

    A fallback is the answer for a key that is not there; without one (None) the key is required.
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
        """Every key, for a table whose keys are the user's own."""
        return iter(self._values)

    def get(self, key: str) -> Any:
        """A value as it stands in the file, or ``MISSING``."""
        self._asked.add(key)
        return self._values.get(key, MISSING)

    def done(self) -> None:
        """Note every key that nothing asked for: it is misspelt, or would be silently without effect."""
        for key in self._values.keys() - self._asked:
            near = difflib.get_close_matches(key, self._asked, 1)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(self._asked))}"
            self.problems.found.append(f"{self._name(key)} = {self._values[key]!r}: there is no such key; {hint}")

    def note(self, key: str, expected: str, value: object = None) -> None:
        """A mistake in one of this table's keys, or in one value of its list."""
        self.problems.note(self._name(key), self.get(key) if value is None else value, expected)

    def table(self, key: str, expected: str = "") -> "Table":
        """A table below this one; one that is not there is an empty one, and its own keys are noted as missing."""
        value = self.get(key)
        if value is not MISSING and not isinstance(value, dict):
            self.note(key, expected or f"a table, [{self._name(key)}]")
        return Table(value if isinstance(value, dict) else {}, self._name(key), self.problems)

    def tables(self, key: str, *, required: bool) -> list["Table"]:
        """An array of tables."""
        value = self.get(key)
        if value is MISSING and not required:
            return []
        name = self._name(key)
        good = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
        if not good or (required and not value):
            self.note(key, f"at least one [[{name}]]" if required else f"[[{name}]]")
            return []
        return [Table(entry, f"{name}[{index}]", self.problems) for index, entry in enumerate(value)]

    def text(self, key: str, form: re.Pattern[str], expected: str, fallback: str | None = None) -> str:
        """A text of a form."""
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
        """A list of texts of a form; ``empty`` when a list of none is an answer."""
        value = self.get(key)
        if value is MISSING and fallback is not None:
            return fallback
        good = isinstance(value, list) and all(isinstance(entry, str) and form.fullmatch(entry) for entry in value)
        if good and (value or empty):
            return tuple(value)
        self.note(key, expected)
        return ()

    def flag(self, key: str, fallback: bool) -> bool:  # noqa: FBT001  a value, not a mode
        """Yes or no."""
        value = self.get(key)
        if value is not MISSING and not isinstance(value, bool):
            self.note(key, "true or false")
        return value if isinstance(value, bool) else fallback

    def count(self, key: str, fallback: int) -> int:
        """A whole number from 1."""
        value = self.get(key)
        # To Python, true is a whole number.
        good = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        if value is not MISSING and not good:
            self.note(key, "a whole number from 1")
        return value if good else fallback

    def durations(self, key: str, fallback: tuple[timedelta, ...] | None = None) -> tuple[timedelta, ...]:
        """One duration, or several that rise."""
        value = self.get(key)
        if value is MISSING and fallback is not None:
            return fallback
        read = [_duration(entry) for entry in (value if isinstance(value, list) else [value])]
        ages = tuple(age for age in read if age)
        if not ages or len(ages) < len(read) or list(ages) != sorted(set(ages)):
            self.note(key, 'a duration like "45m", "2h" or "1d", or a rising list of them')
            return ()
        return ages

    def duration_or_never(
        self, key: str, expected: str, fallback: timedelta | None, most: timedelta = timedelta.max
    ) -> timedelta | None:
        """One duration, or the word ``never``: None."""
        value = self.get(key)
        if value in (MISSING, "never"):
            return fallback if value is MISSING else None
        read = _duration(value)
        if read and read <= most:
            return read
        self.note(key, expected)
        return fallback

    def bucket(self, key: str) -> str:
        """The name of an S3 bucket (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)."""
        return self.text(key, _BUCKET, "the name of an S3 bucket")

    def region(self, key: str) -> str | None:
        """An AWS region, or None where there is none."""
        return self.text(key, _REGION, "an AWS region like eu-central-1") if key in self else None

    def slack_id(self, key: str, letter: str) -> str:
        """A Slack ID that begins with the letter."""
        expected = f"a Slack ID like {letter}0123ABCD{_MISPLACED_IDS.get(letter, '')}"
        return self.text(key, re.compile(letter + r"[A-Z0-9]{2,}"), expected)

    def url(self, key: str, default: str) -> str:
        """The base URL of an API, with its slash at the end."""
        return self.text(key, _URL, "an https URL that ends with a slash", default)

    def prefixes(self, key: str) -> tuple[str, ...]:
        """Key prefixes. They become IAM resources: only Latin-1, and ``*``, ``?``, ``$`` mean something else there.

        No state key begins with a slash, says Terraform (``internal/backend/remote-state/s3/backend.go``).
        """
        expected = (
            'a list of key prefixes like ["team-a/"], not beginning with / and without * ? $ or letters beyond '
            "Latin-1; leave it out for the whole bucket"
        )
        return self.texts(key, _PREFIX, expected, ())

    def patterns(self, key: str) -> tuple[str, ...]:
        """Patterns over state paths."""
        expected = 'a list of state paths like ["acme-tfstate/team-a/*"], where * is any text and ? one character'
        return self.texts(key, _ANY_TEXT, expected)

    def _name(self, key: str) -> str:
        written = key if _BARE_KEY.fullmatch(key) else f'"{key}"'
        return f"{self._path}.{written}" if self._path else written


def _duration(value: object) -> timedelta | None:
    try:
        return duration.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
