"""Scan a bucket for locks: one prefix after the other, page by page, a giant bucket in several places at once."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from chalicelib.aws.locks.listing import cursor
from chalicelib.aws.locks.listing.crew import Crew
from chalicelib.aws.locks.listing.only_locks import prepare
from chalicelib.aws.locks.listing.pages import Bucket, Page
from chalicelib.aws.locks.listing.ranges import KeyRange, Ranges
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def scan(target: Target, after: str, lister: "Callable[[Target], S3Client]") -> Iterator[Scanned]:
    """Yield the places of all locks of a bucket, each once, one part for each page. Raises botocore's errors too."""
    prefixes = separate(target.prefixes)
    prefix, left, later = cursor.read(after, prefixes)
    client = lister(target)
    prepare(client)
    while True:
        ranges = Ranges(prefix, left)
        for locks, page in listed(Bucket(client, target.container, prefix), ranges):
            places = tuple(Place(target.kind, target.container, key) for key in sorted(locks))
            yield Scanned(places, page.keys, cursor.written(prefix, ranges.left, later))
        if not later:
            return
        prefix, left, later = later[0], [KeyRange()], later[1:]


def listed(bucket: Bucket, ranges: Ranges) -> Iterator[tuple[list[str], Page]]:
    """Yield each page that is left, with those of its locks that no other page has."""
    while ranges.left and not ranges.giant:
        (one,) = ranges.left
        page = bucket.page(one.after, one.token)
        yield ranges.take(one, page), page
    with Crew(bucket) as crew:
        while ranges.left:
            _ask_on(ranges, crew)
            one, page = crew.answered()
            locks = ranges.take(one, page)
            _ask_on(ranges, crew)
            yield locks, page


def _ask_on(ranges: Ranges, crew: Crew) -> None:
    """Ask for the next page of each range, and split ranges as long as there are threads without one."""
    asked = crew.asked
    for one in ranges.left:
        if one not in asked and not crew.ask(one):
            return
    while half := ranges.split():
        if not crew.ask(half):
            return


def separate(prefixes: tuple[str, ...]) -> list[str]:
    """Return prefixes without those that begin with another, so that no key is below two; "" if there are none."""
    kept: list[str] = []
    for prefix in sorted(prefixes):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return sorted(kept, key=prefixes.index) or [""]
