"""The world as the jobs see it: all their neighbours, the journal and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.core.audit.line import JournalLine
from chalicelib.ports.book import ChannelBook, DigestBook, EventBook, GroupBook, JointBook, LockBook
from chalicelib.ports.debris import DebrisCounter
from chalicelib.ports.locks import LockStore
from chalicelib.ports.nights import NightBook
from chalicelib.ports.orders import Orders
from chalicelib.ports.people import Directory, Messenger


class Journal(Protocol):
    """The audit trail."""

    def write(self, line: JournalLine) -> None:
        """Add a line."""


@dataclass(frozen=True, kw_only=True)
class World:
    """The neighbours of the jobs about locks."""

    store: LockStore
    debris: DebrisCounter
    book: LockBook
    events: EventBook
    channels: ChannelBook
    digests: DigestBook
    joints: JointBook
    groups: GroupBook
    nights: NightBook
    messenger: Messenger
    directory: Directory
    journal: Journal
    orders: Orders
    clock: Callable[[], datetime]
    """Returns the time now, not when the job began. Claims to a delete or a put last by it."""
