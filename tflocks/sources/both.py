"""Both sources asked and put together; when one of them fails, the other is shown and the reader is told."""

import time
from datetime import datetime

import click
import msgspec
from rich.filesize import decimal

from chalicelib.core.audit.line import LockEvent
from chalicelib.ports.locks import StoreError
from tflocks.holds.found import Found, SourceRead, Window
from tflocks.holds.hold import Hold, Source
from tflocks.holds.merging import merge, newest_first
from tflocks.holds.pairing import journal_holds
from tflocks.output.timeline import counted
from tflocks.output.visible import visible
from tflocks.sources import insights, lines, versions
from tflocks.sources import unconfirmed as doubtful
from tflocks.sources.clients import Clients
from tflocks.sources.s3_words import NoBucketError


class _Journal(msgspec.Struct, frozen=True):
    events: tuple[LockEvent, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""


class _Versions(msgspec.Struct, frozen=True):
    holds: list[Hold] | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""
    no_bucket: bool = False
    no_past: str = ""
    """Why it means nothing that there is no version."""


def of_state(clients: Clients, log_group: str, bucket: str, key: str, window: Window) -> Found:
    """The holds of one state from both sources.

    Raises:
        click.ClickException: neither could tell anything.
    """
    path = f"{bucket}/{key}"
    journal = _journal(clients, log_group, insights.query(path), window)
    told = journal_holds(event for event in journal.events if event.state_path == path)
    # The bucket after the journal: a lock that is there was not released by what was read before.
    there = _versions(clients, bucket, key)
    _check(journal, told, there)
    merged = merge(told, there.holds)
    holds, unread = _read_where_needed(clients, _since(window, merged))
    older = [_older(window)] if there.problem else []
    return Found(
        holds=holds,
        journal=_read(journal.problem),
        versions=_read(there.problem),
        notes=(*journal.notes, *there.notes, *unread, *older),
    )


def of_bucket(clients: Clients, log_group: str, bucket: str, window: Window) -> Found:
    """The holds of all states (of a bucket), from the journal: the versions of a whole bucket are its states'.

    Raises:
        click.ClickException: the journal could not be read.
    """
    asked = insights.query(bucket, whole_bucket=True) if bucket else insights.query()
    journal = _journal(clients, log_group, asked, window)
    if journal.problem:
        raise click.ClickException(visible(f"the journal: {journal.problem}"))
    events = (event for event in journal.events if not bucket or event.state_path.startswith(f"{bucket}/"))
    holds, unasked = doubtful.looked_up(journal_holds(events), clients.s3)
    return Found(holds=newest_first(_since(window, holds)), notes=(*journal.notes, *unasked, _older(window)))


def _check(journal: _Journal, told: list[Hold], there: _Versions) -> None:
    """That nothing is found has to mean that nothing was there: one of the two has to be able to tell."""
    of_journal = journal.problem or ("it tells of no hold in this time" if there.no_bucket and not told else "")
    of_versions = there.problem or ("" if there.holds else there.no_past)
    if of_journal and of_versions:
        raise click.ClickException(visible(f"the journal: {of_journal}; the lock's versions: {of_versions}"))


def _since(window: Window, holds: list[Hold]) -> list[Hold]:
    """Those that went on within the window; of one without an end a line of the journal has to be within it."""

    def last(hold: Hold) -> datetime:
        return hold.until or (hold.order if hold.source is Source.VERSIONS else window.now)

    return [hold for hold in holds if hold.still_held or last(hold) >= window.since]


def _older(window: Window) -> str:
    since = f"{window.since:%Y-%m-%d %H:%M} UTC"
    return f"journal: a lock taken before {since} is shown only where a line since then is about it: see --since"


def _journal(clients: Clients, log_group: str, asked: str, window: Window) -> _Journal:
    journal = insights.InsightsJournal(clients.logs, log_group, time.sleep)
    try:
        found = lines.read(journal.lines(asked, window.since, window.now))
    except insights.JournalError as error:
        where = f"asked in {clients.logs.meta.region_name}: --region or AWS_REGION chooses another"
        return _Journal(problem=f"{error} ({where})")
    return _Journal(found.events, tuple(_journal_notes(journal, log_group, found.not_understood)))


def _journal_notes(journal: insights.InsightsJournal, log_group: str, not_understood: int) -> list[str]:
    scanned = journal.scanned
    size = decimal(scanned.bytes)
    notes = [f"journal: {scanned.lines:,} lines ({size}) scanned by Logs Insights in {log_group}"]
    if not_understood:
        notes.append(f"journal: {not_understood} lines about locks were not understood and are left out")
    if journal.crowded:
        where = f"{counted(len(journal.crowded), 'second')} (the first: {journal.crowded[0]:%Y-%m-%d %H:%M:%S} UTC)"
        crowded = f"{insights.ROWS:,} lines about locks or more, and Logs Insights gives no more of a second"
        notes.append(f"journal: in {where} there are {crowded}: holds may be missing")
    return notes


def _versions(clients: Clients, bucket: str, key: str) -> _Versions:
    try:
        listed = versions.list_versions(clients.s3, bucket, key)
    except StoreError as error:
        return _Versions(problem=str(error), no_bucket=isinstance(error, NoBucketError))
    holds = versions.version_holds(f"{bucket}/{key}", listed)
    remembers = versions.remembers(clients.s3, bucket)
    if remembers is False:
        why = f"{bucket} keeps none, so of its past only the journal knows"
        return _Versions(holds, (f"versions: {why}",), no_past=why)
    unsure = "" if remembers or listed.versioned else f"there are none, and {bucket} may keep none"
    return _Versions(holds, no_past=unsure)


def _read_where_needed(clients: Clients, holds: list[Hold]) -> tuple[list[Hold], list[str]]:
    """The lock bodies of holds whose lock the journal does not know."""
    unread = [hold for hold in holds if hold.unread and hold.version_id]
    told, why = versions.with_locks(unread, clients.s3)
    by_version = {hold.version_id: hold for hold in told}
    return [by_version.get(hold.version_id, hold) for hold in holds], [f"versions: {flaw}" for flaw in why]


def _read(problem: str) -> SourceRead:
    return SourceRead(read=not problem, problem=problem)
