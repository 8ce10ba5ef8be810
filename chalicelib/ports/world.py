"""The world as the jobs see it: one Protocol a neighbour, and the failures they may raise."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.core.audit.line import JournalLine
from chalicelib.ports.book import ChannelBook, DigestBook, EventBook, GroupBook, LockBook
from chalicelib.ports.locks import LockStore
from chalicelib.ports.orders import Orders
from chalicelib.ports.people import Directory, Messenger


class Journal(Protocol):
    """The audit trail."""

    def write(self, line: JournalLine) -> None:
        """Add one line."""


@dataclass(frozen=True, kw_only=True)
class World:
    """The neighbours that the jobs about locks work with."""

    store: LockStore
    book: LockBook
    events: EventBook
    channels: ChannelBook
    digests: DigestBook
    groups: GroupBook
    messenger: Messenger
    directory: Directory
    journal: Journal
    orders: Orders
    clock: Callable[[], datetime]
    """The time now, not when the job began: a claim to a delete or a put lasts by it."""
