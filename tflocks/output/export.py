"""``--json`` and ``--csv``: the same stable names in both. ``docs/tflocks.md`` documents them."""

import csv
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

from tflocks.holds.found import Found, SourceRead, Window
from tflocks.holds.hold import Hold
from tflocks.holds.ranking import Ranked
from tflocks.output.visible import visible

SCHEMA = 1
# What a spreadsheet takes for a formula at the beginning of a cell (owasp.org/www-community/attacks/CSV_Injection),
# however wide, small, raised or lowered it is written (see NFKC), and behind spaces and quotes. And a cell does
# not only begin where ours do: a semicolon splits where the comma is the decimal sign, others where somebody chooses so
# on import, and a quote inside of our cell is then one at the beginning of theirs.
_SIGNS = r"=+\-@\u2212\u207a-\u207c\u208a-\u208c\u2a75\u2a76\ufb29\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
_SEPARATORS = r";,|\t\u037e\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b\uff5c\U0001f101-\U0001f10a"
_QUOTES = r"\s\"'`\u2018-\u201f\uff02\uff07"
_FORMULA = re.compile(f"(^|[{_SEPARATORS}])(?=[{_QUOTES}]*[{_SIGNS}])")
Cell = str | int | float | bool | dict[str, float] | None
Row = dict[str, Cell]


def hold_row(hold: Hold, now: datetime) -> Row:
    """One hold under its documented names: times ISO 8601 in UTC, durations in seconds, None for what is not known."""
    texts = {name: getattr(hold, name) or None for name in _TEXTS}
    return {
        "state_path": hold.state_path,
        "source": hold.source.value,
        "since": _iso(hold.since),
        "until": _iso(hold.until),
        "held_seconds": _rounded(hold.seconds(now)),
        "still_held": hold.still_held,
        "operation": hold.plain_operation or None,
        "terraform_operation": hold.operation or None,
        **texts,
        "incomplete": hold.incomplete,
        "not_known": "; ".join(hold.missing) or None,
    }


def ranked_row(ranked: Ranked) -> Row:
    """One state's figures under their documented names."""
    return {
        "state_path": ranked.state_path,
        "holds": ranked.holds,
        "locked_seconds": _rounded(ranked.locked_seconds),
        "longest_seconds": _rounded(ranked.longest_seconds),
        "still_held": ranked.still_held,
        "holds_of_unknown_length": ranked.unknown,
        "seconds_by_operation": _by_operation(ranked),
    }


def document(what: str, rows: list[Row], found: Found, window: Window) -> str:
    """One JSON document, in ASCII: a terminal that it is written to does nothing but show it."""
    told = {
        "schema": SCHEMA,
        "generated_at": _iso(window.now),
        "since": _iso(window.since),
        "sources": {"journal": _source(found.journal), "versions": _source(found.versions)},
        "notes": [*found.notes, *found.gaps],
        what: rows,
    }
    return json.dumps(told, indent=2).replace("\x7f", "\\u007f")


def write_csv(rows: list[Row], names: Iterable[str], stream: TextIO) -> None:
    """RFC 4180: a header, CRLF, every cell quoted."""
    writer = csv.writer(stream, dialect="excel", quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows([[cell(value) for value in row.values()] for row in rows])


def cell(value: Cell) -> str:
    """A cell that no spreadsheet takes for a formula, in one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        value = json.dumps(value)
    return _FORMULA.sub(r"\1'", visible(value)) if isinstance(value, str) else str(value)


def _by_operation(ranked: Ranked) -> dict[str, float]:
    return {operation: round(seconds, 3) for operation, seconds in ranked.by_operation.items()}


def _iso(time: datetime | None) -> str | None:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _source(source: SourceRead) -> dict[str, object]:
    return {"asked": source.asked, "read": source.read, "problem": source.problem or None}


_TEXTS = (
    "who",
    "principal",
    "session_name",
    "account",
    "source_address",
    "released_by",
    "release_principal",
    "release_session_name",
    "release_account",
    "release_source_address",
    "slack_user",
    "asked_by",
    "put_back_by",
    "lock_id",
    "terraform_version",
    "etag",
    "version_id",
)
NAMES = {
    "holds": (
        "state_path",
        "source",
        "since",
        "until",
        "held_seconds",
        "still_held",
        "operation",
        "terraform_operation",
        *_TEXTS,
        "incomplete",
        "not_known",
    ),
    "states": (
        "state_path",
        "holds",
        "locked_seconds",
        "longest_seconds",
        "still_held",
        "holds_of_unknown_length",
        "seconds_by_operation",
    ),
}
"""The columns of ``--csv``, which has them also where there is no row."""
