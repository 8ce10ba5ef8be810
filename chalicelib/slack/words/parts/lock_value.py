"""Write and read a lock as the value of a Slack button. Everything in it is checked again at the click.

The text is Base64, because Slack escapes ``&``, ``<`` and ``>`` in payloads (slackapi/bolt-python issue 513). Its
lines:

=====================  ====================================================================================
version                of this form
lead                   the index of the lock among its halves; empty: the lock is first, then its halves follow
number                 how many references follow
six for each           kind, account, region, container (empty: as in the state path), stamp, time in seconds
state path             of all of them; it may have line breaks
=====================  ====================================================================================
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.core.locks.place import TRAITS, Kind, LockRef, Place

LIMIT = 2000
"""The most characters that Slack allows. The two halves of a lock with the longest names take 1,996 (S3's key 1,024
bytes, a bucket 63, a table 255); only a table can have longer state paths."""
_VERSION, _SHOWN = "2", 10
"""The version of the value's form, and the most characters of another version that its error quotes."""
_HEAD, _EACH = 3, 6
_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)


class Shown(NamedTuple):
    """The lock that a button is about."""

    lock: LockRef
    halves: tuple[LockRef, ...] = ()
    """All its halves that are held; (): the lock alone."""


def encode(lock: LockRef, halves: tuple[LockRef, ...] = ()) -> str:
    """Return the value for a lock and its halves. It may be longer than ``LIMIT``."""
    lead = str(halves.index(lock)) if lock in halves else ""
    refs = halves if lead else (lock, *halves)
    lines = [line for ref in refs for line in _lines(ref)]
    text = "\n".join((_VERSION, lead, str(len(refs)), *lines, lock.state_path))
    return base64.urlsafe_b64encode(text.encode()).decode()


def fits(value: str) -> bool:
    """Return whether a button can have a value."""
    return len(value) <= LIMIT


def decode(value: str) -> Shown:
    """Return the lock that ``encode`` was given.

    Raises:
        ValueError: the value is anything else.
    """
    try:
        return _shown(base64.urlsafe_b64decode(value.encode()).decode())
    except (ValueError, OverflowError, binascii.Error) as error:
        raise ValueError(f"not the value of a lock's button: {error}") from None


def _lines(ref: LockRef) -> tuple[str, ...]:
    place = ref.place
    container = "" if place.container == _container_in(ref.state_path) else place.container
    seconds = format((ref.since - _EPOCH) // _SECOND, "x")
    return place.kind, place.account, place.region, container, ref.stamp, seconds


def _shown(text: str) -> Shown:
    version, lead, number, rest = text.split("\n", _HEAD)
    if version != _VERSION:
        raise ValueError(f"its version is {version[:_SHOWN]!r}, and not {_VERSION}")
    *lines, path = rest.split("\n", _EACH * int(number))
    refs = tuple(_ref(lines[at : at + _EACH], path) for at in range(0, len(lines), _EACH))
    if not refs or len(refs) != int(number):
        raise ValueError("not all of its references are there")
    return Shown(refs[_index(lead, refs)], refs) if lead else Shown(refs[0], refs[1:])


def _index(lead: str, refs: tuple[LockRef, ...]) -> int:
    if int(lead) not in range(len(refs)):
        raise ValueError("its lock is not among its halves")
    return int(lead)


def _ref(lines: list[str], path: str) -> LockRef:
    kind, account, region, container, stamp, seconds = lines
    traits = TRAITS[Kind(kind)]
    container = container or _container_in(path)
    before = traits.state_path.format(container=container, state_key="")
    if not path.startswith(before):
        raise ValueError("its state path is of another container")
    place = Place(Kind(kind), container, path.removeprefix(before) + traits.suffix, account, region)
    return LockRef(place, stamp, _EPOCH + int(seconds, 16) * _SECOND)


def _container_in(path: str) -> str:
    return path.partition("/")[0]
