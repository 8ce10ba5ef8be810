"""Whether the journal's lines are what ``docs/journal.schema.json`` promises to those who query them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

Line = dict[str, Any]
SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent.parent / "docs" / "journal.schema.json").read_text())
_VALIDATOR = Draft202012Validator(SCHEMA)


def flaws_of(lines: Iterable[Line], secrets: Iterable[str]) -> list[str]:
    """What is wrong with these lines, in words; a line that was written twice is as good as one."""
    told: dict[str, Line] = {}
    flaws = []
    for line in lines:
        flaws += [f"{line}: {error.message}" for error in _VALIDATOR.iter_errors(line)]
        flaws += [f"{line}: has {secret}" for secret in secrets if secret in json.dumps(line)]
        if told.setdefault(str(line.get("event_id")), line) != line:
            flaws.append(f"{line}: has the event_id of another line")
    return flaws
