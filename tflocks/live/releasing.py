"""Release a lock with the operator's own rights, by the job that carries out a click on Release in Slack."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

import msgspec

from chalicelib.aws.book.event_book import DynamoEventBook
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.clicks.order import OperatorRelease
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.lock_info import Risk
from chalicelib.core.policy import Policy, Route, Rules
from chalicelib.jobs.clicks.clicked import NotYetError
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.clicks.release import release
from chalicelib.ports.book import BookError, LockBook
from chalicelib.ports.locks import LockStore, StoreError
from chalicelib.ports.world import World
from tflocks.live.aws import Aws
from tflocks.live.memory_book import MemoryBook
from tflocks.live.operator import ClickQueue, NoJournal, NoQueue, OperatorJournal
from tflocks.live.reaper import Reaper
from tflocks.locks.standing import Standing

_UNDO = timedelta(minutes=10)


class ReleaseError(Exception):
    """The release did not come to an end; the message says what is known."""


class Released(NamedTuple):
    """The end of a release, and what could not be left for others."""

    ending: Ending
    not_journaled: str
    """Why the journal does not have it; "": it does."""
    not_ordered: str
    """Why nobody was asked to edit the alert; "": somebody was, or there is none."""


class Releaser:
    """Releases locks for one operator. Without a reaper there is no book, no journal and no alert."""

    def __init__(self, aws: Aws, arn: str, reaper: Reaper | None, rules: Rules | None) -> None:
        self._store: LockStore = aws.locks()
        self._arn = arn
        self._rules = rules
        self._book: LockBook = MemoryBook()
        self._events: Any = None
        """The holds that the reaper sees. Without a reaper there is no rule by which it would see any."""
        self._journal: OperatorJournal | NoJournal = NoJournal()
        self._queue: ClickQueue | NoQueue = NoQueue()
        if reaper:
            self._book = DynamoLockBook(aws.table(reaper.book))
            self._events = DynamoEventBook(aws.table(reaper.book))
            self._journal = OperatorJournal(aws.client("logs"), reaper.log_group, arn)
            self._queue = ClickQueue(aws.client("sqs"), reaper.click_queue)

    def objects(self, standing: Standing) -> list[tuple[LockRef, LockObject | None]]:
        """Return each half as its place keeps it. Raises ReleaseError."""
        try:
            return [(lock.ref, self._store.look(lock.ref).kept) for lock in standing.locks]
        except StoreError as error:
            raise ReleaseError(str(error)) from error

    def release(self, standing: Standing, *, kept: bool) -> Released:
        """Release all halves of a lock, each only if it is still the one that was shown.

        ``kept`` tells that the operator keeps the objects, so that what is no lock may be released too.

        Raises:
            ReleaseError
        """
        now = datetime.now(UTC)
        halves = tuple(lock.ref for lock in standing.locks)
        order = OperatorRelease(
            lock=standing.lead, halves=halves, user=self._arn, click=f"tflocks {secrets.token_hex(8)}"
        )
        try:
            self._reopen(standing.locks, now)
            ending = release(order, self._world(), self._rules or _rules(kept=kept), now)
        except NotYetError as error:
            until = f"{error.until:%H:%M:%S} UTC"
            raise ReleaseError(
                f"another release of this lock may be on its way until {until}: try again then"
            ) from error
        except (OutcomeUnknownError, BookError) as error:
            raise ReleaseError(f"{error}. Look what is so now: tflocks list") from error
        if ending is None:
            raise ReleaseError("nothing was done: another release may be on its way")
        return Released(ending, self._journal.problem, self._queue.problem)

    def _reopen(self, locks: tuple[HeldLock, ...], now: datetime) -> None:
        """Begin a new page for a lock that is there although the book says that it ended.

        The page is read before the lock, so an ending that the page has is of an earlier hold.
        """
        for lock in locks:
            page = self._book.find(lock.ref)
            if page and page.ending and self._is_there(lock.ref):
                self._book.write(endings.reopen(lock, now))

    def _is_there(self, ref: LockRef) -> bool:
        try:
            current = self._store.read(ref.place)
        except StoreError:
            return False
        return current is not None and current.ref == ref

    def _world(self) -> World:
        """Return the world of a release from a terminal, which speaks to nobody in Slack."""
        nobody: Any = None
        return World(
            store=self._store,
            debris=nobody,
            book=self._book,
            events=self._events,
            channels=nobody,
            digests=nobody,
            joints=nobody,
            groups=nobody,
            nights=nobody,
            messenger=nobody,
            directory=nobody,
            journal=self._journal,
            orders=cast("Any", self._queue),
            clock=lambda: datetime.now(UTC),
        )


def _rules(*, kept: bool) -> Rules:
    """Return rules for a release without a reaper."""
    thresholds: dict[Risk, tuple[timedelta, ...]] = {risk: (timedelta(hours=1),) for risk in Risk}
    everything = Route(("*",), Policy(channel="", releasers=(), thresholds=thresholds))
    undo = _UNDO if kept else timedelta(0)
    return Rules(team="", trouble_channel="", targets=(), routes=(everything,), digest_over=1, undo=undo)


def written_out(objects: list[tuple[LockRef, LockObject | None]]) -> bytes:
    """Return objects as JSON, for a file from which they can be put back by hand."""
    told = [
        {"address": ref.place.address, "region": ref.place.region, "object": msgspec.to_builtins(kept)}
        for ref, kept in objects
    ]
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
