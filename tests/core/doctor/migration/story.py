"""Journals of runs, told for tests: in days before now, by runs that lock in the table, in both, or only in S3."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core.audit.event import ToldBy
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.doctor.migration.evidence import Evidence, Items, Journal, Metrics, StateSeen, Table, There
from chalicelib.core.doctor.migration.holds import Owner, Told, holds_of
from demo.terraform import Locking

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TABLE, REGION, ACCOUNT = "terraform-locks", "eu-central-1", "123456789012"
OWNER = Owner(TABLE, ACCOUNT, REGION)
NET, APP, DATA = (f"acme-tfstate/{name}.tfstate" for name in ("net", "app", "data"))
_number = itertools.count(1)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def line(path: str, at: datetime, *, table: bool = False, **fields: Any) -> Told:
    address = f"dynamodb://{TABLE}/{path}" if table else f"s3://{path}.tflock"
    told: dict[str, Any] = {"event": LineKind.LOCK_ACQUIRED, "lock_id": f"id-{next(_number)}"}
    told |= {"told_by": ToldBy.STREAM.value if table else ToldBy.S3.value}
    told |= {"lock_account": ACCOUNT, "lock_region": REGION, "event_id": f"event-{next(_number)}"} | fields
    return Told(JournalLine(state_path=path, time=at, address=address, **told), at + timedelta(seconds=3))


def run(path: str, days: float, locking: Locking, seconds: float = 40, **fields: Any) -> list[Told]:
    """The lines of a run that takes its lock some days ago and gives it back."""
    name = {"lock_id": f"id-{next(_number)}"} | fields
    begin, end = ago(days), ago(days) + timedelta(seconds=seconds)
    halves = [half for half, there in ((False, locking.in_s3), (True, locking.in_table)) if there]
    acquired = [line(path, begin + timedelta(seconds=half), table=half, **name) for half in halves]
    let_go = {"event": LineKind.LOCK_RELEASED, "acquired_at": begin}
    return [*acquired, *(line(path, end, table=half, **name, **let_go) for half in halves)]


def table(**fields: Any) -> Table:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
    told: dict[str, Any] = {"name": TABLE, "arn": arn, "region": REGION, "created": ago(900)} | fields
    return Table(**told)


def told(*runs: list[Told], digests: tuple[str, ...] = (), covered_days: float | None = 90, **fields: Any) -> Evidence:
    """What is known after some runs, by a journal that covers the table for so many days."""
    covered = None if covered_days is None else ago(covered_days)
    holds = holds_of([one for lines in runs for one in lines], OWNER)
    journal = Journal(holds=holds, since=ago(90), covers_table_since=covered, trouble="" if covered else "no stream")
    known: dict[str, Any] = {"journal": journal, "items": Items(digests=frozenset(digests))}
    known |= {"metrics": Metrics(trouble="it has no numbers"), "now": NOW, "table": table()}
    return Evidence(**known | fields)


def metrics(*days: float, since: float = 90) -> Metrics:
    return Metrics(writes=frozenset(ago(day).date() for day in days), since=ago(since), asked_since=ago(since))


GONE = StateSeen(there=There.NO)
