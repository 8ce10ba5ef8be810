"""A lock book for a release where no reaper is deployed. It lasts as long as the command runs."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.stored import Stored, as_page
from chalicelib.core.alerts.transitions.carrying_out import carried_out
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.book import Written


@dataclass
class MemoryBook:
    """``ports.book.LockBook`` for one release."""

    stored: dict[LockRef, Stored] = field(default_factory=dict)

    def open_pages(self, home: str = "") -> list[Page]:
        """Return the pages whose ending has not been told, of all containers or of one."""
        stored = (self.stored[ref] for ref in self.stored if home in {"", ref.place.home})
        return [page for page in map(as_page, stored) if not page.told]

    def pages_of(self, state_path: str, until: datetime) -> list[Page]:
        """Return the last ten pages of a state path up to a second, oldest first."""
        refs = sorted((ref for ref in self.stored if ref.state_path == state_path), key=lambda ref: ref.identity)
        latest = [as_page(self.stored[ref]) for ref in refs if ref.since <= until][-10:]
        return sorted(latest, key=lambda page: page.taken)

    def find(self, ref: LockRef) -> Page | None:
        """Return the page of one lock."""
        return as_page(self.stored[ref]) if ref in self.stored else None

    def write(self, transition: Transition) -> Written:
        """Carry out a transition."""
        new = carried_out(self.stored.get(transition.ref, {}), transition)
        if new is not None:
            self.stored[transition.ref] = new
        return Written(new is not None, self.find(transition.ref))
