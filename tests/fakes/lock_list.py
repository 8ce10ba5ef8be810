"""The list of held locks in memory, over the fake lock book. ``contracts/`` holds it to what DynamoDB's does."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.core.alerts.listing import HeldEntry
from chalicelib.core.alerts.page import Page
from tests.fakes.book import FakeBook


@dataclass
class FakeLockList:
    """``ports.book.LockList``."""

    book: FakeBook

    def held(self, *, holders: bool) -> list[HeldEntry]:
        return [_entry(page, holders=holders) for page in self.book.open_pages() if not (page.ending or page.half_of)]

    def pages(self, entries: Sequence[HeldEntry]) -> list[Page]:
        known = {(ref.state_path, ref.identity): page for ref, page in self.book.pages.items()}
        found = (known.get((entry.state_path, entry.identity)) for entry in entries)
        return [page for page in found if page and not page.ending]


def _entry(page: Page, *, holders: bool) -> HeldEntry:
    ref, info = page.lock.ref, page.lock.info
    if not holders:
        return HeldEntry(ref.state_path, ref.identity)
    return HeldEntry(ref.state_path, ref.identity, page.owner, page.principal, info.Who if info else "")
