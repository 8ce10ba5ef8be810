"""Know which ranges of a bucket's keys are still to be listed, and split them among those who could list them.

One listing goes from page to page and cannot be shared. But a listing may begin after any text, be it a key or not: so
the range of keys that is still to be listed is split in its middle, and somebody else lists the new half. Each key is
in exactly one range at any time. One thread takes all pages, so nothing here is locked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.aws.locks.listing.middle import Alphabet
from chalicelib.aws.locks.listing.pages import ListingError, Page

GIANT = 10
"""A bucket that had so many pages and is not at its end is split."""
WORTH_A_THREAD = 0.01
"""Seconds that the bucket's pages are waited for, on average, when it is split. Threads of Python wait side by side and
compute one after the other: where pages come at once, more threads only cost more requests."""
MOST = 14
"""Most ranges of one bucket that are listed at once: more would cost more requests than they save time."""
_PAGES_PER_SPLIT = 5
"""There is at most one split for so many pages. A split costs one request at most: half a page on either side."""
_SEEN, _WORTH_IT = 2, 4.0
"""Fewest pages that a range had, and is expected to have left, when it is split."""
_NOBODY_KNOWS = 1e6


@dataclass(eq=False)
class KeyRange:
    """The keys greater than ``after``, up to and with ``until``; "" is no limit. It shrinks as it is listed."""

    after: str = ""
    until: str = ""
    token: str = ""
    """The way to the next page; "" before the first."""
    first: str = ""
    """The first key that it was seen to have."""
    pages: int = 0
    expected: float = _NOBODY_KNOWS
    """About how many pages it has left."""
    unmoved: set[str] = field(default_factory=set)
    """The tokens that were given since a page last led on."""


class Ranges:
    """The ranges of one bucket and prefix that are still to be listed; none overlaps another."""

    def __init__(self, prefix: str, left: Iterable[KeyRange]) -> None:
        self.left = list(left)
        self._prefix = prefix
        self._alphabet = Alphabet()
        self._pages = self._splits = 0
        self._waited = 0.0
        self._in_order = True
        self._from_beginning = len(self.left) == 1 and not (self.left[0].after or self.left[0].until)

    @property
    def giant(self) -> bool:
        """Return whether the bucket has proven to be worth splitting."""
        slow = self._waited >= WORTH_A_THREAD * self._pages
        return len(self.left) > 1 or (self._in_order and slow and self._pages >= GIANT)

    def split(self) -> KeyRange | None:
        """Split the range that has most left; return the new half. None: no split is worth it."""
        if not self.giant or len(self.left) >= MOST or self._splits > MOST + self._pages / _PAGES_PER_SPLIT:
            return None
        for one in sorted(self.left, key=lambda one: -one.expected):
            if one.pages >= _SEEN and one.expected >= _WORTH_IT:
                middle = self._alphabet.middle(one.first, one.after, one.until, self._prefix)
                if middle:
                    return self._split(one, middle)
        return None

    def take(self, one: KeyRange, page: Page) -> list[str]:
        """Note a page of a range; return those of its locks that are in the range. Raises ListingError."""
        if page.token in one.unmoved:
            raise ListingError("S3 gives the same page again and again, so the rest cannot be listed")
        self._check_order(one, page)
        self._pages += 1
        self._waited += page.waited
        one.pages += 1
        self._alphabet.learn(page.sampled)
        locks = [key for key in page.locks if not one.until or key <= one.until]
        if not page.token or (one.until and page.last >= one.until):
            self.left.remove(one)
        else:
            self._move_on(one, page)
        return locks

    def _split(self, one: KeyRange, middle: str) -> KeyRange:
        half = KeyRange(middle, one.until)
        one.until = middle
        self._expect(one)
        self.left.append(half)
        self._splits += 1
        return half

    def _move_on(self, one: KeyRange, page: Page) -> None:
        one.token = page.token
        if page.last and self._in_order:
            one.unmoved.clear()
            one.after, one.first = page.last, one.first or page.first
            self._expect(one)
        one.unmoved.add(page.token)

    def _expect(self, one: KeyRange) -> None:
        left = self._alphabet.left(one.first, one.after, one.until, self._prefix)
        one.expected = min(_NOBODY_KNOWS, one.pages * left)

    def _check_order(self, one: KeyRange, page: Page) -> None:
        """Never split a bucket whose keys come in another order; where it is too late for that, raise ListingError.

        A directory bucket has its keys in no order, and S3-compatible stores may have theirs in another one.
        """
        if not page.last or (page.in_order and (not one.after or page.first > one.after)):
            return
        if not self._from_beginning or len(self.left) > 1:
            raise ListingError(
                "its keys do not come in the order of their UTF-8 bytes, as S3's do: no part can be listed"
            )
        self._in_order, one.after = False, ""
