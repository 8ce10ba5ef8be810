"""Put holds and rankings into the rows of ``--json`` and ``--csv``, under the names in ``docs/tflocks.md``."""

from datetime import UTC, datetime

from tflocks.holds.hold import OF_RELEASE, Hold
from tflocks.holds.ranking import Ranked

Cell = str | int | float | bool | dict[str, float] | None
Row = dict[str, Cell]
_TEXTS = (
    "who",
    "principal",
    "session_name",
    "account",
    "source_address",
    *OF_RELEASE,
    "put_back_by",
    "lock_id",
    "terraform_version",
    "etag",
    "version_id",
)
_WHERE = ("lock_account", "lock_account_name", "lock_region")
NAMES = {
    "holds": (
        "state_path",
        "s3",
        "dynamodb",
        *_WHERE,
        "source",
        "seen",
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
"""The columns of ``--csv``, which has them even without a row."""


def hold_row(hold: Hold, now: datetime) -> Row:
    """Return the row of a hold: times ISO 8601 in UTC, durations in seconds, None for what is not known."""
    texts = {name: getattr(hold, name) or None for name in _TEXTS}
    return {
        "state_path": hold.state_path,
        **{kind: hold.at(f"{kind}://") or None for kind in ("s3", "dynamodb")},
        **{name: getattr(hold, name) or None for name in _WHERE},
        "source": hold.source.value,
        "seen": hold.seen,
        "since": iso(hold.since),
        "until": iso(hold.until),
        "held_seconds": _rounded(hold.seconds(now)),
        "still_held": hold.still_held,
        "operation": hold.plain_operation or None,
        "terraform_operation": hold.operation or None,
        **texts,
        "incomplete": hold.incomplete,
        "not_known": "; ".join(hold.missing) or None,
    }


def ranked_row(ranked: Ranked) -> Row:
    """Return the row of one state in a ranking."""
    return {
        "state_path": ranked.state_path,
        "holds": ranked.holds,
        "locked_seconds": _rounded(ranked.locked_seconds),
        "longest_seconds": _rounded(ranked.longest_seconds),
        "still_held": ranked.still_held,
        "holds_of_unknown_length": ranked.unknown,
        "seconds_by_operation": _by_operation(ranked),
    }


def iso(time: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC with milliseconds."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else None


def _by_operation(ranked: Ranked) -> dict[str, float]:
    return {operation: round(seconds, 3) for operation, seconds in ranked.by_operation.items()}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
