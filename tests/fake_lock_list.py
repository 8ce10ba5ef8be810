"""The list of held locks in memory, over the fake lock book. ``contracts/`` holds it to what DynamoDB's does."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.core.alerts.listing import HeldEntry
from chalicelib.core.alerts.page import Page
from tests.fake_book import FakeBook


@dataclass
class FakeLockList:
    """``ports.book.LockList``."""

    book: FakeBook

    def held(self, *, holders: bool) -> list[HeldEntry]:
        return [_entry(record, holders=holders) for record in self.book.open_pages() if not record.ending]

    def pages(self, entries: Sequence[HeldEntry]) -> list[Page]:
        known = {(ref.state_path, ref.identity): record for ref, record in self.book.pages.items()}
        found = (known.get((entry.state_path, entry.identity)) for entry in entries)
        return [record for record in found if record and not record.ending]


def _entry(record: Page, *, holders: bool) -> HeldEntry:
    ref, info = record.lock.ref, record.lock.info
    if not holders:
        return HeldEntry(ref.state_path, ref.identity)
    return HeldEntry(ref.state_path, ref.identity, record.owner, record.principal, info.Who if info else "")
