"""Run one design, from S3's events over its queues to its bill; check that it did all its work."""

import io
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from bench.counted import CountedCalls
from bench.dynamodb_units import Item, stored
from bench.journal_check import flaws
from bench.lock_cycles import BEGIN, BatchedQueue, Bucket, Clock, cycles
from bench.metered import Bill, Meter
from bench.prices import SQS_REQUEST
from tests.aws_fixtures import create_lock_book

_DELETED_AT_ONCE = 10
"""Messages that Lambda deletes from a queue with one request."""
_MONTH = timedelta(days=30).total_seconds()
_LOCK_BOOKS, _OTHER_TABLES = ("book", "pages"), {"seen": "id", "lean-seen": "id", "lean-held": "StatePath"}
_HELD = ("HeldSince", "Hold")
"""Attributes that an item, in one table or the other, has only while its lock is held."""
_numbers = count(1)


@dataclass(frozen=True)
class Account:
    """The account that all runs take place in, with what listens there."""

    calls: CountedCalls
    log: io.StringIO
    s3: Any
    dynamodb: Any
    bucket: str

    def new_tables(self) -> None:
        """Make all tables anew, empty."""
        for name in self.dynamodb.list_tables()["TableNames"]:
            self.dynamodb.delete_table(TableName=name)
        for name in _LOCK_BOOKS:
            create_lock_book(self.dynamodb, name)
        for name, key in _OTHER_TABLES.items():
            self.dynamodb.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            )

    def items(self) -> Iterator[Item]:
        """Return the items of all tables."""
        for name in (*_LOCK_BOOKS, *_OTHER_TABLES):
            for page in self.dynamodb.get_paginator("scan").paginate(TableName=name):
                yield from page["Items"]


@dataclass(frozen=True)
class Load:
    """How many states are locked in turns, and how many cycles there are a month."""

    states: int
    a_month: int


class Run:
    """One design, from its first event to its bill."""

    def __init__(self, account: Account, name: str, load: Load) -> None:
        self._account = account
        self._name = name
        self._states = load.states
        self._apart = _MONTH / load.a_month
        self._clock = Clock()
        self._meter = Meter(account.calls, account.log)
        account.new_tables()

    def queue(self, function: Callable[[Any, Any], Any], most: int = 1, seconds: float = 0) -> BatchedQueue:
        """Make a queue whose batches a function takes; functions send to the queue that was made last."""

        def invoke(batch: list[str]) -> None:
            # Each message is one receive: a long poll ends with the first message. AWS does not say what Lambda's
            # pollers do while a window is open, so this is the most that it can be.
            self._account.calls.charge(SQS_REQUEST, len(batch) + math.ceil(len(batch) / _DELETED_AT_ONCE))
            answer = self._meter.invoke(function, sqs_event(batch))
            if answer and answer["batchItemFailures"]:
                raise RuntimeError(f"not recorded, as the function has logged: {''.join(self._meter.lines()[-20:])}")

        queue = BatchedQueue(self._clock, seconds, most, invoke)
        self._account.calls.left = queue.leave
        return queue

    def send(self, queue: BatchedQueue, event: dict[str, Any], after: float) -> None:
        """Let S3 send an event to a queue, which the bucket's owner pays for."""
        self._account.calls.charge(SQS_REQUEST, 1)
        queue.leave(json.dumps({"Records": [event]}), after)

    def invoke(self, function: Callable[[Any, Any], Any], event: dict[str, Any], after: float) -> None:
        """Let S3 invoke a function."""
        self._clock.at(self._clock.now + after, lambda: self._meter.invoke(function, {"Records": [event]}))

    def bill(self, number: int, tell: Callable[[dict[str, Any], float], None], *, whole: bool = True) -> Bill:
        """Return the bill of a number of cycles. ``tell`` takes an event of S3 and the seconds until it is told.

        Raises:
            RuntimeError: when the ``whole`` work was not done.
        """
        bucket = Bucket(self._clock, self._account.s3, self._account.bucket, tell)
        for cycle in cycles(number, self._states, self._apart, f"run-{next(_numbers)}"):
            bucket.expect(cycle)
        self._clock.run()
        items = list(self._account.items())
        held = sum(any(name in item for name in _HELD) for item in items)
        missing = flaws(self._meter.lines(), bucket.taken, bucket.released)
        if whole and (missing or held):
            raise RuntimeError(f"{self._name}: {held} released locks are listed as held; {missing[:3]}")
        return self._meter.bill(self._name, number, self._byte_months(items), len(missing), held)

    def _byte_months(self, items: list[Item]) -> float:
        """Return the byte months of what is left behind until it expires."""
        middle = (BEGIN + timedelta(seconds=self._clock.now / 2)).timestamp()
        by_events = sum(stored(item) * (int(item["ExpiresAt"]["N"]) - middle) for item in items if "ExpiresAt" in item)
        # powertools' items expire by the clock of this machine.
        by_now = sum(stored(item) * (int(item["expiration"]["N"]) - time.time()) for item in items if "id" in item)
        return (by_events + by_now) / _MONTH


def sqs_event(bodies: list[str]) -> dict[str, Any]:
    """Return what Lambda gives a function for a batch of these messages."""
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "0", "ApproximateFirstReceiveTimestamp": "0"}
    common = {
        "receiptHandle": "-",
        "attributes": attributes,
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:tflock-events",
        "awsRegion": "eu-central-1",
    }
    return {"Records": [common | {"messageId": f"m{index}", "body": body} for index, body in enumerate(bodies)]}
