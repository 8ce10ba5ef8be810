"""Ask the sources for the history of states; if one of two fails, show the other and tell the reader."""

from datetime import datetime

import click

from chalicelib.core.audit.window import Window
from chalicelib.core.visible import visible
from tflocks.holds.halves import joined
from tflocks.holds.history import History, SourceStatus
from tflocks.holds.hold import Hold, Source
from tflocks.holds.merging import merge, newest_first
from tflocks.holds.scope import Scope
from tflocks.sources.bucket import BucketSource
from tflocks.sources.source import Findings, HoldSource


def find_history(scope: Scope, journal: HoldSource, bucket: BucketSource) -> History:
    """Return the holds within a scope.

    Raises:
        click.ClickException: no source could tell whether there are any.
    """
    return _of_state(scope, journal, bucket) if scope.key else _of_many(scope, journal, bucket)


def _of_state(scope: Scope, journal: HoldSource, bucket: BucketSource) -> History:
    told = journal.find(scope)
    # The bucket is asked after the journal: a lock that is still in it was not released by what was read before.
    there = bucket.find(scope)
    _fail_if_both_are_blind(told, there)
    merged = merge(told.holds, None if there.problem else there.holds)
    # The bodies come first: the ID in them tells which locks are halves of one.
    read, unread = bucket.with_lock_bodies(_within(scope.window, merged))
    older = [_older(scope.window)] if there.problem else []
    return History(
        holds=newest_first(joined(read)),
        journal=_status(told),
        versions=_status(there),
        notes=(*told.notes, *there.notes, *unread, *older),
    )


def _of_many(scope: Scope, journal: HoldSource, bucket: BucketSource) -> History:
    """Read the journal alone: to list the versions of a whole bucket is to list those of all its states."""
    told = journal.find(scope)
    if told.problem:
        raise click.ClickException(visible(f"the journal: {told.problem}"))
    holds, unasked = bucket.confirm(told.holds)
    return History(
        holds=newest_first(_within(scope.window, joined(holds))), notes=(*told.notes, *unasked, _older(scope.window))
    )


def _fail_if_both_are_blind(journal: Findings, versions: Findings) -> None:
    """Fail unless one source could have shown a hold, so that "no holds" is a fact."""
    nothing_told = "it tells of no hold in this time" if versions.no_bucket and not journal.holds else ""
    of_journal = journal.problem or nothing_told
    of_versions = versions.problem or ("" if versions.holds else versions.blind)
    if of_journal and of_versions:
        raise click.ClickException(visible(f"the journal: {of_journal}; the lock's versions: {of_versions}"))


def _within(window: Window, holds: list[Hold]) -> list[Hold]:
    """Return the holds that went on within the window.

    A hold without an end counts if a line of the journal within the window is about it.
    """

    def last(hold: Hold) -> datetime:
        return hold.until or (hold.order if hold.source is Source.VERSIONS else window.now)

    return [hold for hold in holds if hold.still_held or last(hold) >= window.since]


def _older(window: Window) -> str:
    since = f"{window.since:%Y-%m-%d %H:%M} UTC"
    return f"journal: a lock taken before {since} is shown only where a line since then is about it: see --since"


def _status(found: Findings) -> SourceStatus:
    return SourceStatus(read=not found.problem, problem=found.problem)
