"""The lock book: one DynamoDB item a lock, keyed by its state path and its identity."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from itertools import islice
from operator import and_
from typing import TYPE_CHECKING, Any

import msgspec
from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.aws.book.lock_page import (
    ASKED,
    CLAIM,
    RELEASE,
    STORY,
    claim_of,
    key_of,
    opened,
    readable,
    record_of,
)
from chalicelib.aws.book.table import BookTable, Change, sortable, text, told_as_book_error
from chalicelib.core.alerts.message import UNDER_WAY, Posted, Sending
from chalicelib.core.alerts.page import Asked, LockRecord, Snooze
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import KEPT_FOR, Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_HELD = "held"
"""The index of .chalice/resources.yaml that has only the items with ``HeldSince``."""
_LATEST = 10
_KNOWN = Attr("Lock").exists()
_ENDED = Attr("Ending").exists()
_HELD_STILL = Attr("Ending").not_exists()
_RELEASED = _ENDED & Attr("Undone").not_exists()


class DynamoLockBook:
    """``ports.book.LockBook`` in one table. Nothing about a lock is lost with it but repeated alerts."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def records(self) -> list[LockRecord]:
        """Every lock that has not ended, or not been told of: the index has few others, so that is what it costs.

        As they were a moment ago; and a step that met a told page late may have put it back into the index.
        """
        return readable(self._table.scan(_HELD, Attr("Told").not_exists()))

    def records_of(self, state_path: str, until: datetime) -> list[LockRecord]:
        """The last ten locks remembered on one state path up to a second, oldest first: a busy state has thousands."""
        last = f"{until.astimezone(UTC).replace(microsecond=0).isoformat()} ~"
        pages = islice(self._table.latest_first(state_path, last, _LATEST), _LATEST)
        return sorted((record_of(page) for page in pages), key=lambda record: record.taken)

    def find(self, ref: LockRef) -> LockRecord | None:
        """What is remembered of one lock."""
        item = self._table.get(key_of(ref))
        return record_of(item) if item else None

    def remember(self, lock: HeldLock) -> LockRecord:
        """Open a page for a lock, or find the one it has."""
        return self._write(lock, Change())

    def reopen(self, lock: HeldLock, at: datetime) -> LockRecord:
        """Begin a new page for a lock that is held after all; of two callers the second finds the first one's.

        A sending whose end is not known stays: its message may stand there, and then it is the new page's.
        """
        return self._write(lock, Change(put={"ReopenedAt": at.isoformat()}, remove=RELEASE + STORY), _ENDED)

    def claim(self, lock: HeldLock, sending: Sending, *, ended: bool = False) -> bool:
        """Take the right to send one message about a lock. A sending there is under way, or nobody knows its end."""
        claim = {
            "Attempt": text(sending),
            "Claim": claim_of(sending),
            "ClaimedUntil": (sending.at + UNDER_WAY).isoformat(),
        }
        free = Attr("Attempt").not_exists() & ~Attr("Said").contains(sending.first.name)
        in_time = _ENDED if ended else _HELD_STILL
        return self._change(lock.ref, Change(put=opened(lock) | claim), free & in_time)

    def said(self, lock: HeldLock, sending: Sending, posted: Posted) -> None:
        """The message of the sending stands there; found twice, it is noted once.

        Levels are a set, of which the highest counts, so that it does not matter in which order two come. A new alert
        of an ended lock does not say so: the ending is untold again.
        """
        alert = _alerted(sending, posted) if sending.is_alert else Change()
        change = Change(
            put=opened(lock) | dict(alert.put),
            put_first=alert.put_first,
            add={"Said": {saying.name for saying in sending.saying}, "Levels": {sending.level}},
            remove=alert.remove,
        )
        unsaid = ~Attr("Said").contains(sending.first.name)
        free = Attr("Claim").not_exists() | Attr("Claim").eq(claim_of(sending))
        if not self._change(lock.ref, replace(change, remove=alert.remove + CLAIM), unsaid & free):
            self._change(lock.ref, change, unsaid)  # somebody else is sending something else by now
            self.drop_claim(lock.ref, sending)

    def drop_claim(self, ref: LockRef, sending: Sending) -> None:
        """The message of this sending was not sent."""
        self._change(ref, Change(remove=CLAIM), Attr("Claim").eq(claim_of(sending)))

    def doubt(self, ref: LockRef, sending: Sending, until: datetime) -> None:
        """Nobody knows whether it was sent, nor is it worth looking before that time."""
        self._change(ref, Change(put={"ClaimedUntil": until.isoformat()}), Attr("Claim").eq(claim_of(sending)))

    def shown(self, ref: LockRef, at: datetime, appearance: str) -> None:
        """Note that its message reads as it should, and what that depends on."""
        self._change(ref, Change(put={"ShownAt": at.isoformat(), "Appearance": appearance}), _KNOWN)

    def acquire_recorded(self, lock: HeldLock, at: datetime, principal: str) -> None:
        """The journal has its ``lock_acquired``. The first stays, and of a restored lock who took it before."""
        self._write(lock, Change(put_first={"AcquiredAt": at.isoformat(), "Principal": principal}))

    def snooze(self, lock: HeldLock, snooze: Snooze | None, at: datetime) -> LockRecord:
        """Quiet until then; None: no longer. A click of the same time is the same one again."""
        wanted = {"Snooze": text(snooze)} if snooze else {}
        change = Change(put=wanted | {"QuietAt": sortable(at)}, remove=() if snooze else ("Snooze",))
        return self._write(lock, change, Attr("QuietAt").not_exists() | Attr("QuietAt").lt(sortable(at)))

    def ask(self, lock: HeldLock, asked: Asked) -> LockRecord:
        """Somebody asks for a release that takes two; whoever asked before stays the one who asked."""
        change = Change(put_first={"Asked": text(asked), "AskedBy": asked.by, "AskedClick": asked.click})
        return self._write(lock, change, ~Attr("Withdrawn").contains(asked.click))

    def withdraw(self, ref: LockRef, asked: Asked) -> bool:
        """It is no longer asked, and that click never asks again. False when it was not, or another was."""
        same = Attr("AskedBy").eq(asked.by) & Attr("AskedClick").eq(asked.click)
        return self._change(ref, Change(add={"Withdrawn": {asked.click}}, remove=ASKED), same)

    def refused(self, ref: LockRef, user: str) -> None:
        """Note that somebody asked for a release who is not among the releasers."""
        self._change(ref, Change(add={"Refused": {user}}), _KNOWN)

    def begin_release(
        self, lock: HeldLock, releasing: Releasing, kept: LockObject | None, instead_of: Releasing | None
    ) -> LockRecord:
        """Take the right to delete a lock, in place of the claim that was seen there, or of none."""
        change = Change(put={"Releasing": text(releasing)} | ({"Kept": text(kept)} if kept else {}))
        return self._write(lock, change, _HELD_STILL & _still("Releasing", instead_of))

    def abandon_release(self, ref: LockRef, releasing: Releasing) -> None:
        """Drop a claim whose delete is known to have done nothing.

        What was kept stays: it is the same for whoever releases this lock next.
        """
        self._change(ref, Change(remove=("Releasing",)), _still("Releasing", releasing))

    def kept(self, ref: LockRef) -> LockObject | None:
        """What can be put back of a released lock."""
        item = self._table.get(key_of(ref)) or {}
        with told_as_book_error():
            return msgspec.json.decode(item["Kept"], type=LockObject) if "Kept" in item else None

    def end(self, lock: HeldLock, ending: Ending, seen: Releasing | None = None) -> bool:
        """Note that the lock is no longer held. It stays in the index until that has been told."""
        page = opened(lock) | _ended(ending)
        by_deleter = ending.outcome is Outcome.RELEASED
        believed = Attr("Undone").not_exists() if by_deleter else _HELD_STILL & _still("Releasing", seen)
        return self._change(lock.ref, Change(put=page, remove=("Told",)), believed)

    def end_unspoken(self, lock: HeldLock, ending: Ending) -> bool:
        """Note the end of a lock of which nothing was ever said."""
        page = opened(lock) | _ended(ending) | {"Told": True}
        del page["HeldSince"]
        unspoken = [Attr(name).not_exists() for name in ("Ending", "Posted", "Attempt", "Said", "Releasing")]
        return self._change(lock.ref, Change(put=page, remove=("HeldSince",)), reduce(and_, unspoken))

    def ending_told(self, ref: LockRef) -> None:
        """Its message, if it has one, says how it ended."""
        self._change(ref, Change(put={"Told": True}, remove=("HeldSince",)), _ENDED)

    def begin_restore(self, ref: LockRef, restoring: Restoring, instead_of: Restoring | None) -> LockRecord | None:
        """Take the right to put back a lock that ended, in place of the claim that was seen there, or of none."""
        restorer = Restorer(restoring.by, restoring.click)
        change = Change(put={"Restoring": text(restoring)}, add={"Restorers": {text(restorer)}})
        page = self._table.change(key_of(ref), change, _RELEASED & _still("Restoring", instead_of))
        return record_of(page) if page else self.find(ref)

    def abandon_restore(self, ref: LockRef, restoring: Restoring) -> None:
        """Drop a claim whose put is known to have done nothing."""
        self._change(ref, Change(remove=("Restoring",)), _still("Restoring", restoring))

    def restored(self, old: LockRecord, lock: HeldLock, by: Restorer) -> LockRecord:
        """Note that a released lock is held again: its message is the new page's, and nobody looks for it any more.

        The new page first: when nothing follows, both have the message, and the same call once more puts that right.
        """
        new = self._write(lock, _inherited(old, by.by), Attr("RestoredBy").not_exists())
        moved = ("Posted", "Restoring", "HeldSince", *CLAIM)
        done = Change(put={"Told": True}, put_first={"Undone": text(by), "BackAs": text(lock.ref)}, remove=moved)
        self._change(old.lock.ref, done, _ENDED)
        return new

    def undone(self, ref: LockRef, by: Restorer) -> None:
        """Note that a released lock was put back by this click, and let go since: its message is to say so.

        Noted twice it may be told twice, and that is all.
        """
        again = Change(
            put={"HeldSince": ref.since.isoformat()},
            put_first={"Undone": text(by)},
            remove=("Told", "Restoring"),
        )
        self._change(ref, again, _ENDED)

    def _change(self, ref: LockRef, change: Change, condition: ConditionBase) -> bool:
        return self._table.change(key_of(ref), change, condition) is not None

    def _write(self, lock: HeldLock, change: Change, condition: ConditionBase | None = None) -> LockRecord:
        """Change a lock's page, or open it; as it is then, also where the condition was not met."""
        page = self._table.change(key_of(lock.ref), replace(change, put={**opened(lock), **change.put}), condition)
        return record_of(page) if page else self.remember(lock)


def _still(name: str, claim: Releasing | Restoring | None) -> ConditionBase:
    """Return the condition that a page has this claim, or none."""
    return Attr(name).eq(text(claim)) if claim else Attr(name).not_exists()


def _ended(ending: Ending) -> dict[str, Any]:
    return {"Ending": text(ending), "ExpiresAt": int((ending.at + KEPT_FOR).timestamp())}


def _alerted(sending: Sending, posted: Posted) -> Change:
    """What is noted of a lock's own message. When people first heard of the lock does not change with a new one."""
    at = sending.at.isoformat()
    return Change(
        put={"Posted": text(posted), "ShownAt": at, "Appearance": sending.appearance, "Owner": sending.owner},
        put_first={"AlertedAt": at},
        remove=("Told",),
    )


def _inherited(old: LockRecord, user: str) -> Change:
    """What the page of a restored lock has from the released one's. Who took it is not who put it back."""
    put = {"RestoredBy": user, "Principal": old.principal, "Owner": old.owner}
    if old.posted:
        put["Posted"] = text(old.posted)
    if old.alerted_at:
        put["AlertedAt"] = old.alerted_at.isoformat()
    return Change(put=put, remove=("Told",))
