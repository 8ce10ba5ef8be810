"""Read what the reaper's journal tells of a table and of the states that were locked in it.

Two queries, side by side, each for the newest lines of a quarter. Insights bills what it scans ($0.005 a GB), which is
the log group of that time, twice.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import msgspec

from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.reach import asked
from chalicelib.aws.insights import InsightsReader, JournalError, Row
from chalicelib.core.audit.journal_lines import read
from chalicelib.core.audit.window import Window
from chalicelib.core.doctor.migration.evidence import LOOK_BACK, Journal
from chalicelib.core.doctor.migration.holds import Owner, Told, holds_of
from chalicelib.core.doctor.migration.proof import LONGEST_GAP, covered_since
from chalicelib.core.doctor.wiring.reading.mapping import is_broken
from chalicelib.core.doctor.wiring.reading.stream import VIEW
from chalicelib.ports.doctor import NotAllowedError, NotKnownError

PATIENCE = 20.0
"""Seconds after which a query is stopped, so that the look stays quick."""
MOST_BUCKETS = 20
"""Buckets that a query names; for more of them it asks for the locks of all buckets."""
_ABOUT = "lock_acquired|lock_released|lock_attempted"
_NO_REAPER = "no reaper that keeps one was found"
_ELSEWHERE = "the reaper is in another account, which these credentials do not reach"
_LABEL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?")


class _Swept(msgspec.Struct):
    """A line about a sweep."""

    event: str
    time: datetime
    target: str = ""
    lock_account: str = ""
    lock_region: str = ""


def read_journal(asking: Asking, stream: str, paths: Iterable[str]) -> Journal:
    """Return what the journal tells of the table, and of the locks in S3 of the buckets of these states."""
    logs = asking.of_reaper("logs")
    if logs is None or asking.parts is None:
        return Journal(trouble=_ELSEWHERE if asking.parts else _NO_REAPER)
    buckets = sorted({path.partition("/")[0] for path in paths})
    group, window = asking.parts.outputs["LogGroupName"], Window(asking.now - LOOK_BACK, asking.now)
    queries = [of_table(asking.table), of_buckets(buckets)]
    with ThreadPoolExecutor(len(queries)) as pool:
        try:
            answers = list(pool.map(lambda one: _newest(logs, group, one, window), queries))
        except JournalError as error:
            return Journal(trouble=str(error), denied="logs:StartQuery" if error.denied else "")
    return _journal(asking, stream, answers)


def of_table(table: str) -> str:
    """Return a query for the lines about locks in a table, and about its sweeps."""
    name = _written(table)
    locks = f'"event":"({_ABOUT})".*"(address|turned_away_at)":"dynamodb:..{name}.'
    return _query(f'{locks}|^."event":"sweep_finished".*"target":"{name}"')


def of_buckets(buckets: Sequence[str]) -> str:
    """Return a query for the lines about locks in some buckets; in all, if none or very many are named."""
    named = f"({'|'.join(map(_written, buckets))})." if 0 < len(buckets) <= MOST_BUCKETS else ""
    return _query(f'"event":"({_ABOUT})".*"address":"s3:..{named}')


def _query(pattern: str) -> str:
    return f"fields @timestamp, @message | filter @message like /^.{pattern}/ | sort @timestamp desc"


def _written(name: str) -> str:
    """Return a name as a pattern: other people's text, of which nothing but letters and digits comes into a query."""
    return re.sub(r"[^A-Za-z0-9_-]", ".", name)


def _newest(logs: Any, group: str, query: str, window: Window) -> tuple[list[Row], bool]:
    return InsightsReader(logs, group, _impatient(group)).newest(query, window)


def _impatient(group: str) -> Callable[[float], None]:
    until = time.monotonic() + PATIENCE

    def pause(seconds: float) -> None:
        if time.monotonic() > until:
            raise JournalError(f"log group {group}: Logs Insights did not answer within {PATIENCE:g} s")
        time.sleep(seconds)

    return pause


def _journal(asking: Asking, stream: str, answers: Sequence[tuple[list[Row], bool]]) -> Journal:
    (of_the_table, whole), *_ = answers
    told = list(_told(row for rows, _ in answers for row in rows))
    since = asking.now - LOOK_BACK if whole else of_the_table[-1].written
    holds = holds_of(told, Owner(asking.table, asking.reach.account, asking.region))
    looks = [look for row in of_the_table if (look := _swept(row, asking))]
    try:
        streamed = _streamed_since(asking, stream)
    except (NotAllowedError, NotKnownError) as error:
        right = error.right if isinstance(error, NotAllowedError) else ""
        why = f"whether it hears of the table is not known: {error}"
        return Journal(holds=holds, since=since, trouble=why, denied=right)
    covers, trouble = _covers(asking.now, streamed, looks)
    return Journal(holds=holds, since=since, covers_table_since=max(covers, since) if covers else None, trouble=trouble)


def _covers(now: datetime, streamed: datetime | str, looks: Sequence[datetime]) -> tuple[datetime | None, str]:
    if isinstance(streamed, str):
        return None, streamed
    if not looks or now - max(looks) > LONGEST_GAP:
        last = f"since {max(looks):%Y-%m-%d}" if looks else "in the last quarter"
        return None, f"the reaper has not swept the table {last}"
    return covered_since(now, streamed, looks), ""


def _told(rows: Iterable[Row]) -> Iterator[Told]:
    seen: set[str] = set()
    for row in rows:
        for line in read([row.line]).events:
            if line.event_id not in seen:
                seen.add(line.event_id)
                yield Told(line, row.written)


def _swept(row: Row, asking: Asking) -> datetime | None:
    try:
        line = msgspec.json.decode(row.line, type=_Swept)
    except msgspec.DecodeError:
        return None
    ours = (line.target, line.lock_account, line.lock_region) == (asking.table, asking.reach.account, asking.region)
    if line.event != "sweep_finished" or not ours:
        return None
    return min(line.time.astimezone(UTC) if line.time.tzinfo else line.time.replace(tzinfo=UTC), row.written)


def _streamed_since(asking: Asking, stream: str) -> datetime | str:
    """Return since when the table's stream reaches the reaper without a break; or why it does not, for a person."""
    function = asking.parts.functions.get("TableChanged") if asking.parts else None
    client = asking.of_reaper("lambda")
    if not stream or not function or client is None:
        return f"the table has no stream with {VIEW}, so a run that is over within 15 minutes leaves no line"
    if asking.unheard:
        return asking.unheard
    right = "lambda:ListEventSourceMappings"
    asked_for = {"FunctionName": function, "EventSourceArn": stream}
    told = asked("Lambda", right, lambda: client.list_event_source_mappings(**asked_for))["EventSourceMappings"]
    on = [one for one in told if one.get("State") == "Enabled"]
    if broken := next((result for one in on if is_broken(result := one.get("LastProcessingResult") or "")), ""):
        return f"Lambda reads the table's stream in vain: {broken}"
    since = [_time(one["LastModified"]) for one in on]
    if not since:
        return "the table's stream does not reach the reaper"
    label = _LABEL.search(stream.rpartition("/")[2])
    made = datetime.fromisoformat(label[0]).replace(tzinfo=UTC) if label else asking.now
    return max(made, min(since))


def _time(told: Any) -> datetime:
    return told if isinstance(told, datetime) else datetime.fromtimestamp(float(told), UTC)
