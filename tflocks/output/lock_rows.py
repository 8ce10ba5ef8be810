"""Put held locks into the rows of ``tflocks list --json`` and ``--csv``, under the names in ``docs/tflocks.md``."""

import json
from datetime import datetime

from chalicelib.core.locks.place import Kind
from tflocks.locks.naming import for_operators
from tflocks.locks.standing import Standing
from tflocks.output.rows import Row, iso

SCHEMA = 1
COLUMNS = (
    "state_path",
    "s3",
    "dynamodb",
    "region",
    "account",
    "account_name",
    "looked_at",
    "since",
    "age_seconds",
    "clock",
    "lock_id",
    "who",
    "operation",
    "terraform_operation",
    "terraform_version",
    "flaw",
    "other_holders",
    "level",
    "levels",
    "known_to_reaper",
    "alerted_at",
    "alerted_level",
    "joint_alert",
    "channel",
    "snoozed_until",
    "snoozed_by",
    "principal",
)
"""The columns of ``--csv``, which has them even without a row."""


def lock_row(standing: Standing) -> Row:
    """Return the row of one holder: times ISO 8601 in UTC, None for what is not known."""
    rows = (_of_places(standing), _of_time(standing), _of_lock(standing), _of_reaper(standing))
    told = {name: value for row in rows for name, value in row.items()}
    return {name: told[name] for name in COLUMNS}


def document(standings: list[Standing], problems: list[str], notes: list[str], now: datetime) -> str:
    """Return one JSON document in ASCII, which a terminal shows without acting on it."""
    told = {
        "schema": SCHEMA,
        "generated_at": iso(now),
        "complete": not problems,
        "problems": problems,
        "notes": notes,
        "locks": [lock_row(standing) for standing in standings],
    }
    # JSON leaves DEL as it is, although it is a control character too.
    return json.dumps(told, indent=2).replace("\x7f", "\\u007f")


def _of_places(standing: Standing) -> Row:
    places = [lock.ref.place for lock in standing.locks]
    addresses = {kind: " ".join(place.address for place in places if place.kind is kind) or None for kind in Kind}
    return {
        "state_path": standing.state_path,
        "s3": addresses[Kind.S3],
        "dynamodb": addresses[Kind.DYNAMODB],
        "region": next((place.region for place in places if place.region), None) or standing.location.region or None,
        "account": standing.location.account.id or None,
        "account_name": standing.location.account.name or None,
        "looked_at": standing.looked_at,
        "other_holders": standing.others,
    }


def _of_time(standing: Standing) -> Row:
    return {
        "since": iso(standing.since),
        "age_seconds": None if standing.age is None else round(standing.age.total_seconds(), 3),
        "clock": None if standing.age is None else standing.clock.value,
    }


def _of_lock(standing: Standing) -> Row:
    lock, info = standing.lock, standing.lock.info
    return {
        "lock_id": (info and info.ID) or None,
        "who": (info and info.Who) or None,
        "operation": lock.operation or None,
        "terraform_operation": (info and info.Operation) or None,
        "terraform_version": (info and info.Version) or None,
        "flaw": for_operators(lock.flaw) or None,
    }


def _of_reaper(standing: Standing) -> Row:
    page = standing.page
    quiet = standing.snoozed_until
    return {
        "level": standing.level,
        "levels": standing.levels,
        "known_to_reaper": standing.known,
        "alerted_at": iso(standing.alerted_at),
        "alerted_level": page.level if page.posted else None,
        "joint_alert": page.joint or None,
        "channel": page.posted.channel if page.posted else None,
        "snoozed_until": iso(quiet),
        "snoozed_by": page.snooze.by if page.snooze and quiet else None,
        "principal": page.principal or None,
    }
