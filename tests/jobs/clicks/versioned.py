"""A versioned bucket that tells what happens in it: locks, delete markers, and versions deleted by their IDs."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.audit.event import LockEvent
from chalicelib.core.locks.place import Kind, Place
from tests.builders import BUCKET, KEY, sample
from tests.fakes.world import FakeWorld
from tests.jobs.recording import an_event

HOLDER, OPERATOR = "AWS:AROAEXAMPLE:ci-run-7", "AWS:AIDAOPERATOR"


@dataclass
class VersionedKey:
    """One key of the world's bucket, with its versions from the oldest to the current one; "" is a lock's marker."""

    world: FakeWorld
    versions: list[tuple[str, bool]] = field(default_factory=list)
    """Each with its ID, and whether it is a lock (else a delete marker)."""
    told: list[LockEvent] = field(default_factory=list)
    uncovered: list[LockEvent] = field(default_factory=list)
    """The events that brought a lock back."""
    markers: int = 0

    @property
    def held(self) -> bool:
        return bool(self.versions) and self.versions[-1][1]

    def take(self) -> LockEvent:
        body = sample("s3-apply-default").replace(b'"Info":""', b'"Info":"%d"' % len(self.told))
        version = self.world.store.put(BUCKET, KEY, body)
        self.versions.append((version, True))
        lock = self.world.store.read(Place(Kind.S3, BUCKET, KEY))
        assert lock
        etag = lock.ref.stamp
        return self._tell(an_event(self.world.now, version, acquired=True, stamp=etag, sequencer=self._sequencer()))

    def let_go(self) -> LockEvent:
        self.markers += 1
        self.versions.append((f"m{self.markers}", False))
        self.world.store.objects.pop((BUCKET, KEY), None)
        return self._tell(an_event(self.world.now, acquired=False, sequencer=self._sequencer()))

    def delete_version(self, place: int = -1, *, by_lifecycle: bool = False) -> LockEvent:
        hidden = not self.held
        current = place in (-1, len(self.versions) - 1)
        version, _ = self.versions.pop(place)
        self._show_current()
        principal = "s3.amazonaws.com" if by_lifecycle else OPERATOR
        gone: dict[str, Any] = {"permanent": True, "by_lifecycle": by_lifecycle, "principal": principal}
        event = an_event(self.world.now, version, acquired=False, sequencer=self._sequencer(), **gone)
        if current and self.held and (hidden or self.versions):
            self.uncovered.append(event)
        return self._tell(event)

    def _show_current(self) -> None:
        if self.held:
            self.world.store.objects[BUCKET, KEY] = self.world.store.versions[self.versions[-1][0]]
        else:
            self.world.store.objects.pop((BUCKET, KEY), None)

    def _sequencer(self) -> str:
        return f"{0x0055AED6DCD90281E5 + len(self.told):018X}"

    def _tell(self, event: LockEvent) -> LockEvent:
        self.told.append(event)
        return event
