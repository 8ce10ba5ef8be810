"""The lock book in memory. ``contracts/`` holds it to what DynamoDB's does."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from chalicelib.core.alerts.channel_trouble import ChannelTrouble
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import UNDER_WAY, Posted, Sending
from chalicelib.core.alerts.page import Asked, LockRecord, Snooze
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.book import BookError

_STAYS = (
    "lock",
    "sending",
    "claimed_until",
    "acquired_at",
    "principal",
    "quiet_at",
    "restored_by",
    "restorers",
    "withdrawn",
)


@dataclass
class CanBeDown:
    """A book that can be out of reach."""

    down: bool = False

    def _check(self) -> None:
        if self.down:
            raise BookError("the lock book could not be reached: it is down")


@dataclass
class FakeBook(CanBeDown):
    """``ports.book.LockBook``."""

    pages: dict[LockRef, LockRecord] = field(default_factory=dict)
    kept_objects: dict[LockRef, LockObject] = field(default_factory=dict)

    def records(self) -> list[LockRecord]:
        self._check()
        return [record for record in self.pages.values() if not record.ending or not record.told]

    def records_of(self, state_path: str, until: datetime) -> list[LockRecord]:
        self._check()
        mine = (record for ref, record in self.pages.items() if ref.state_path == state_path)
        then = sorted((one for one in mine if one.lock.ref.since <= until), key=lambda one: one.lock.ref.identity)
        return sorted(then[-10:], key=lambda record: record.taken)

    def find(self, ref: LockRef) -> LockRecord | None:
        self._check()
        return self.pages.get(ref)

    def remember(self, lock: HeldLock) -> LockRecord:
        return self._write(lock)

    def reopen(self, lock: HeldLock, at: datetime) -> LockRecord:
        known = self._write(lock)
        if known.ending:
            self._begin_anew(known, _STAYS)
            self._change(lock.ref, reopened_at=at)
        return self.pages[lock.ref]

    def claim(self, lock: HeldLock, sending: Sending, *, ended: bool = False) -> bool:
        self._check()
        known = self.pages.get(lock.ref, LockRecord(lock=lock))
        if known.sending or sending.first.name in known.said or (known.ending is not None) != ended:
            return False
        self._write(lock, sending=sending, claimed_until=sending.at + UNDER_WAY)
        return True

    def said(self, lock: HeldLock, sending: Sending, posted: Posted) -> None:
        self._check()
        known = self.pages.get(lock.ref, LockRecord(lock=lock))
        if sending.first.name not in known.said:
            alert: dict[str, object] = {
                "posted": posted,
                "alerted_at": known.alerted_at or sending.at,
                "shown_at": sending.at,
                "appearance": sending.appearance,
                "owner": sending.owner,
                "told": False,
            }
            names = {saying.name for saying in sending.saying}
            said = {"said": known.said | names, "level": max(known.level, sending.level)}
            self._write(lock, **said, **(alert if sending.is_alert else {}))
        self.drop_claim(lock.ref, sending)

    def drop_claim(self, ref: LockRef, sending: Sending) -> None:
        if self._claimed(ref, sending):
            self._change(ref, sending=None, claimed_until=None)

    def doubt(self, ref: LockRef, sending: Sending, until: datetime) -> None:
        if self._claimed(ref, sending):
            self._change(ref, claimed_until=until)

    def shown(self, ref: LockRef, at: datetime, appearance: str) -> None:
        self._change(ref, shown_at=at, appearance=appearance)

    def acquire_recorded(self, lock: HeldLock, at: datetime, principal: str) -> None:
        known = self._write(lock)
        if not known.acquired_at:
            self._change(lock.ref, acquired_at=at, principal=known.principal if known.restored_by else principal)

    def snooze(self, lock: HeldLock, snooze: Snooze | None, at: datetime) -> LockRecord:
        known = self._write(lock)
        late = known.quiet_at and at <= known.quiet_at
        return known if late else self._write(lock, snooze=snooze, quiet_at=at)

    def ask(self, lock: HeldLock, asked: Asked) -> LockRecord:
        known = self._write(lock)
        asks = not known.asked and asked.click not in known.withdrawn
        return self._write(lock, asked=asked) if asks else known

    def withdraw(self, ref: LockRef, asked: Asked) -> bool:
        known = self.find(ref)
        if not known or not known.asked or (known.asked.by, known.asked.click) != (asked.by, asked.click):
            return False
        self._change(ref, asked=None, withdrawn=known.withdrawn | {asked.click})
        return True

    def refused(self, ref: LockRef, user: str) -> None:
        known = self.find(ref)
        if known:
            self._change(ref, refused=known.refused | {user})

    def begin_release(
        self, lock: HeldLock, releasing: Releasing, kept: LockObject | None, instead_of: Releasing | None
    ) -> LockRecord:
        known = self._write(lock)
        if known.ending or known.releasing != instead_of:
            return known
        if kept:
            self.kept_objects[lock.ref] = kept
        return self._write(lock, releasing=releasing)

    def abandon_release(self, ref: LockRef, releasing: Releasing) -> None:
        known = self.find(ref)
        if known and known.releasing == releasing:
            self._change(ref, releasing=None)

    def kept(self, ref: LockRef) -> LockObject | None:
        self._check()
        return self.kept_objects.get(ref)

    def end(self, lock: HeldLock, ending: Ending, seen: Releasing | None = None) -> bool:
        known = self.find(lock.ref) or LockRecord(lock=lock)
        if ending.outcome is Outcome.RELEASED:
            believed = not (known.ending and known.ending.restored_by)
        else:
            believed = known.ending is None and known.releasing == seen
        if believed:
            self._write(lock, ending=ending, told=False)
        return believed

    def end_unspoken(self, lock: HeldLock, ending: Ending) -> bool:
        self._check()
        known = self.pages.get(lock.ref, LockRecord(lock=lock))
        if known.ending or known.posted or known.sending or known.said or known.releasing:
            return False
        self._write(lock, ending=ending, told=True)
        return True

    def ending_told(self, ref: LockRef) -> None:
        known = self.find(ref)
        if known and known.ending:
            self._change(ref, told=True)

    def begin_restore(self, ref: LockRef, restoring: Restoring, instead_of: Restoring | None) -> LockRecord | None:
        known = self.find(ref)
        if known and known.ending and not known.ending.restored_by and known.restoring == instead_of:
            restorers = known.restorers | {Restorer(restoring.by, restoring.click)}
            self._change(ref, restoring=restoring, restorers=restorers)
        return self.find(ref)

    def abandon_restore(self, ref: LockRef, restoring: Restoring) -> None:
        known = self.find(ref)
        if known and known.restoring == restoring:
            self._change(ref, restoring=None)

    def restored(self, old: LockRecord, lock: HeldLock, by: Restorer) -> LockRecord:
        new = self._write(lock)
        if not new.restored_by:
            message = {"posted": old.posted or new.posted, "alerted_at": old.alerted_at or new.alerted_at}
            self._change(lock.ref, restored_by=by.by, principal=old.principal, owner=old.owner, told=False, **message)
        before = self.pages.get(old.lock.ref)
        back_as = before.back_as if before and before.back_as else lock.ref
        self._undo(old.lock.ref, by, told=True, posted=None, sending=None, claimed_until=None, back_as=back_as)
        return self.pages[lock.ref]

    def undone(self, ref: LockRef, by: Restorer) -> None:
        self._undo(ref, by, told=False)

    def _undo(self, ref: LockRef, by: Restorer, **changes: object) -> None:
        known = self.find(ref)
        if known and known.ending:
            ending = known.ending
            if not ending.restored_by:
                ending = msgspec.structs.replace(ending, restored_by=by.by, restored_click=by.click)
            self._change(ref, ending=ending, restoring=None, **changes)

    def _begin_anew(self, known: LockRecord, stays: tuple[str, ...]) -> None:
        self.kept_objects.pop(known.lock.ref, None)
        self.pages[known.lock.ref] = LockRecord(**{name: getattr(known, name) for name in stays})

    def _claimed(self, ref: LockRef, sending: Sending) -> bool:
        known = self.find(ref)
        there = known.sending if known else None
        return there is not None and (there.at, there.first) == (sending.at, sending.first)

    def _write(self, lock: HeldLock, **changes: object) -> LockRecord:
        """Change a lock's page, or open it."""
        self._check()
        self.pages.setdefault(lock.ref, LockRecord(lock=lock))
        self._change(lock.ref, lock=lock, **changes)
        return self.pages[lock.ref]

    def _change(self, ref: LockRef, **changes: object) -> None:
        """Change a page that there is; nothing is noted of a lock that nobody remembers."""
        self._check()
        if ref in self.pages:
            self.pages[ref] = msgspec.structs.replace(self.pages[ref], **changes)


@dataclass
class FakeDigestBook(CanBeDown):
    """``ports.DigestBook``: what is being sent by its channel, what stands there by its trace."""

    sending: dict[str, Digest] = field(default_factory=dict)
    standing: dict[str, Digest] = field(default_factory=dict)

    def open(self) -> list[Digest]:
        self._check()
        return [*self.sending.values(), *(digest for digest in self.standing.values() if digest.held)]

    def claim(self, digest: Digest) -> bool:
        self._check()
        if digest.channel in self.sending:
            return False
        self.sending[digest.channel] = digest
        return True

    def doubt(self, digest: Digest, until: datetime) -> None:
        self._check()
        if self._is_sent(digest):
            self.sending[digest.channel] = msgspec.structs.replace(digest, claimed_until=until)

    def save(self, digest: Digest) -> None:
        self.forget(digest)
        self.standing[digest.sending.trace] = digest

    def forget(self, digest: Digest) -> None:
        self._check()
        self.standing.pop(digest.sending.trace, None)
        if self._is_sent(digest):
            del self.sending[digest.channel]

    def _is_sent(self, digest: Digest) -> bool:
        sent = self.sending.get(digest.channel)
        return sent is not None and sent.sending.trace == digest.sending.trace


@dataclass
class FakeChannelBook(CanBeDown):
    """``ports.ChannelBook`` by the channel."""

    known: dict[str, ChannelTrouble] = field(default_factory=dict)

    def troubled(self) -> list[ChannelTrouble]:
        self._check()
        return list(self.known.values())

    def replace(self, known: ChannelTrouble | None, new: ChannelTrouble) -> bool:
        self._check()
        there = self.known.get(new.channel)
        if (there and (there.since, there.step)) != (known and (known.since, known.step)):
            return False
        self.known[new.channel] = new
        return True

    def forget(self, channel: str) -> None:
        self._check()
        self.known.pop(channel, None)


@dataclass
class FakeGroupBook(CanBeDown):
    """``ports.GroupBook``, in which nothing grows old."""

    kept: dict[str, frozenset[str]] = field(default_factory=dict)

    def keep(self, group: str, members: frozenset[str]) -> None:
        self._check()
        self.kept[group] = members

    def members(self) -> dict[str, frozenset[str]]:
        self._check()
        return dict(self.kept)
