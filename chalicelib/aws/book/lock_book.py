"""The lock book: one DynamoDB item for each lock, keyed by the lock's state path and identity."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, Key

from chalicelib.aws.book.table import BookTable
from chalicelib.aws.book.wire import change_of, if_readable, key_of, page_from, readable
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.book import Written

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_HELD = "held"
"""The index of .chalice/resources.yaml that has only the items with ``HeldSince``, by ``Home``."""
_LATEST = 10


class DynamoLockBook:
    """``ports.book.LockBook`` in one table. If the table is lost, alerts are repeated; no lock is lost."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def open_pages(self, home: str = "") -> list[Page]:
        """Return the pages of all locks, or of one container's, that have not ended or whose ending is untold.

        Reads of the index are eventually consistent, and a late write can leave a told page in it; hence the filter.
        """
        within = Key("Home").eq(home) if home else None
        return readable(self._table.scan(_HELD, Attr("Told").not_exists(), within=within))

    def pages_of(self, state_path: str, until: datetime) -> list[Page]:
        """Return the last ten pages of a state path up to a second, oldest first. A busy state has thousands."""
        last = f"{until.astimezone(UTC).replace(microsecond=0).isoformat()} ~"
        pages = map(page_from, self._table.latest(state_path, last, _LATEST))
        return sorted(pages, key=lambda page: page.taken)

    def find(self, ref: LockRef) -> Page | None:
        """Return the page of one lock."""
        item = self._table.get(key_of(ref))
        return page_from(item) if item else None

    def write(self, transition: Transition) -> Written:
        """Carry out a transition in one UpdateItem."""
        taken, item = self._table.write(*change_of(transition))
        return Written(taken, if_readable(item) if item else None)
