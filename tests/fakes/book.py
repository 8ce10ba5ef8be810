"""The lock book in memory. ``contracts/`` holds it to what DynamoDB's does."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from chalicelib.core.alerts.channel_trouble import ChannelTrouble
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.stored import as_page
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.clicks.part import Part, Result
from chalicelib.core.joint.joint import Joint
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.book import BookError, Written
from tflocks.live.memory_book import MemoryBook


@dataclass
class CanBeDown:
    """A book that can be out of reach."""

    down: bool = False

    def _check(self) -> None:
        if self.down:
            raise BookError("the lock book could not be reached: it is down")


@dataclass
class FakeBook(MemoryBook, CanBeDown):
    """``ports.book.LockBook``: the book in memory that ``tflocks`` has where there is no reaper, and it can be down."""

    @property
    def pages(self) -> dict[LockRef, Page]:
        """Return all pages there are."""
        return {ref: as_page(stored) for ref, stored in self.stored.items()}

    def open_pages(self, home: str = "") -> list[Page]:
        self._check()
        return super().open_pages(home)

    def pages_of(self, state_path: str, until: datetime) -> list[Page]:
        self._check()
        return super().pages_of(state_path, until)

    def find(self, ref: LockRef) -> Page | None:
        self._check()
        return super().find(ref)

    def write(self, transition: Transition) -> Written:
        self._check()
        return super().write(transition)


@dataclass
class FakeDigestBook(CanBeDown):
    """``ports.book.DigestBook``: what is being sent by its channel, what stands there by its trace."""

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
    """``ports.book.ChannelBook`` by the channel."""

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
    """``ports.book.GroupBook``, in which nothing grows old."""

    stored: dict[str, frozenset[str]] = field(default_factory=dict)

    def replace(self, group: str, members: frozenset[str]) -> None:
        self._check()
        self.stored[group] = members

    def members(self) -> dict[str, frozenset[str]]:
        self._check()
        return dict(self.stored)


@dataclass
class FakeJointBook(CanBeDown):
    """``ports.book.JointBook`` by the ID; ``damaged`` has the IDs of those that cannot be read."""

    stored: dict[str, Joint] = field(default_factory=dict)
    reported: dict[tuple[str, str], set[Result]] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)

    def open(self) -> list[Joint]:
        self._check()
        return [joint for joint in self.stored.values() if joint.id not in self.damaged]

    def find(self, joint: str) -> Joint | None:
        self._check()
        return None if joint in self.damaged else self.stored.get(joint)

    def save(self, joint: Joint) -> bool:
        self._check()
        there = self.stored.get(joint.id)
        if (there.version if there else 0) != joint.version - 1:
            return False
        self.stored[joint.id] = joint
        return True

    def forget(self, joint: Joint) -> None:
        self._check()
        there = self.stored.get(joint.id)
        if there and there.version == joint.version:
            del self.stored[joint.id]

    def report(self, part: Part, result: Result, now: datetime) -> None:
        self._check()
        self.reported.setdefault((part.joint, part.click), set()).add(result)

    def results(self, joint: str, click: str) -> list[Result]:
        self._check()
        return sorted(self.reported.get((joint, click), ()))
