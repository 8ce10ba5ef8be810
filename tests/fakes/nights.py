"""The nights in memory. ``contracts/test_night_book.py`` holds them to what DynamoDB's book does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.nights.night import Night, Ordered, Result
from chalicelib.ports.book import BookError
from tests.fakes.book import CanBeDown


@dataclass
class FakeNightBook(CanBeDown):
    """``ports.nights.NightBook``."""

    ordered: dict[datetime, dict[str, Ordered]] = field(default_factory=dict)
    results: dict[tuple[datetime, str], Result] = field(default_factory=dict)
    journaled: set[datetime] = field(default_factory=set)
    ended: set[datetime] = field(default_factory=set)
    damaged: set[datetime] = field(default_factory=set)
    """Nights that cannot be read."""

    def begin(self, began: datetime, ordered: Sequence[Ordered]) -> None:
        self._check()
        self.ordered.setdefault(began, {}).update({target.home: target for target in ordered})

    def result(self, began: datetime, home: str) -> Result | None:
        self._check()
        return self.results.get((began, home))

    def note(self, began: datetime, result: Result) -> None:
        self._check()
        known = self.results.get((began, result.home))
        if known is None or known.part <= result.part:
            self.results[began, result.home] = result

    def untold(self) -> list[datetime]:
        self._check()
        return sorted(self.ordered.keys() - self.ended)

    def read(self, began: datetime) -> Night:
        self._check()
        if began in self.damaged:
            raise BookError("the lock book has an item that cannot be read")
        results = tuple(result for (night, _), result in self.results.items() if night == began)
        return Night(began, tuple(self.ordered.get(began, {}).values()), results, began in self.journaled)

    def journal(self, began: datetime) -> bool:
        self._check()
        taken = began not in self.journaled
        self.journaled.add(began)
        return taken

    def end(self, began: datetime) -> None:
        self._check()
        self.ended.add(began)
