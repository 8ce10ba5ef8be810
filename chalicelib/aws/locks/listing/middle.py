"""Find a key in the middle between two others, where nobody knows the keys between them.

Keys are read as fractions, with the characters that keys were seen to have as digits. Python compares texts by code
point, which is the order of UTF-8's bytes and so S3's. A middle only has to be between the two; how good it is decides
how evenly a range is split, and nothing else.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable
from itertools import takewhile
from string import ascii_lowercase, digits

_PLACES = 60
"""How many characters behind those that both ends have in common are looked at."""
_REACH, _EVERY = 1_000, 3
"""Of three middles, two are at most a thousand times as far away as the listing has come.

One that is further away is mostly in the empty space behind a folder; but only such a one finds a folder far away.
"""
_LONGEST = 1_024
"""Most bytes of a key in S3."""


class Alphabet:
    """The characters that keys were seen to have, in order."""

    def __init__(self) -> None:
        self._seen = set(digits + ascii_lowercase)
        self._ordered = sorted(self._seen)
        self._middles = 0

    def learn(self, keys: Iterable[str]) -> None:
        """Add the characters of keys."""
        new = {one for key in keys for one in key} - self._seen
        if new:
            self._seen |= new
            self._ordered = sorted(self._seen)

    def middle(self, first: str, last: str, high: str, prefix: str) -> str:
        """Return a text between the last key of a listing and the end of its range; "" if none is found.

        ``first`` is the listing's first key; ``high`` is "" for the end of the prefix.
        """
        self._middles += 1
        skip = _skipped(first, last, high, prefix)
        begin, here, end = self._fraction(first, skip), self._fraction(last, skip), self._end(high, skip)
        between = (here + end) // 2
        if self._middles % _EVERY:
            between = min(between, here + _REACH * (here - begin))
        text = last[:skip] + self._text(between)
        lengths = (length for length in range(skip + 1, len(text) + 1) if _is_between(last, text[:length], high))
        shortest = next(lengths, None)
        return text[: next(lengths, shortest)] if shortest else ""

    def left(self, first: str, last: str, high: str, prefix: str) -> float:
        """Return how many times the way from a listing's first key to its last one is left to the end of its range."""
        skip = _skipped(first, last, high, prefix)
        begin, here, end = self._fraction(first, skip), self._fraction(last, skip), self._end(high, skip)
        return max(0.0, (end - here) / (here - begin)) if here > begin else math.inf

    def _fraction(self, key: str, skip: int) -> int:
        """Return the characters of a key behind the first ones as one number."""
        number = 0
        for place in range(skip, skip + _PLACES):
            digit = bisect_left(self._ordered, key[place]) + 1 if place < len(key) else 0
            number = number * self._base + digit
        return number

    def _end(self, high: str, skip: int) -> int:
        return self._fraction(high, skip) if high else self._base**_PLACES - 1

    def _text(self, number: int) -> str:
        """Return the characters that a number stands for, up to the first that is none."""
        places = list[int]()
        for _ in range(_PLACES):
            number, digit = divmod(number, self._base)
            places.append(digit)
        last = len(self._ordered) - 1
        return "".join(self._ordered[min(digit - 1, last)] for digit in takewhile(bool, reversed(places)))

    @property
    def _base(self) -> int:
        return len(self._ordered) + 2


def _skipped(first: str, last: str, high: str, prefix: str) -> int:
    """Return how many characters are left out of account, because all keys of a range begin with them."""
    return min(_common(first, last), _common(last, high)) if high else len(prefix)


def _is_between(last: str, key: str, high: str) -> bool:
    return last < key and (not high or key < high) and len(key.encode()) <= _LONGEST


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
