"""Cut a listing page down to its locks, so that botocore parses a handful of entries and not 1,000.

botocore needs 50 ms and more for a page of 1,000 keys, S3 cannot select keys by how they end, and hardly any key is a
lock's. So the page is cut as bytes. It is cut only if its bytes leave no doubt about which locks it has: if anything
looks different from what S3 sends, the page stays whole and botocore parses all of it. Malformed XML within an entry
that is left out is not noticed.

Each look at a whole page is a part of what a sweep costs, so there are few, and each is one pass in C.
"""

import re
from collections.abc import Iterator

from chalicelib.core.locks.place import TRAITS, Kind

_OPEN, _CLOSE, _KEY, _KEY_END = b"<Contents>", b"</Contents>", b"<Key>", b"</Key>"
_ENTRY_TAG = b"Contents>"
"""The end of each tag that begins or ends an entry."""
_SUFFIX = TRAITS[Kind.S3].suffix.encode()
_LIKE_A_LOCK = _SUFFIX + b"<"
_HEAD = re.compile(
    rb"""\s*(?:<\?xml\s+version=["']1\.0["'](?:\s+encoding=["'](?i:utf-8)["'])?(?:\s+standalone=["'](?:yes|no)["'])?\s*\?>\s*)?"""
    rb"""<ListBucketResult(?:\s+xmlns=["'][^"'<>&]*["'])?\s*>"""
)
_TAIL = re.compile(rb"</ListBucketResult>\s*\Z")
_COUNT = re.compile(rb"<KeyCount>([0-9]{1,7})</KeyCount>")
_BETWEEN = re.compile(rb"</Contents>\s+<Contents>")
_HIDDEN_ENCODED = re.compile(rb"%(?:2[eE]|74|6[6cCfF3bB])")
"""One of the characters of ".tflock", percent-encoded: S3 does not encode them, but another store may."""
_HIDDEN_ESCAPED = re.compile(rb"&#(?!(?:9|10|13|34|39|x9|x[aA]|x[dD]|x22|x27);)")
"""A character reference to something other than white space or quotes."""
_NO_TEXT = tuple(bytes([byte]) for byte in range(32) if byte not in b"\t\n\r")
"""The bytes that XML cannot have."""
_GROUP = b"<CommonPrefixes"
_TAIL_BYTES = 64


def cut(page: bytes) -> tuple[bytes, int] | None:
    """Return a page with only the keys of its first and last entry and of its locks, and how many it had; None: doubt.

    The first and the last entry are left in, so that what comes after the page is known, and whether keys are in order.
    """
    head, tail = _HEAD.match(page), _TAIL.search(page, max(0, len(page) - _TAIL_BYTES))
    count = _told(page)
    if not head or not tail or not count or not _has_entries(page, count) or _odd(page, head.end()):
        return None
    locks = _ends_of_locks(page)
    if locks is None:
        return None
    kept = b"".join(_OPEN + page[begin:end] + _CLOSE for begin, end in _kept(page, locks))
    return page[: page.find(_OPEN)] + kept + page[page.rfind(_CLOSE) + len(_CLOSE) :], count


def _has_entries(page: bytes, count: int) -> bool:
    """Return whether a page has so many entries, with nothing in between, and as many ends of keys.

    If all but the first begin where another ends, and there are no other such tags, they begin and end in turn.
    """
    first, last = page.find(_OPEN), page.rfind(_OPEN)
    return (
        _side_by_side(page, count)
        and page.count(_ENTRY_TAG) == 2 * count
        and page.count(_KEY_END) == count
        and 0 <= first < page.find(_KEY) < page.find(_KEY_END) < page.find(_CLOSE)
        and last < page.rfind(_KEY) < page.rfind(_KEY_END) < page.rfind(_CLOSE)
    )


def _told(page: bytes) -> int | None:
    """Return how many keys a page says it has; None: it does not say it once, and before or after all entries."""
    told = _COUNT.findall(page, 0, page.find(_OPEN)) + _COUNT.findall(page, page.rfind(_CLOSE))
    return int(told[0]) if len(told) == 1 else None


def _side_by_side(page: bytes, count: int) -> bool:
    """Return whether nothing is between one entry and the next, so that nothing else is cut out with an entry."""
    return page.count(_CLOSE + _OPEN) == count - 1 or len(_BETWEEN.findall(page)) == count - 1


def _odd(page: bytes, begin: int) -> bool:
    """Return whether a page has anything that S3's pages do not have and that could hide a lock's key."""
    first = page.find(_OPEN)
    return (
        _has(page, b"<!", begin)
        or _has(page, b"<?", begin)
        or page.find(_GROUP, 0, first) >= 0
        or page.find(_GROUP, page.rfind(_CLOSE)) >= 0
        or any(byte in page for byte in _NO_TEXT)
        or not _is_utf8(page)
        or (b"%" in page and _HIDDEN_ENCODED.search(page) is not None)
        or (b"#" in page and _HIDDEN_ESCAPED.search(page) is not None)
    )


def _has(page: bytes, mark: bytes, begin: int) -> bool:
    """Return whether a mark of two bytes is there: nearly always its rare second byte alone says that it is not."""
    return page.find(mark[1:], begin) >= 0 and page.find(mark, begin) >= 0


def _is_utf8(page: bytes) -> bool:
    try:
        return page.isascii() or bool(page.decode())
    except UnicodeDecodeError:
        return False


def _kept(page: bytes, locks: list[int]) -> Iterator[tuple[int, int]]:
    """Yield where each key that is kept begins and ends, in the page's order."""
    done = -1
    for key_end in [page.find(_KEY_END), *locks, page.rfind(_KEY_END)]:
        if key_end > done:
            done = key_end
            yield page.rfind(_KEY, 0, key_end), key_end + len(_KEY_END)


def _ends_of_locks(page: bytes) -> list[int] | None:
    """Return where keys of locks end; None: what looks like one is followed by something else than the end of a tag."""
    ends, at = [], page.find(_OPEN)
    while (at := page.find(_LIKE_A_LOCK, at)) >= 0:
        at += len(_SUFFIX)
        if page.startswith(_KEY_END, at):
            ends.append(at)
        elif not page.startswith(b"</", at):
            return None
    return ends
