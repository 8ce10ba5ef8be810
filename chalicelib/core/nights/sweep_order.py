"""The order to sweep a target, or what an earlier order left of it."""

from datetime import datetime

import msgspec

from chalicelib.core.locks.place import Place
from chalicelib.core.locks.target import Target

MOST_PARTS = 12
"""Most orders for one target in one night. Each lists for seven minutes, so together for more than an hour."""
MOST_AGAIN = 25
"""Most locks that one order hands on because it could not look at them.

A key has 1,024 bytes at most, as JSON 6 KB, and a message of SQS 256 KB.
"""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a target so far."""

    locks: int = 0
    objects: int = 0
    """Number of objects or items that were listed."""
    listing_pages: int = 0
    alerts: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Return the sum of both."""
        return Counts(
            locks=self.locks + other.locks,
            objects=self.objects + other.objects,
            listing_pages=self.listing_pages + other.listing_pages,
            alerts=self.alerts + other.alerts,
        )


class SweepOrder(msgspec.Struct, frozen=True):
    """An order to sweep a target, from its beginning or from where an earlier order of the same night stopped."""

    target: Target
    night: datetime | None = None
    """When the night began that it belongs to; None: it belongs to none, and no night hears of it."""
    after: str = ""
    """The cursor of the scan (``Scanned.cursor``); "": the beginning."""
    part: int = 1
    """Its number among the orders for this target in this night."""
    again: tuple[str, ...] = ()
    """The keys of locks that an earlier order found and could not look at."""
    so_far: Counts = Counts()
    """What the earlier orders found."""

    @property
    def is_last(self) -> bool:
        """Return whether no further order may follow it."""
        return self.part >= MOST_PARTS

    def rest(self, after: str, again: set[Place], so_far: Counts) -> "SweepOrder":
        """Return the order for what this one leaves."""
        keys = tuple(sorted(place.key for place in again))
        return SweepOrder(self.target, self.night, after, self.part + 1, keys, so_far)
