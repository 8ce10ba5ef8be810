"""The wire forms of orders about one lock, in the queues of ``release_lock`` and ``answer_click``."""

from datetime import datetime
from typing import Any

import msgspec

from chalicelib.aws.orders.joint import (
    JointClickForm,
    PartForm,
    ShowJointForm,
    read_joint_click,
    read_part,
    read_show_joint,
    write_part,
)
from chalicelib.aws.orders.waiting import Clicked, Waiting, of_person
from chalicelib.aws.orders.wire import VERSION, Lock, Order, read_lock, write_lock
from chalicelib.core.clicks.click import Click, SnoozeFor, Unheard, Unusable, Verb
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.joint.click import JointClick, ShowJoint


class _Click(Clicked, frozen=True, kw_only=True, tag="carry out a click"):
    lock: Lock
    halves: tuple[Lock, ...] = ()
    verb: Verb
    click: str
    user_team: str = ""
    message: str = ""
    at: datetime | None = None
    snooze_for: SnoozeFor | None = None
    part: PartForm | None = None


class _Unheard(Clicked, frozen=True, kw_only=True, tag="turn a click away"):
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
    lock, part = write_lock(click.lock), write_part(click.part)
    return msgspec.json.encode(_Click(v=VERSION, **_of_click(click), lock=lock, halves=halves, part=part))


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


def read_for_release_lock(message: str) -> Click | JointClick | AutoRelease | Unheard:
    """Read an order for ``release_lock``; return an ``Unheard`` if it is not one and a person waits for an answer.

    Raises:
        msgspec.MsgspecError: it is not one and nobody waits. It becomes a dead letter, which has an alarm.
    """
    try:
        order = msgspec.json.decode(message, type=_Click | JointClickForm | _AutoRelease | _Unheard)
    except msgspec.MsgspecError as error:
        return _not_understood(message, error)
    if isinstance(order, _AutoRelease):
        halves = tuple(map(read_lock, order.halves))
        return AutoRelease(lock=read_lock(order.lock), halves=halves, channel=order.channel)
    return _clicked(order)


def read_for_answer_click(message: str) -> Click | JointClick | EndUndo | ShowJoint | Unheard:
    """Read an order for ``answer_click``; return an ``Unheard`` if it is not one and a person waits for an answer.

    Raises:
        msgspec.MsgspecError: it is not one and nobody waits. It becomes a dead letter, which has an alarm.
    """
    try:
        order = msgspec.json.decode(message, type=_Click | JointClickForm | _EndUndo | ShowJointForm | _Unheard)
    except msgspec.MsgspecError as error:
        return _not_understood(message, error)
    if isinstance(order, ShowJointForm):
        return read_show_joint(order)
    return EndUndo(lock=read_lock(order.lock)) if isinstance(order, _EndUndo) else _clicked(order)


def _not_understood(message: str, error: msgspec.MsgspecError) -> Unheard:
    waiting = msgspec.json.decode(message, type=Waiting)
    unheard = Unheard(detail=str(error), **of_person(waiting))
    if not unheard.answerable:
        raise error
    return unheard


def _clicked(order: _Click | JointClickForm | _Unheard) -> Click | JointClick | Unheard:
    if isinstance(order, _Unheard):
        return Unheard(**_of_unheard(order))
    if isinstance(order, JointClickForm):
        return read_joint_click(order)
    halves, part = tuple(map(read_lock, order.halves)), read_part(order.part)
    return Click(**_of_click(order), lock=read_lock(order.lock), halves=halves, part=part)


def _of_click(click: Click | _Click) -> dict[str, Any]:
    """Return the fields by their names, which are the same now; if one side gets another name, mypy stops here."""
    return of_person(click) | {
        "verb": click.verb,
        "snooze_for": click.snooze_for,
        "user_team": click.user_team,
        "message": click.message,
        "at": click.at,
        "click": click.click,
    }


def _of_unheard(unheard: Unheard | _Unheard) -> dict[str, Any]:
    return of_person(unheard) | {"why": unheard.why, "detail": unheard.detail}
