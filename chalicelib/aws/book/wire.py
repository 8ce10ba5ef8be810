"""A lock's page as the table stores it: which attribute each field is, from a page to an item and back.

``Form`` is the version of all this. Two attributes follow from others: ``HeldSince`` puts a page into the index of
``.chalice/resources.yaml`` until its ending is told, and an ended page has the time at which it ``ExpiresAt``.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger

from chalicelib.aws.book import wire_values as values
from chalicelib.aws.book.table import Item, sortable, told_as_book_error
from chalicelib.aws.book.wire_locks import LOCK, REF, Form
from chalicelib.core.alerts.page import Page, Sets, page_of
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.book import BookError

FORM = 1
"""An item of another form is not read."""

_logger = Logger(child=True)


class Attribute(NamedTuple):
    """Where a field is stored, and how. Of a set: how each of its members is."""

    name: str
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _json(name: str, form: Form[Any, Any]) -> Attribute:
    return Attribute(name, form.encoded, form.decoded)


def _plain(name: str) -> Attribute:
    return Attribute(name, lambda value: value, lambda value: value)


def _time(name: str) -> Attribute:
    return Attribute(name, sortable, datetime.fromisoformat)


ATTRIBUTES: Mapping[str, Attribute] = {
    "lock": _json("Lock", LOCK),
    "posted": _json("Posted", values.POSTED),
    "alerted_at": _time("AlertedAt"),
    "shown_at": _time("ShownAt"),
    "appearance": _plain("Appearance"),
    "sending": _json("Sending", values.SENDING),
    "claimed_until": _time("ClaimedUntil"),
    "acquired_at": _time("AcquiredAt"),
    "principal": _plain("Principal"),
    "owner": _plain("Owner"),
    "snooze": _json("Snooze", values.SNOOZE),
    "quiet_at": _time("QuietAt"),
    "asked": _json("Asked", values.ASKED),
    "releasing": _json("Releasing", values.RELEASING),
    "kept": _json("Kept", values.OBJECT),
    "restoring": _json("Restoring", values.RESTORING),
    "restored_by": _plain("RestoredBy"),
    "back_as": _json("BackAs", REF),
    "reopened_at": _time("ReopenedAt"),
    "ending": _json("Ending", values.ENDING),
    "undone": _json("Undone", values.RESTORER),
    "told": _plain("Told"),
    "levels": Attribute("Levels", int, int),
    "said": _plain("Said"),
    "withdrawn": _plain("Withdrawn"),
    "refused": _plain("Refused"),
    "restorers": _json("Restorers", values.RESTORER),
}
SETS = frozenset(Sets.__annotations__)


def key_of(ref: LockRef) -> dict[str, str]:
    """Return the key of a page: another lock on the same path has another identity, so two never share a page."""
    return {"StatePath": ref.state_path, "LockIdentity": ref.identity}


def page_from(item: Item) -> Page:
    """Return the page of an item. Raises BookError when it cannot be read."""
    with told_as_book_error():
        if item["Form"] != FORM:
            raise ValueError(f"form {item['Form']}")
        stored: Any = {name: _value(name, item) for name in ATTRIBUTES if ATTRIBUTES[name].name in item}
        return page_of(stored)


def if_readable(item: Item) -> Page | None:
    """Return the page of an item; None when it cannot be read, which is told in the log."""
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


def _value(name: str, item: Item) -> Any:
    attribute = ATTRIBUTES[name]
    value = item[attribute.name]
    return frozenset(map(attribute.read, value)) if name in SETS else attribute.read(value)
