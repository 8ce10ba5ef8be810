"""S3 with one lock's key: every acquire is remembered with who took it and who ended it, which S3 does not tell."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.body import lock_of
from chalicelib.ports.locks import StoreError
from tests.builders import BUCKET, KEY, sample
from tests.jobs.recording import RELEASE_ROLE, RESTORE_ROLE, an_event
from tests.race.schedule import Schedule

_Answer = TypeVar("_Answer", Deletion, PutBack)
_TIME_OUT = 8.0
_LATEST = 28.0
"""Seconds after which a request that was sent has arrived, or never will."""
_BODY, _ID = sample("s3-apply-default"), b"78653438-8ad9-5195-0db7-201620792a67"


@dataclass(eq=False)
class Acquire:
    """One time that the state was locked."""

    body: bytes
    at: datetime
    etag: str
    run: int
    """Whose lock it is: a run of Terraform. A lock that was put back is still that run's."""
    put_by: Click | None = None
    ended_by: Click | None = None
    """Whose delete it was; None: a run's, or it is held."""

    @property
    def ref(self) -> LockRef:
        return LockRef(Place(Kind.S3, BUCKET, KEY), self.etag, self.at.replace(microsecond=0))


@dataclass
class Bucket:
    """``ports.locks.LockStore`` for one key; ``tell`` takes S3's events."""

    schedule: Schedule
    tell: Callable[[LockEvent, Acquire], None]
    encrypted: bool = False
    """By KMS: an ETag is then another for each put."""
    nameless: bool = False
    """Its events come by EventBridge, which names nobody."""
    there: Acquire | None = None
    history: list[Acquire] = field(default_factory=list)

    # --- what runs do

    def take(self, run: int) -> bool:
        """Lock the state as Terraform does, if nobody holds it."""
        if self.there:
            return False
        self._put(_BODY.replace(_ID, _ID[:-4] + b"%04d" % run), run, None)
        return True

    def let_go(self, run: int) -> None:
        """Unlock it as Terraform does: read, compare the ID, delete whatever is there then."""
        mine = self.there is not None and self.there.run == run
        self.schedule.pause(self.schedule.random.random() * 0.3)
        if mine and self.there:
            self._end(None, "AWS:AROAEXAMPLE:ci-run-7")

    # --- what the reaper does

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        raise NotImplementedError

    def state_written(self, ref: LockRef) -> StateWritten:
        return StateWritten(None)

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        self.schedule.step()
        if self.schedule.chance(0.005):
            raise StoreError("reading: S3 failed")
        return _lock(self.history[int(version)] if version else self.there)

    def look(self, ref: LockRef) -> Look:
        lock = self.read(ref.place)
        return Look(lock, LockObject(self.there.body) if self.there and self.there.ref == ref else None)

    def delete(self, ref: LockRef) -> Deletion:
        click = self.schedule.task.click
        return self._send(lambda: self._delete(ref, click), Deletion.UNKNOWN, Deletion.CONFLICT)

    def delete_whatever_is_there(self) -> Deletion:
        """Delete without a condition, as nothing in the product can."""
        click = self.schedule.task.click
        return self._send(lambda: self._delete(None, click), Deletion.UNKNOWN, Deletion.CONFLICT)

    def put_back(self, ref: LockRef, kept: LockObject) -> PutBack:
        click = self.schedule.task.click
        return self._send(lambda: self._put_if_none(ref, kept, click), PutBack.UNKNOWN, PutBack.CONFLICT)

    def _send(self, effect: Callable[[], _Answer], unknown: _Answer, conflict: _Answer) -> _Answer:
        """Send a request: it arrives after a while, even where its sender has given up or was killed by then."""
        self.schedule.step()
        if self.schedule.chance(0.02):
            return conflict
        if self.schedule.chance(0.01):
            raise StoreError("S3 refused it")
        takes = self.schedule.random.random() * (0.2 if self.schedule.random.random() < 0.85 else _LATEST)
        answers: list[_Answer] = []
        self.schedule.spawn(lambda: answers.append(effect()), takes)
        self.schedule.pause(min(takes + 0.001, _TIME_OUT))
        return answers[0] if answers and not self.schedule.chance(0.04) else unknown

    def _delete(self, ref: LockRef | None, click: Click | None) -> Deletion:
        if self.there is None:
            return Deletion.NOT_FOUND
        if ref and self.there.etag != ref.stamp:
            return Deletion.CHANGED
        self._end(click, f"AWS:{RELEASE_ROLE}:reaper")
        return Deletion.DELETED

    def _put_if_none(self, ref: LockRef, kept: LockObject, click: Click | None) -> PutBack:
        if self.there:
            return PutBack.OCCUPIED
        released = next(one for one in self.history if one.ref == ref)
        self._put(kept.body, released.run, click)
        return PutBack.DONE

    # --- what is so

    def _put(self, body: bytes, run: int, click: Click | None) -> None:
        said = b"%d" % len(self.history) if self.encrypted else body
        etag = f'"{hashlib.md5(said).hexdigest()}"'  # noqa: S324
        self.there = Acquire(body, self.schedule.now, etag, run, click)
        self.history.append(self.there)
        self._tell(self.there, f"AWS:{RESTORE_ROLE}:reaper" if click else "AWS:AROAEXAMPLE:ci-run-7", acquired=True)

    def _end(self, click: Click | None, principal: str) -> None:
        if self.there:
            self.there.ended_by = click
            ended, self.there = self.there, None
            self._tell(ended, principal, acquired=False)

    def _tell(self, about: Acquire, principal: str, *, acquired: bool) -> None:
        version = str(self.history.index(about)) if acquired else ""
        at = self.schedule.now.replace(microsecond=self.schedule.now.microsecond // 1000 * 1000)
        who = "" if self.nameless else principal
        self.tell(an_event(at, version, acquired=acquired, principal=who), about)


def _lock(found: Acquire | None) -> HeldLock | None:
    return lock_of(found.ref, found.body) if found else None
