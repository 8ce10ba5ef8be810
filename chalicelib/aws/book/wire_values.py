"""What a page remembers of messages, clicks, deletes and endings, as the table stores it."""

from datetime import datetime

import msgspec

from chalicelib.aws.book.wire_locks import LOCK, Form, LockWire, Wire
from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.alerts.page import Asked, Snooze
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome, Refusal, WayBack


class _Posted(Wire):
    channel: str
    handle: str
    beneath: str = ""
    instead_of: str = ""


class _Saying(Wire):
    topic: str
    which: str = ""


class _Sending(Wire):
    about: str
    saying: tuple[_Saying, ...]
    at: datetime
    channel: str
    beneath: str = ""
    level: int = 0
    owner: str = ""
    instead_of: str = ""
    appearance: str = ""


class _Snooze(Wire):
    by: str
    until: datetime


class _Asked(Wire):
    by: str
    at: datetime
    click: str


class _Releasing(Wire):
    by: str
    click: str
    until: datetime
    approved: str = ""


class _Restoring(Wire):
    by: str
    click: str
    until: datetime


class _Restorer(Wire):
    by: str
    click: str


class _Object(msgspec.Struct, omit_defaults=True):
    body: bytes
    headers: dict[str, str] = {}
    metadata: dict[str, str] = {}
    tags: dict[str, str] = {}


class _Ending(Wire):
    """Who put the lock back since is not in it: that is noted beside it."""

    outcome: str
    at: datetime
    user: str = ""
    click: str = ""
    refusal: str = ""
    detail: str = ""
    lasting: bool = False
    principal: str = ""
    let_go_by: str = "unknown"
    by_reaper: bool = False
    approved: str = ""
    undo_until: datetime | None = None
    held_now: LockWire | None = None
    copy_of: str = ""
    way_back: str = ""


def _of_sending(it: Sending) -> _Sending:
    saying = tuple(_Saying(one.topic.value, one.which) for one in it.saying)
    where = (it.at, it.channel, it.beneath)
    return _Sending(it.about, saying, *where, it.level, it.owner, it.instead_of, it.appearance)


def _read_sending(it: _Sending) -> Sending:
    return Sending(
        about=it.about,
        saying=tuple(Saying(Topic(one.topic), one.which) for one in it.saying),
        at=it.at,
        channel=it.channel,
        beneath=it.beneath,
        level=it.level,
        owner=it.owner,
        instead_of=it.instead_of,
        appearance=it.appearance,
    )


def _of_ending(it: Ending) -> _Ending:
    refusal = it.refusal.value if it.refusal else ""
    clicked = (it.outcome.value, it.at, it.user, it.click, refusal, it.detail, it.lasting)
    deleted = (it.principal, it.let_go_by.value, it.by_reaper, it.approved, it.undo_until)
    held_now = LOCK.of(it.held_now) if it.held_now else None
    return _Ending(*clicked, *deleted, held_now, it.copy_of, it.way_back.value if it.way_back else "")


def _read_ending(it: _Ending) -> Ending:
    return Ending(
        outcome=Outcome(it.outcome),
        at=it.at,
        user=it.user,
        click=it.click,
        refusal=Refusal(it.refusal) if it.refusal else None,
        detail=it.detail,
        lasting=it.lasting,
        principal=it.principal,
        let_go_by=LetGoBy(it.let_go_by),
        by_reaper=it.by_reaper,
        approved=it.approved,
        undo_until=it.undo_until,
        held_now=LOCK.read(it.held_now) if it.held_now else None,
        copy_of=it.copy_of,
        way_back=WayBack(it.way_back) if it.way_back else None,
    )


POSTED = Form[Posted, _Posted](
    _Posted,
    lambda it: _Posted(it.channel, it.handle, it.beneath, it.instead_of),
    lambda it: Posted(it.channel, it.handle, it.beneath, it.instead_of),
)
SENDING = Form[Sending, _Sending](_Sending, _of_sending, _read_sending)
SNOOZE = Form[Snooze, _Snooze](
    _Snooze, lambda it: _Snooze(it.by, it.until), lambda it: Snooze(by=it.by, until=it.until)
)
ASKED = Form[Asked, _Asked](
    _Asked, lambda it: _Asked(it.by, it.at, it.click), lambda it: Asked(by=it.by, at=it.at, click=it.click)
)
RELEASING = Form[Releasing, _Releasing](
    _Releasing,
    lambda it: _Releasing(it.by, it.click, it.until, it.approved),
    lambda it: Releasing(it.by, it.click, it.until, it.approved),
)
RESTORING = Form[Restoring, _Restoring](
    _Restoring,
    lambda it: _Restoring(it.by, it.click, it.until),
    lambda it: Restoring(by=it.by, click=it.click, until=it.until),
)
RESTORER = Form[Restorer, _Restorer](
    _Restorer, lambda it: _Restorer(it.by, it.click), lambda it: Restorer(by=it.by, click=it.click)
)
OBJECT = Form[LockObject, _Object](
    _Object,
    lambda it: _Object(it.body, it.headers, it.metadata, it.tags),
    lambda it: LockObject(it.body, it.headers, it.metadata, it.tags),
)
ENDING = Form[Ending, _Ending](_Ending, _of_ending, _read_ending)
