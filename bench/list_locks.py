"""``python -m bench.list_locks [LOCKS]``: how long ``/tflocks`` takes where thousands of locks are held.

Measured are CPU seconds of this process; Slack waits three seconds in all. boto3 reads answers as DynamoDB writes them.
They are made up beforehand and handed to it in place of a connection, so no network and no server is in the measure.
The peer reads every page of the book in full (as a watch does, which has the time). There are fifty routes and fifty
targets, so that a search does not end at the first.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from boto3.dynamodb.types import TypeSerializer
from botocore.awsrequest import AWSResponse

from bench.measured import report
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.lock_list import DynamoLockList
from chalicelib.aws.book.wire import key_of, update_of
from chalicelib.core.alerts.listing import ListRequest
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.body import lock_of
from chalicelib.core.policy import Route, Rules
from chalicelib.jobs.list_locks import list_locks
from chalicelib.slack.words.listings import answer
from tests.builders import ALICE, CHANNEL, a_policy, sample
from tests.fakes.book import FakeGroupBook

_PAGE_BYTES, _NOBODY = 1_000_000, "x"
_TEAMS = 50
_BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
_NOW = _BEGAN + timedelta(days=30)
_OTHERS = {
    "AcquiredAt": {"S": _BEGAN.isoformat()},
    "Principal": {"S": "AWS:AROA771E00C6AB434607B:GitHubActions-19283746501-1"},
    "Posted": {"S": '{"channel":"C0PLATFORM","handle":"1795261263.000100","beneath":""}'},
    "AlertedAt": {"S": _BEGAN.isoformat()},
    "ShownAt": {"S": _BEGAN.isoformat()},
    "Appearance": {"S": "0" * 32},
    "Owner": {"S": "U0OTHER"},
    "Said": {"SS": ["alert"]},
    "Levels": {"NS": ["1"]},
}


class Wire:
    """DynamoDB's side of a connection: every answer of a scan or a query, made up beforehand."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self._items = items
        self._pages: dict[tuple[str, ...], list[bytes]] = {}
        self.scanned_pages = 0

    def table(self) -> Any:
        """Return a table of boto3 whose requests are answered here."""
        session = boto3.Session(_NOBODY, _NOBODY, region_name="eu-west-1")
        resource = session.resource("dynamodb")
        events: Any = resource.meta.client.meta.events
        events.register("before-send.dynamodb", self._answer)
        return resource.Table("book")

    def prepare(self, *names: str) -> None:
        """Make up the answers to a scan for these attributes."""
        self._pages[names] = list(_pages(self._items, names))

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        asked = json.loads(request.body)
        if request.headers["X-Amz-Target"].endswith(b".Query") or "KeyConditionExpression" in asked:
            return _http(json.dumps({"Items": self._items[:1]}).encode())
        names = tuple(name for name in asked.get("ExpressionAttributeNames", {}).values() if name not in _FILTERS)
        self.scanned_pages += 1
        at = int(asked.get("ExclusiveStartKey", {}).get("StatePath", {}).get("S", "0"))
        return _http(self._pages[names][at])


_SERIALIZER = TypeSerializer()
_FILTERS = {"Told", "Ending"}


def main(locks: int) -> None:
    """Print the medians and 95th percentiles, in CPU milliseconds."""
    wire = Wire([_item(number) for number in range(locks)])
    wire.prepare()
    wire.prepare("StatePath", "LockIdentity")
    wire.prepare("StatePath", "LockIdentity", "Owner", "Principal", "Lock")
    rules, table = _rules(), wire.table()
    asked = {
        "/tflocks all": "all",
        "/tflocks": "",
        "/tflocks team7/": "team7/",
        "/tflocks all page 300": "all page 300",
        "/tflocks mine": "mine",
    }
    for name, text in asked.items():
        report(f"{name}, {locks} locks", [_cpu(lambda: _listed(table, rules, text)) for _ in range(7)])  # noqa: B023
    report("every page in full", [_cpu(DynamoLockBook(table).open_pages) for _ in range(3)])


def _listed(table: Any, rules: Rules, text: str) -> None:
    request = ListRequest(ALICE, CHANNEL, text)
    answer(list_locks(request, DynamoLockList(table), FakeGroupBook(), rules, _NOW))


def _cpu(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def _rules() -> Rules:
    routes = [
        Route((f"bucket-{team}/team{team}/*", f"bucket-{team}/env:/*/team{team}/*"), a_policy(channel=f"C{team}"))
        for team in range(_TEAMS)
    ]
    return Rules(
        team="T0",
        trouble_channel=CHANNEL,
        targets=tuple(Target(Kind.S3, f"bucket-{team}") for team in range(_TEAMS)),
        routes=(*routes, Route(("*",), a_policy())),
        digest_over=5,
        undo=timedelta(0),
    )


def _item(number: int) -> dict[str, Any]:
    bucket, key = f"bucket-{number % _TEAMS}", f"team{number % 77}/service-{number}/terraform.tfstate.tflock"
    ref = LockRef(Place(Kind.S3, bucket, key), f'"{number:032x}"', _BEGAN + timedelta(seconds=number * 7))
    lock = lock_of(ref, sample("s3-apply-default"))
    written = update_of(telling.remember(lock)).put
    return {**{name: _SERIALIZER.serialize(value) for name, value in {**key_of(ref), **written}.items()}, **_OTHERS}


def _pages(items: list[dict[str, Any]], names: tuple[str, ...]) -> Iterator[bytes]:
    """Split items into answers: DynamoDB ends one by what it read (1 MB), not by what it was asked to give."""
    per_page = _PAGE_BYTES // len(json.dumps(items[0]))
    chunks = [items[at : at + per_page] for at in range(0, len(items), per_page)]
    for number, chunk in enumerate(chunks):
        given = [{name: item[name] for name in names or item} for item in chunk]
        last = {"LastEvaluatedKey": {"StatePath": {"S": str(number + 1)}}} if number + 1 < len(chunks) else {}
        yield json.dumps({"Items": given, **last}).encode()


def _http(body: bytes) -> AWSResponse:
    headers: Any = {"x-amzn-RequestId": "x"}
    return AWSResponse("https://dynamodb", 200, headers, _Body(body))


class _Body:
    """The part of a raw response that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
