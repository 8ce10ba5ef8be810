"""Journal lines and holds to test with."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.event_line import of_acquire, of_reappearance, of_release
from chalicelib.core.audit.hold import EndedHold
from chalicelib.core.audit.journal_lines import read
from chalicelib.core.audit.line import JournalLine, LineKind, of_lock
from chalicelib.core.clicks.ending import LetGoBy
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.terraform.lock_info import LockInfo
from tflocks.holds.hold import Hold, Source
from tflocks.holds.pairing import journal_holds

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PATH = "acme-tfstate/prod/network/terraform.tfstate"
EVIL = "acme/<script>alert(1)</script>\n\x1b[2J\u202e[red]$\\frac{a}{b}$\"' onmouseover=x"
"""Other people's text that tries to act on whatever shows it."""
RUN, BOB = "AWS:AROAEXAMPLE:gh-run-4711", "AWS:AROAEXAMPLE:bob@acme.example"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def lock(name: str, minutes: float, path: str = PATH) -> HeldLock:
    bucket, _, key = path.partition("/")
    etag = hashlib.md5(name.encode()).hexdigest()  # noqa: S324  what S3 does
    info = LockInfo(ID=f"id-{name}", Operation="OperationTypePlan", Who="root@runner", Version="1.11.4")
    return HeldLock(
        LockRef(Place(Kind.S3, bucket, f"{key}.tflock"), f'"{etag}"', at(minutes).replace(microsecond=0)), info
    )


def acquired(name: str, minutes: float, path: str = PATH, *, read: bool = True, slack_user: str = "") -> JournalLine:
    told = lock(name, minutes, path)
    return of_acquire(_event(told, minutes, RUN, took=True), told if read else None, slack_user)


def released(
    name: str, minutes: float, path: str = PATH, *, since: float | None = None, by: str = RUN, **fields: Any
) -> JournalLine:
    kind = LetGoBy.HOLDER if by == RUN else LetGoBy.OTHER
    told = lock(name, since or 0, path)
    hold = None if since is None else EndedHold(since=at(since), lock=told, taken_by=RUN)
    line = of_release(_event(told, minutes, by, took=False), hold, kind)
    return msgspec.structs.replace(line, **fields)


def reappeared(name: str, minutes: float, path: str = PATH, *, since: float) -> JournalLine:
    """The line of a lock that had ended and is there again: its delete marker was deleted by Bob."""
    told = lock(name, since, path)
    page = Page(lock=told, principal=RUN)
    return of_reappearance(_event(told, minutes, BOB, took=True), told, page, "")


def seen(
    name: str,
    since: float,
    path: str = PATH,
    *,
    minutes: float,
    kind: LineKind = LineKind.ALERT_POSTED,
    **fields: Any,
) -> JournalLine:
    """The reaper's own line, of an alert or a click, about a lock that it saw."""
    return of_lock(kind, lock(name, since, path), at(minutes), **fields)


def answered(name: str, since: float, path: str = PATH, *, minutes: float, **fields: Any) -> JournalLine:
    return seen(name, since, path, minutes=minutes, kind=LineKind.RELEASE_ANSWERED, **fields)


def as_json(line: JournalLine) -> str:
    """As the journal writes it."""
    return json.dumps(msgspec.to_builtins(line), separators=(",", ":"))


def holds(*lines: JournalLine) -> list[Hold]:
    """What these lines of the journal tell."""
    return journal_holds(read(map(as_json, lines)).events)


def a_hold(since: float | None = 0, until: float | None = 10, **fields: Any) -> Hold:
    told: dict[str, Any] = {
        "state_path": PATH,
        "source": Source.JOURNAL,
        "since": None if since is None else at(since),
        "until": None if until is None else at(until),
        "operation": "OperationTypePlan",
        "who": "root@runner",
    }
    return Hold(**told | fields)


def _event(told: HeldLock, minutes: float, principal: str, *, took: bool) -> LockEvent:
    ref = told.ref
    return LockEvent(
        acquired=took,
        place=ref.place,
        at=at(minutes),
        principal=principal,
        told_by=ToldBy.S3,
        stamp=ref.stamp.strip('"') if took else "",
    )
