"""The wire form of a page: the attribute of each field, and the change of attributes by a transition.

``FORM`` is its version. Three attributes follow from others: ``HeldSince`` puts a page into the index of
``.chalice/resources.yaml`` until its ending is told, ``Home`` puts it there beside the others of its container, and an
ended page has the time at which it ``ExpiresAt``.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple, assert_never, cast

import msgspec
from aws_lambda_powertools import Logger
from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.aws.book import wire_values as form
from chalicelib.aws.book.table import Item, Update, sortable, unreadable
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.alerts.stored import Sets, Stored, as_page
from chalicelib.core.alerts.transitions.transition import Check, Either, Question, Transition
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, LockObject
from chalicelib.core.clicks.ending import KEPT_FOR, Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.state_lock import Half
from chalicelib.ports.book import BookError

FORM = 1
"""An item of another form is not read."""

_logger = Logger(child=True)


class Attribute(NamedTuple):
    """The attribute of a field, and how the field (or each element of a set) is written and read."""

    name: str
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _json(name: str, value: type[Any], wire: type[Any]) -> Attribute:
    def write(it: Any) -> str:
        return msgspec.json.encode(msgspec.convert(it, wire, from_attributes=True)).decode()

    def read(text: str) -> Any:
        return msgspec.convert(msgspec.json.decode(text, type=wire), value, from_attributes=True)

    return Attribute(name, write, read)


def _plain(name: str, kind: Callable[[Any], Any] = str) -> Attribute:
    return Attribute(name, kind, kind)


def _time(name: str) -> Attribute:
    return Attribute(name, datetime.isoformat, datetime.fromisoformat)


ATTRIBUTES: Mapping[str, Attribute] = {
    "lock": _json("Lock", HeldLock, form.LockForm),
    "posted": _json("Posted", Posted, form.PostedForm),
    "alerted_at": _time("AlertedAt"),
    "shown_at": _time("ShownAt"),
    "appearance": _plain("Appearance"),
    "sending": _json("Sending", Sending, form.SendingForm),
    "claimed_until": _time("ClaimedUntil"),
    "acquired_at": _time("AcquiredAt"),
    "seen_at": _time("SeenAt"),
    "halves": _json("Halves", tuple[Half, ...], tuple[form.HalfForm, ...]),
    "half_of": _json("HalfOf", LockRef, form.RefForm),
    "joint": _plain("Joint"),
    "rivals": _json("Rivals", tuple[HeldLock, ...], tuple[form.LockForm, ...]),
    "principal": _plain("Principal"),
    "owner": _plain("Owner"),
    "snooze": _json("Snooze", Snooze, form.SnoozeForm),
    "quiet_at": Attribute("QuietAt", sortable, datetime.fromisoformat),
    "asked": _json("Asked", Asked, form.AskedForm),
    "releasing": _json("Releasing", Releasing, form.ReleasingForm),
    "kept": _json("Kept", LockObject, form.ObjectForm),
    "kept_halves": _json("KeptHalves", tuple[KeptHalf, ...], tuple[form.KeptHalfForm, ...]),
    "restoring": _json("Restoring", Restoring, form.RestoringForm),
    "restored_by": _plain("RestoredBy"),
    "back_as": _json("BackAs", LockRef, form.RefForm),
    "reopened_at": _time("ReopenedAt"),
    "ending": _json("Ending", Ending, form.EndingForm),
    "half_ending": _json("HalfEnding", Ending, form.EndingForm),
    "undone": _json("Undone", Restorer, form.RestorerForm),
    "told": _plain("Told", bool),
    "levels": _plain("Levels", int),
    "said": _plain("Said"),
    "withdrawn": _plain("Withdrawn"),
    "refused": _plain("Refused"),
    "restorers": _json("Restorers", Restorer, form.RestorerForm),
}
_SETS = frozenset(Sets.__annotations__)


def key_of(ref: LockRef) -> dict[str, str]:
    """Return the key of a page. Two locks on the same path have different identities, so they never share a page."""
    return {"StatePath": ref.state_path, "LockIdentity": ref.identity}


def page_from(item: Item) -> Page:
    """Return the page of an item. Raises BookError when it cannot be read."""
    try:
        return as_page(_stored(item))
    except Exception as error:
        raise unreadable(error) from error


def _stored(item: Item) -> Stored:
    if item["Form"] != FORM:
        raise ValueError(f"form {item['Form']}")
    stored: dict[str, Any] = {}
    for name, (attribute, _, read) in ATTRIBUTES.items():
        if attribute in item:
            value = item[attribute]
            stored[name] = frozenset(map(read, value)) if name in _SETS else read(value)
    return cast("Stored", stored)


def if_readable(item: Item) -> Page | None:
    """Return the page of an item; log it and return None if it cannot be read."""
    try:
        return page_from(item)
    except BookError:
        _logger.exception(
            "a lock is not looked after: its page in the lock book cannot be read",
            state_path=item.get("StatePath"),
            lock_identity=item.get("LockIdentity"),
        )
        return None


def readable(items: Iterable[Item]) -> list[Page]:
    """Return the pages of those items that can be read."""
    return [page for item in items if (page := if_readable(item))]


def change_of(transition: Transition) -> tuple[Item, Update, ConditionBase | None]:
    """Return a transition as the table's: the key of the item, its changes, and their condition."""
    return key_of(transition.ref), update_of(transition), _condition_of(transition)


def update_of(transition: Transition) -> Update:
    """Return the changes that a transition makes to the item of its page."""
    put, remove = _followers(transition)
    added: Mapping[str, Any] = {**transition.add}
    return Update(
        put={"Form": FORM, **_written(transition.put), **put},
        put_first=_written(transition.put_first),
        add={ATTRIBUTES[name].name: set(map(ATTRIBUTES[name].write, value)) for name, value in added.items()},
        remove=(*(ATTRIBUTES[name].name for name in transition.remove), *remove),
    )


def _followers(transition: Transition) -> tuple[dict[str, Any], list[str]]:
    """Return what to put and remove because of other attributes: the page's place in the index, and its expiry."""
    put: dict[str, Any] = {}
    remove: list[str] = []
    if "told" in transition.put:
        remove.append("HeldSince")
    elif "lock" in transition.put or "told" in transition.remove:
        put |= {"HeldSince": transition.ref.since.isoformat(), "Home": transition.ref.place.home}
    if "ending" in transition.put:
        put["ExpiresAt"] = int((transition.put["ending"].at + KEPT_FOR).timestamp())
    elif "ending" in transition.remove:
        remove.append("ExpiresAt")
    return put, remove


def _written(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {ATTRIBUTES[name].name: ATTRIBUTES[name].write(value) for name, value in fields.items()}


def _condition_of(transition: Transition) -> ConditionBase | None:
    """Return the condition of a transition; None: it has none."""
    conditions = [_condition(one) for one in transition.only_if]
    return reduce(and_, conditions) if conditions else None


def _condition(asked: Check | Either) -> ConditionBase:
    if isinstance(asked, Either):
        return reduce(or_, map(_condition, asked.checks))
    attribute = ATTRIBUTES[asked.name]
    field = Attr(attribute.name)
    match asked.question:
        case Question.EXISTS:
            return field.exists()
        case Question.ABSENT:
            return field.not_exists()
        case Question.EQUALS:
            return field.eq(attribute.write(asked.value))
        case Question.LESS:
            return field.lt(attribute.write(asked.value))
        case Question.LACKS:
            return ~field.contains(attribute.write(asked.value))
        case _:
            assert_never(asked.question)
