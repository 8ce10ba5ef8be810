"""Orders about one lock, as they wait in the queues of ``release_lock`` and ``answer_click``."""

from datetime import datetime

import msgspec

from chalicelib.aws.orders.wire import VERSION, Lock, Order, read_lock, write_lock
from chalicelib.core.clicks.click import Click, SnoozeFor, Unheard, Unusable, Verb
from chalicelib.core.clicks.order import AutoRelease, EndUndo


class _Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Who waits for an answer, where they clicked, and Slack's own address for the answer.

    In every version of a click's form these fields have these names and stand outermost, so that each version can
    answer the clicks that another one left in the queue.
    """

    user: str = ""
    channel: str = ""
    reply_to: str = ""


class _Click(Order, frozen=True, tag="carry out a click"):
    lock: Lock
    verb: Verb
    snooze_for: SnoozeFor | None = None
    user: str = ""
    user_team: str = ""
    channel: str = ""
    message: str = ""
    at: datetime | None = None
    click: str = ""
    reply_to: str = ""


class _Unheard(Order, frozen=True, tag="turn a click away"):
    why: Unusable
    detail: str = ""
    user: str = ""
    channel: str = ""
    reply_to: str = ""


class _AutoRelease(Order, frozen=True, tag="release by itself"):
    lock: Lock
    channel: str = ""


class _EndUndo(Order, frozen=True, tag="end an undo"):
    lock: Lock


def write_click(click: Click) -> bytes:
    """Write an order to carry out a click."""
    order = _Click(
        v=VERSION,
        lock=write_lock(click.lock),
        verb=click.verb,
        snooze_for=click.snooze_for,
        user=click.user,
        user_team=click.user_team,
        channel=click.channel,
        message=click.message,
        at=click.at,
        click=click.click,
        reply_to=click.reply_to,
    )
    return msgspec.json.encode(order)


def write_unheard(unheard: Unheard) -> bytes:
    """Write an order to tell a person that nothing is done with their click."""
    order = _Unheard(
        v=VERSION,
        why=unheard.why,
        detail=unheard.detail,
        user=unheard.user,
        channel=unheard.channel,
        reply_to=unheard.reply_to,
    )
    return msgspec.json.encode(order)


def write_auto_release(order: AutoRelease) -> bytes:
    """Write an order to release a lock without a click."""
    return msgspec.json.encode(_AutoRelease(v=VERSION, lock=write_lock(order.lock), channel=order.channel))


def write_end_undo(order: EndUndo) -> bytes:
    """Write an order to end the time in which a lock can be put back."""
    return msgspec.json.encode(_EndUndo(v=VERSION, lock=write_lock(order.lock)))


def read_for_release_lock(message: str) -> Click | AutoRelease | Unheard:
    """Read what ``release_lock`` is to do; an ``Unheard`` where it cannot be done and a person waits for an answer.

    Raises:
        msgspec.MsgspecError: nobody waits. It ends among the dead letters, which have an alarm.
    """
    try:
        order = msgspec.json.decode(message, type=_Click | _AutoRelease | _Unheard)
    except msgspec.MsgspecError as error:
        return _not_understood(message, error)
    if isinstance(order, _AutoRelease):
        return AutoRelease(lock=read_lock(order.lock), channel=order.channel)
    return _clicked(order)


def read_for_answer_click(message: str) -> Click | EndUndo | Unheard:
    """Read what ``answer_click`` is to do; an ``Unheard`` where it cannot be done and a person waits for an answer.

    Raises:
        msgspec.MsgspecError: as above.
    """
    try:
        order = msgspec.json.decode(message, type=_Click | _EndUndo | _Unheard)
    except msgspec.MsgspecError as error:
        return _not_understood(message, error)
    return EndUndo(lock=read_lock(order.lock)) if isinstance(order, _EndUndo) else _clicked(order)


def _not_understood(message: str, error: msgspec.MsgspecError) -> Unheard:
    waiting = msgspec.json.decode(message, type=_Waiting)
    unheard = Unheard(detail=str(error), user=waiting.user, channel=waiting.channel, reply_to=waiting.reply_to)
    if not unheard.answerable:
        raise error
    return unheard


def _clicked(order: _Click | _Unheard) -> Click | Unheard:
    if isinstance(order, _Unheard):
        return Unheard(
            why=order.why,
            detail=order.detail,
            user=order.user,
            channel=order.channel,
            reply_to=order.reply_to,
        )
    return Click(
        lock=read_lock(order.lock),
        verb=order.verb,
        snooze_for=order.snooze_for,
        user=order.user,
        user_team=order.user_team,
        channel=order.channel,
        message=order.message,
        at=order.at,
        click=order.click,
        reply_to=order.reply_to,
    )
