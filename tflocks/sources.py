"""Both sources asked and put together; when one of them fails, the other is shown and the reader is told."""

import time

import click
import msgspec
from rich.filesize import decimal

from chalicelib.core.event import LockEvent
from chalicelib.ports import StoreError
from tflocks import insights, lines, versions
from tflocks.clients import Clients
from tflocks.found import Found, SourceRead, Window
from tflocks.hold import Hold
from tflocks.merging import merge, newest_first
from tflocks.pairing import journal_holds


class _Journal(msgspec.Struct, frozen=True):
    events: tuple[LockEvent, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""


class _Versions(msgspec.Struct, frozen=True):
    holds: list[Hold] | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


def of_state(clients: Clients, log_group: str, bucket: str, key: str, window: Window) -> Found:
    """The holds of one state from both sources.

    Raises:
        click.ClickException: neither could be read, or there is no such bucket and the journal knows of none.
    """
    path = f"{bucket}/{key}"
    journal = _journal(clients, log_group, insights.query(path), window)
    told = journal_holds(event for event in journal.events if event.state_path == path)
    # The bucket after the journal: a lock that is there was not released by what was read before.
    there = _versions(clients, bucket, key, window)
    if there.problem and (journal.problem or not told):
        raise click.ClickException("; ".join(filter(None, (journal.problem, there.problem))))
    merged = merge(told, there.holds)
    holds, unread = _read_where_needed(clients, merged)
    return Found(
        holds=holds,
        journal=_read(journal.problem),
        versions=_read(there.problem),
        notes=(*journal.notes, *there.notes, *unread),
    )


def of_bucket(clients: Clients, log_group: str, bucket: str, window: Window) -> Found:
    """The holds of all states (of a bucket), from the journal alone: the versions of a whole bucket are its states'.

    Raises:
        click.ClickException: the journal could not be read.
    """
    asked = insights.query(bucket, whole_bucket=True) if bucket else insights.query()
    journal = _journal(clients, log_group, asked, window)
    if journal.problem:
        raise click.ClickException(journal.problem)
    events = (event for event in journal.events if not bucket or event.state_path.startswith(f"{bucket}/"))
    return Found(holds=newest_first(journal_holds(events)), notes=journal.notes)


def _journal(clients: Clients, log_group: str, asked: str, window: Window) -> _Journal:
    journal = insights.InsightsJournal(clients.logs, log_group, time.sleep)
    try:
        found = lines.read(journal.lines(asked, window.since, window.now))
    except insights.JournalError as error:
        return _Journal(problem=str(error))
    scanned = journal.scanned
    size = decimal(scanned.bytes)
    notes = [f"journal: {scanned.lines:,} lines ({size}) scanned by Logs Insights in {log_group}"]
    if found.not_understood:
        notes.append(f"journal: {found.not_understood} lines about locks were not understood and are left out")
    return _Journal(found.events, tuple(notes))


def _versions(clients: Clients, bucket: str, key: str, window: Window) -> _Versions:
    try:
        listed = versions.list_versions(clients.s3, bucket, key)
    except StoreError as error:
        return _Versions(problem=str(error))
    holds = versions.version_holds(f"{bucket}/{key}", listed)
    notes = []
    if versions.remembers(clients.s3, bucket) is False:
        notes.append(f"versions: {bucket} keeps none, so of its past only the journal knows")
    in_window = [hold for hold in holds if hold.still_held or (hold.until or hold.order) >= window.since]
    return _Versions(in_window, tuple(notes))


def _read_where_needed(clients: Clients, holds: list[Hold]) -> tuple[list[Hold], list[str]]:
    """The lock bodies of holds whose lock the journal does not know."""
    unread = [hold for hold in holds if hold.unread and hold.version_id]
    told, why = versions.with_locks(unread, clients.s3)
    by_version = {hold.version_id: hold for hold in told}
    return [by_version.get(hold.version_id, hold) for hold in holds], [f"versions: {flaw}" for flaw in why]


def _read(problem: str) -> SourceRead:
    return SourceRead(read=not problem, problem=problem)
