"""Versions of locks in memory. ``contracts/test_debris_counter.py`` holds them to what S3 lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.core.locks.target import Target
from chalicelib.core.nights.debris import Debris
from chalicelib.ports.locks import StoreError, StoreRefusedError


@dataclass
class FakeDebrisCounter:
    """``ports.debris.DebrisCounter``: what buckets keep, as (key, whether it is a delete marker, whether current)."""

    kept: dict[str, list[tuple[str, bool, bool]]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    failing_after: dict[str, int] = field(default_factory=dict)
    """Pages after which a bucket fails."""
    a_page: int = 1000
    pages: int = 0

    def put(self, bucket: str, key: str) -> None:
        entries = self.kept.setdefault(bucket, [])
        self.kept[bucket] = [(k, marker, current and k != key) for k, marker, current in entries]
        self.kept[bucket].append((key, False, True))

    def remove(self, bucket: str, key: str) -> None:
        self.put(bucket, key)
        self.kept[bucket][-1] = (key, True, True)

    def count(self, target: Target) -> Iterator[Debris]:
        if target.container in self.refused:
            raise StoreRefusedError(self.refused[target.container])
        so_far = Debris()
        for number, prefix in enumerate(prefixes := target.prefixes or ("",), 1):
            mine = sorted(entry for entry in self.kept.get(target.container, []) if entry[0].startswith(prefix))
            for first in range(0, max(1, len(mine)), self.a_page):
                page = [entry for entry in mine[first : first + self.a_page] if target.place(entry[0]).may_have_lock]
                last = number == len(prefixes) and first + self.a_page >= len(mine)
                old = sum(not marker and not current for _, marker, current in page)
                so_far = so_far.plus(old, sum(marker for _, marker, _ in page), whole=last)
                self.pages += 1
                if self.pages > self.failing_after.get(target.container, self.pages):
                    raise StoreError("S3 did not answer in time")
                yield so_far
