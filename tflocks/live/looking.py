"""Look at every lock of many buckets and tables, side by side. What cannot be looked at is told and stops nothing."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

import msgspec

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import LockStore, StoreError
from tflocks.live.aws import AT_ONCE
from tflocks.live.problems import words_of

_BATCH = 1_000
"""Most locks of one target that wait to be read while its listing goes on."""


class Seen(msgspec.Struct):
    """What was seen. All threads add to it."""

    locks: list[HeldLock] = msgspec.field(default_factory=list)
    problems: list[str] = msgspec.field(default_factory=list)
    """Which targets or places could not be looked at, and why."""
    looked_at: int = 0
    """Objects and items that were listed."""
    targets_done: int = 0


class Looking:
    """One look at some targets. ``told`` hears of the progress."""

    def __init__(self, store: LockStore, told: Callable[[Seen], None]) -> None:
        self._store = store
        self._told = told
        self._adding = Lock()
        self._seen = Seen()
        self._readers = ThreadPoolExecutor(AT_ONCE)

    def at(self, targets: Iterable[Target]) -> Seen:
        """Return all that is held in the targets."""
        scanners = ThreadPoolExecutor(AT_ONCE)
        try:
            list(scanners.map(self._scan, targets))
        finally:  # after Ctrl-C nobody waits for what was not begun
            scanners.shutdown(wait=False, cancel_futures=True)
            self._readers.shutdown(wait=False, cancel_futures=True)
        return self._seen

    def at_places(self, places: Iterable[Place]) -> Seen:
        """Return what is held at some places."""
        try:
            list(self._readers.map(self._read, places))
        finally:
            self._readers.shutdown(wait=False, cancel_futures=True)
        return self._seen

    def _scan(self, target: Target) -> None:
        reading: list[Future[None]] = []
        try:
            for part in self._store.scan(target):
                reading += [self._readers.submit(self._read, place) for place in part.places]
                self._add(looked_at=part.looked_at)
                if len(reading) > _BATCH:
                    reading = _waited_for(reading)
        except StoreError as error:
            self._add(problem=f"{target.called}: {words_of(error, target.kind)}")
        _waited_for(reading)
        self._add(targets_done=1)

    def _read(self, place: Place) -> None:
        try:
            lock = self._store.read(place)
        except StoreError as error:
            self._add(problem=f"{place.address}: {words_of(error, place.kind)}")
            return
        if lock:
            self._add(lock=lock)

    def _add(self, lock: HeldLock | None = None, problem: str = "", looked_at: int = 0, targets_done: int = 0) -> None:
        with self._adding:
            self._seen.locks += [lock] if lock else []
            self._seen.problems += [problem] if problem else []
            self._seen.looked_at += looked_at
            self._seen.targets_done += targets_done
            self._told(self._seen)


def _waited_for(reading: list[Future[None]]) -> list[Future[None]]:
    for one in reading:
        one.result()
    return []
