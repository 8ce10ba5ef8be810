"""Reading one TOML table with every mistake noted, none raised, so that a file's mistakes are told together.

msgspec checks types too, but stops at the first mistake.
"""

import difflib
import re
from datetime import timedelta
from typing import Any

from chalicelib.core import duration

_MISSING = object()
_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
# Unencrypted only to this machine: the bot token goes there.
_URL = re.compile(r"(https://[^\s/]+|http://(127\.0\.0\.1|localhost)(:\d+)?)/(\S*/)?")
_PREFIX = re.compile(r"[^/*?$\x00-\x1f\u0100-\U0010ffff][^*?$\x00-\x1f\u0100-\U0010ffff]*")


class Problems:
    """The mistakes found so far: the key, its value, what was expected."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, key: str, value: object, expected: str) -> None:
        """One mistake more; ``_MISSING`` stands for a key that is not there."""
        said = "is missing" if value is _MISSING else f"= {value!r}"
        self.found.append(f"{key} {said}: expected {expected}")


class Table:
    """One table of the file. Every reading method answers something of its type, noted mistake or not."""

    def __init__(self, values: dict[str, Any], path: str, problems: Problems) -> None:
        self._values = values
        self._path = path
        self._asked: set[str] = set()
        self.problems = problems

    def done(self) -> None:
        """Note every key that nothing asked for: it is misspelt, or would be silently without effect."""
        for key in self._values.keys() - self._asked:
            near = difflib.get_close_matches(key, self._asked, 1)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(self._asked))}"
            self.problems.found.append(f"{self._name(key)} = {self._values[key]!r}: there is no such key; {hint}")

    def note(self, key: str, value: object, expected: str) -> None:
        """A mistake in the value of one of this table's keys, found by whoever knows more than its form."""
        self.problems.note(self._name(key), value, expected)

    def table(self, key: str) -> "Table":
        """A table below this one; one that is not there is an empty one, and its own keys are noted as missing."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.problems.note(self._name(key), value, f"a table, [{self._name(key)}]")
            value = {}
        return Table(value, self._name(key), self.problems)

    def tables(self, key: str, *, required: bool) -> list["Table"]:
        """An array of tables."""
        value = self._take(key, [])
        name = self._name(key)
        if (
            not isinstance(value, list)
            or not all(isinstance(entry, dict) for entry in value)
            or (required and not value)
        ):
            self.problems.note(
                name, value if value else _MISSING, f"at least one [[{name}]]" if required else f"[[{name}]]"
            )
            return []
        return [Table(entry, f"{name}[{index}]", self.problems) for index, entry in enumerate(value)]

    def bucket(self, key: str) -> str:
        """The name of an S3 bucket (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)."""
        return self._text(key, _BUCKET, "the name of an S3 bucket")

    def region(self, key: str) -> str | None:
        """An AWS region, or None where there is none."""
        return self._text(key, _REGION, "an AWS region like eu-central-1") if key in self else None

    def channel(self, key: str, inherited: str | None = None) -> str:
        """A Slack channel by its ID: a name can be given to another channel, an ID cannot."""
        if inherited is not None and key not in self:
            return inherited
        return self._text(
            key, _CHANNEL, "a Slack channel ID like C0123ABCD (channel details, at the bottom), not a name"
        )

    def slack_id(self, key: str, letter: str) -> str:
        """A Slack ID that begins with the letter."""
        return self._text(key, re.compile(letter + r"[A-Z0-9]{2,}"), f"a Slack ID like {letter}0123ABCD")

    def url(self, key: str, default: str) -> str:
        """The base URL of an API, with its slash at the end."""
        return self._text(key, _URL, "an https URL that ends with a slash") if key in self else default

    def releasers(self, key: str, inherited: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Slack user IDs or ``*``. An empty list is an answer (nobody); a missing one is not."""
        if inherited is not None and key not in self:
            return inherited
        expected = 'a list of Slack user IDs like ["U0123ABCD"], [] for nobody, ["*"] for everyone in the workspace'
        return self._texts(key, lambda entry: entry == "*" or _USER.fullmatch(entry) is not None, expected)

    def prefixes(self, key: str) -> tuple[str, ...]:
        """Key prefixes. They become IAM resources: only Latin-1, and ``*``, ``?``, ``$`` mean something else there.

        No state key begins with a slash, says Terraform (``internal/backend/remote-state/s3/backend.go``).
        """
        if key not in self:
            return ()
        expected = (
            'a list of key prefixes like ["team-a/"], not beginning with / and without * ? $ or letters beyond '
            "Latin-1; leave it out for the whole bucket"
        )
        return self._texts(key, lambda entry: _PREFIX.fullmatch(entry) is not None, expected, empty=False)

    def patterns(self, key: str) -> tuple[str, ...]:
        """Patterns over state paths."""
        expected = 'a list of state paths like ["acme-tfstate/team-a/*"], where * is any text and ? one character'
        return self._texts(key, bool, expected, empty=False)

    def durations(self, key: str, inherited: tuple[timedelta, ...] | None = None) -> tuple[timedelta, ...]:
        """One duration, or several that rise."""
        if inherited is not None and key not in self:
            return inherited
        value = self._take(key, _MISSING)
        entries = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        try:
            read = tuple(duration.parse(entry) for entry in entries)
        except (ValueError, AttributeError):
            read = ()
        if not read or list(read) != sorted(set(read)):
            self.problems.note(self._name(key), value, 'a duration like "45m", "2h" or "1d", or a rising list of them')
        return read

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def _text(self, key: str, form: re.Pattern[str], expected: str) -> str:
        value = self._take(key, _MISSING)
        if isinstance(value, str) and form.fullmatch(value):
            return value
        self.problems.note(self._name(key), value, expected)
        return ""

    def _texts(self, key: str, accepts: Any, expected: str, *, empty: bool = True) -> tuple[str, ...]:
        value = self._take(key, _MISSING)
        texts = isinstance(value, list) and all(isinstance(entry, str) and accepts(entry) for entry in value)
        if texts and (value or empty):
            return tuple(value)
        self.problems.note(self._name(key), value, expected)
        return ()

    def _take(self, key: str, default: object) -> Any:
        self._asked.add(key)
        return self._values.get(key, default)

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key
