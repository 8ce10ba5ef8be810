"""Make a workload: states that are locked and released again and again, with S3's events as a queue hands them out.

The workload has its own clock, so nobody waits for a hold to end or for a batch window to close.
"""

import heapq
import json
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote_plus

from moto.s3.models import s3_backends

from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from tests.builders import BUCKET, SAMPLES, sample

_ACCOUNT = "123456789012"
"""moto's account ID."""
BEGIN = datetime.now(UTC)
"""The workload's second 0. It is this machine's now, because functions read the machine's clock."""
_OPERATIONS = [
    path.name.removesuffix(".tflock.json")
    for path in sorted(SAMPLES.glob("s3-*.tflock.json"))
    if "migrate" not in path.name
]
_WHO = "runner@fv-az1337-421"
"""The holder's name, as on a runner of GitHub."""
_SHORTEST, _LONGEST = 15, 600
"""How many seconds plans and applies take."""
_LATE, _VERY_LATE = 2, 90
"""Seconds at most that S3 takes to tell: for most events, and for one in ``_ONE_IN``, so that the order is lost."""
_ONE_IN = 20
_ONE_TWICE_IN = 100
"""S3 tells an event at least once; one in this many comes twice."""


@dataclass(frozen=True)
class Cycle:
    """One lock that is taken and released."""

    key: str
    lock_id: str
    body: bytes
    taken: float
    released: float


def cycles(number: int, states: int, apart: float, run: str) -> Iterator[Cycle]:
    """Yield a number of locks, one every ``apart`` seconds, the states in turns; all runs differ only in names."""
    chance = random.Random(number)  # noqa: S311  a workload
    for index in range(number):
        state = index % states
        taken = index * apart + chance.random()
        # The hold ends before its state is locked again.
        held = min(chance.uniform(_SHORTEST, _LONGEST), 0.8 * states * apart)
        key = f"{run}/team-{state % 10}/service-{state}/terraform.tfstate.tflock"
        own = {
            "ID": str(uuid.UUID(int=chance.getrandbits(128))),
            "Who": _WHO,
            "Path": f"{BUCKET}/{key.removesuffix(LOCK_SUFFIX)}",
        }
        body = json.loads(sample(chance.choice(_OPERATIONS))) | own
        yield Cycle(key, body["ID"], json.dumps(body, separators=(",", ":")).encode(), taken, taken + held)


def notification(bucket: str, key: str, at: float, sequencer: int, stored: dict[str, Any]) -> dict[str, Any]:
    """Return one event in full length, as S3 tells it: an object that was put has an ETag, a delete marker has none."""
    name = "ObjectCreated:Put" if "eTag" in stored else "ObjectRemoved:DeleteMarkerCreated"
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": f"{BEGIN + timedelta(seconds=at):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
        "eventName": name,
        "userIdentity": {"principalId": "AWS:AROAJDPLRKLG7UEXAMPLE:GitHubActions-7182818284"},
        "requestParameters": {"sourceIPAddress": "203.0.113.9"},
        "responseElements": {
            "x-amz-request-id": "C3D13FE58DE4C810",
            "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD",
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "tflock-reaper",
            "bucket": {
                "name": bucket,
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": f"arn:aws:s3:::{bucket}",
            },
            "object": {"key": quote_plus(key, safe="/"), "sequencer": f"{sequencer:018X}", **stored},
        },
    }


class Clock:
    """A virtual clock that runs things at their second, in order."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def at(self, second: float, action: Callable[[], None]) -> None:
        """Plan something for a second."""
        heapq.heappush(self._due, (second, next(self._numbers), action))

    def run(self) -> None:
        """Run until nothing is left to do."""
        while self._due:
            self.now, _, action = heapq.heappop(self._due)
            action()


class BatchedQueue:
    """A queue that gathers messages for some seconds after the first, or until there are enough of them."""

    def __init__(self, clock: Clock, seconds: float, most: int, invoke: Callable[[list[str]], None]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._invoke = invoke
        self._gathered: list[str] = []

    def leave(self, message: str, delay: float = 0) -> None:
        """Leave a message that can be received from a second on."""
        self._clock.at(self._clock.now + delay, lambda: self._receive(message))

    def _receive(self, message: str) -> None:
        self._gathered.append(message)
        if len(self._gathered) == self._most:
            self._flush()
        elif len(self._gathered) == 1:
            batch = self._gathered
            self._clock.at(self._clock.now + self._seconds, lambda: self._flush() if self._gathered is batch else None)

    def _flush(self) -> None:
        batch, self._gathered = self._gathered, []
        self._invoke(batch)


class Bucket:
    """A versioned bucket in which the cycles take place; it tells of them."""

    def __init__(self, clock: Clock, s3: Any, bucket: str, tell: Callable[[dict[str, Any], float], None]) -> None:
        """Take the bucket, and ``tell``, which takes an event and the seconds until it is told."""
        self._clock = clock
        self._s3 = s3
        self._bucket = bucket
        self._tell = tell
        self._chance = random.Random(bucket)  # noqa: S311  a workload
        self._sequencers = count(0x0055AED6DCD90281E5)
        self.taken: dict[str, str] = {}
        """When each lock was, by its ID, in S3's words."""
        self.released: dict[str, str] = {}

    def expect(self, cycle: Cycle) -> None:
        """Plan that a lock is taken and released."""
        self._clock.at(cycle.taken, lambda: self._put(cycle))
        self._clock.at(cycle.released, lambda: self._delete(cycle))

    def _put(self, cycle: Cycle) -> None:
        put = self._s3.put_object(Bucket=self._bucket, Key=cycle.key, Body=cycle.body)
        self._stored(cycle.key).last_modified = (BEGIN + timedelta(seconds=self._clock.now)).replace(tzinfo=None)
        stored = {"size": len(cycle.body), "eTag": put["ETag"].strip('"'), "versionId": put["VersionId"]}
        self.taken[cycle.lock_id] = self._happened(cycle, stored)

    def _stored(self, key: str) -> Any:
        """Return moto's own object of what was put last; moto takes its time from this machine."""
        return s3_backends[_ACCOUNT]["aws"].get_object(self._bucket, key)

    def _delete(self, cycle: Cycle) -> None:
        marker = self._s3.delete_object(Bucket=self._bucket, Key=cycle.key)["VersionId"]
        self.released[cycle.lock_id] = self._happened(cycle, {"versionId": marker})

    def _happened(self, cycle: Cycle, stored: dict[str, Any]) -> str:
        """Tell an event, late and sometimes twice; return its time."""
        event = notification(self._bucket, cycle.key, self._clock.now, next(self._sequencers), stored)
        for _ in range(2 if self._chance.randrange(_ONE_TWICE_IN) == 0 else 1):
            late = _VERY_LATE if self._chance.randrange(_ONE_IN) == 0 else _LATE
            self._tell(event, self._chance.uniform(0, late))
        return str(event["eventTime"])
