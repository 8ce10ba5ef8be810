"""Write where a scan stopped into a text, and read it again.

A cursor names the ranges of the current prefix that are left, and the prefixes after it by their check sums, because
another scan may have the prefixes in another order, or others. It has a version and a check sum of its own. With
``ranges.MOST`` ranges, keys of 1,024 bytes and a thousand prefixes it has less than 60 KB.
"""

import base64
import zlib
from collections.abc import Iterable, Sequence

import msgspec

from chalicelib.aws.locks.listing.pages import ListingError
from chalicelib.aws.locks.listing.ranges import KeyRange

_VERSION = "2"


class Rest(msgspec.Struct, frozen=True, array_like=True):
    """What a scan has left."""

    prefix: str
    ranges: tuple[tuple[str, str], ...]
    """The ranges of the prefix: ``after`` and ``until`` of each."""
    later: tuple[int, ...]
    """Check sums of the prefixes that were not begun."""


def written(prefix: str, ranges: Iterable[KeyRange], later: Sequence[str]) -> str:
    """Return the cursor for what is left; "" for nothing."""
    left = tuple((one.after, one.until) for one in ranges)
    if not left and not later:
        return ""
    rest = Rest(prefix, left, tuple(map(_sum, later)))
    text = base64.urlsafe_b64encode(msgspec.msgpack.encode(rest)).decode()
    return f"{_VERSION}.{_sum(text)}.{text}"


def read(cursor: str, prefixes: Sequence[str]) -> tuple[str, list[KeyRange], list[str]]:
    """Return a prefix, what is left of it, and the prefixes after it. Raises ListingError for a damaged cursor."""
    if not cursor:
        return prefixes[0], [KeyRange()], list(prefixes[1:])
    rest = _rest(cursor)
    later = [prefix for prefix in prefixes if prefix != rest.prefix and _sum(prefix) in rest.later]
    kept = [KeyRange(after, until) for after, until in rest.ranges] if rest.prefix in prefixes else []
    return rest.prefix, kept, later


def _rest(cursor: str) -> Rest:
    version, _, checked = cursor.partition(".")
    told, _, text = checked.partition(".")
    try:
        if version == _VERSION and told == str(_sum(text)):
            return msgspec.msgpack.decode(base64.urlsafe_b64decode(text), type=Rest)
    except ValueError:
        pass
    raise ListingError(
        "the note of where the last scan stopped is damaged or of another version: scan from the beginning"
    )


def _sum(text: str) -> int:
    return zlib.crc32(text.encode())
