"""The wire forms of orders about one lock, in the queues of ``release_lock`` and ``answer_click``."""

from datetime import datetime
from typing import Any

import msgspec

from chalicelib.aws.orders.wire import TAG, VERSION, Lock, Order, Version, read_lock, write_lock
from chalicelib.core.clicks.click import Click, SnoozeFor, Unheard, Unusable, Verb
from chalicelib.core.clicks.order import AutoRelease, EndUndo


class _Waiting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The person who waits for an answer, where they clicked, and Slack's address for the answer.

    These fields have the same names in every version of the form, so that each version can answer the clicks that
    another version left in the queue.
    """

    user: str = ""
    channel: str = ""
    reply_to: str = ""


class _Clicked(_Waiting, frozen=True, kw_only=True, tag_field=TAG):
    v: Version


class _Click(_Clicked, frozen=True, kw_only=True, tag="carry out a click"):
    lock: Lock
    halves: tuple[Lock, ...] = ()
    verb: Verb
    click: str
    user_team: str = ""
    message: str = ""
    at: datetime | None = None
    snooze_for: SnoozeFor | None = None


class _Unheard(_Clicked, frozen=True, kw_only=True, tag="turn a click away"):
    why: Unusable
    detail: str = ""


class _AutoRelease(Order, frozen=True, tag="release by itself"):
    lock: Lock
    halves: tuple[Lock, ...] = ()
    channel: str = ""


class _EndUndo(Order, frozen=True, tag="end an undo"):
    lock: Lock


def write_click(click: Click) -> bytes:
    """Write an order to carry out a click."""
    halves = tuple(map(write_lock, click.halves))
    return msgspec.json.encode(_Click(v=VERSION, **_of_click(click), lock=write_lock(click.lock), halves=halves))


def write_unheard(unheard: Unheard) -> bytes:
    """Write an order to tell a person that their click cannot be carried out."""
    return msgspec.json.encode(_Unheard(v=VERSION, **_of_unheard(unheard)))


def write_auto_release(order: AutoRelease) -> bytes:
    """Write an order to release a lock without a click."""
    halves = tuple(map(write_lock, order.halves))
    lock = write_lock(order.lock)
    return msgspec.json.encode(_AutoRelease(v=VERSION, lock=lock, halves=halves, channel=order.channel))


def write_end_undo(order: EndUndo) -> bytes:
    """Write an order to remove the button *Put the lock back*."""
    return msgspec.json.encode(_EndUndo(v=VERSION, lock=write_lock(order.lock)))


def read_for_release_lock(message: str) -> Click | AutoRelease | Unheard:
    """Read an order for ``release_lock``; return an ``Unheard`` if it is not one and a person waits for an answer.

    Raises:
        msgspec.MsgspecError: it is not one and nobody waits. It becomes a dead letter, which has an alarm.
    """
    try:
        order = msgspec.json.decode(message, type=_Click | _AutoRelease | _Unheard)
    except msgspec.MsgspecError as error:
        return _not_understood(message, error)
    if isinstance(order, _AutoRelease):
        halves = tuple(map(read_lock, order.halves))
        return AutoRelease(lock=read_lock(order.lock), halves=halves, channel=order.channel)
    return _clicked(order)


def read_for_answer_click(message: str) -> Click | EndUndo | Unheard:
    """Read an order for ``answer_click``; return an ``Unheard`` if it is not one and a person waits for an answer.

    Raises:
        msgspec.MsgspecError: it is not one and nobody waits. It becomes a dead letter, which has an alarm.
    """
    try:
        order = msgspec.json.decode(message, type=_Click | _EndUndo | _Unheard)
    except msgspec.MsgspecError as error:
        return _not_understood(message, error)
    return EndUndo(lock=read_lock(order.lock)) if isinstance(order, _EndUndo) else _clicked(order)


def _not_understood(message: str, error: msgspec.MsgspecError) -> Unheard:
    waiting = msgspec.json.decode(message, type=_Waiting)
    unheard = Unheard(detail=str(error), **_of_person(waiting))
    if not unheard.answerable:
        raise error
    return unheard


def _clicked(order: _Click | _Unheard) -> Click | Unheard:
    if isinstance(order, _Unheard):
        return Unheard(**_of_unheard(order))
    return Click(**_of_click(order), lock=read_lock(order.lock), halves=tuple(map(read_lock, order.halves)))


def _of_click(click: Click | _Click) -> dict[str, Any]:
    """Return the fields by their names, which are the same now; if one side gets another name, mypy stops here."""
    return _of_person(click) | {
        "verb": click.verb,
        "snooze_for": click.snooze_for,
        "user_team": click.user_team,
        "message": click.message,
        "at": click.at,
        "click": click.click,
    }


def _of_unheard(unheard: Unheard | _Unheard) -> dict[str, Any]:
    return _of_person(unheard) | {"why": unheard.why, "detail": unheard.detail}


def _of_person(who: Click | _Click | Unheard | _Unheard | _Waiting) -> dict[str, Any]:
    return {"user": who.user, "channel": who.channel, "reply_to": who.reply_to}
