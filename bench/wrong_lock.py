"""``python -m bench.wrong_lock [ROUNDS]``: how often a lock is deleted that nobody meant.

A run is dead and a person releases its lock, in S3, in a lock table or in both. Between the tool's last look at a place
and its delete there, the state changes hands: the old lock goes, another run takes its own. A proxy in front of the
local cloud makes that happen every time, right before it passes a delete on. ``terraform force-unlock`` and the
reaper's release run the same race.
"""

import dataclasses
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3

from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.locks.places import Places
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.aws.patience import WRITING
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.locks.place import Kind, Place
from chalicelib.jobs.clicks.release import release
from chalicelib.ports.locks import LockStore
from demo.local_cloud import ACCESS_KEY, REGION, SECRET_KEY, LocalCloud
from demo.terraform import LOCK_TABLE, Locking, TerraformState, find_terraform
from tests.builders import BUCKET, KEY, STATE_KEY, STATE_PATH, TABLE, a_click, an_item, sample, some_rules, with_tables
from tests.fakes.world import FakeWorld

_DEAD, _ALIVE = sample("s3-apply-default"), sample("s3-plan-default")
_ID = "78653438-8ad9-5195-0db7-201620792a67"
_HOP_BY_HOP = {"host", "connection", "transfer-encoding", "content-length"}


class Locks:
    """The places where the state is locked, behind the proxy's back."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._s3, self._dynamodb = cloud.client("s3"), cloud.client("dynamodb")

    def make(self) -> None:
        """Make the bucket and the table."""
        self._s3.create_bucket(Bucket=BUCKET)
        self._dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def lock(self, locking: Locking, body: bytes) -> None:
        """Lock the state as a run does."""
        if locking.in_s3:
            self._s3.put_object(Bucket=BUCKET, Key=KEY, Body=body)
        if locking.in_table:
            self._dynamodb.put_item(TableName=TABLE, Item=an_item(body=body))

    def left(self) -> int:
        """Return at how many places the state is locked; unlock it."""
        in_s3 = "Contents" in self._s3.list_objects_v2(Bucket=BUCKET, Prefix=KEY)
        key = {"LockID": {"S": STATE_PATH}}
        in_table = "Item" in self._dynamodb.get_item(TableName=TABLE, Key=key)
        self._s3.delete_object(Bucket=BUCKET, Key=KEY)
        self._dynamodb.delete_item(TableName=TABLE, Key=key)
        return in_s3 + in_table


class _Swapping(BaseHTTPRequestHandler):
    """A handler that passes everything on; a lock that is about to be deleted changes hands first."""

    server: "SwappingProxy"

    def _pass_on(self) -> None:
        if self.command == "DELETE" and ".tflock" in self.path:
            self.server.locks.lock(Locking.S3, _ALIVE)
        if self.headers.get("X-Amz-Target", "").endswith(".DeleteItem"):
            self.server.locks.lock(Locking.TABLE, _ALIVE)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        # The signature covers Host, and MiniStack reads the address from it.
        request = urllib.request.Request(  # noqa: S310
            self.server.target + self.path, body or None, headers | {"Host": self.headers["Host"]}, method=self.command
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                self._answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            self._answer(error.code, error.headers, error.read())

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = _pass_on  # noqa: N815

    def _answer(self, status: int, headers: Any, body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class SwappingProxy(ThreadingHTTPServer):
    """A proxy in front of the local cloud."""

    daemon_threads = True

    def __init__(self, cloud: LocalCloud, locks: Locks) -> None:
        super().__init__(("127.0.0.1", 0), _Swapping)
        self.target = cloud.url
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.locks = locks
        threading.Thread(target=self.serve_forever, daemon=True).start()


def main(rounds: int) -> None:
    """Run the race for both, for each way to lock, and print who deleted locks of a live run how often."""
    program = find_terraform()
    with tempfile.TemporaryDirectory() as folder, LocalCloud(Path(folder) / "cloud") as cloud:
        locks = Locks(cloud)
        locks.make()
        proxy = SwappingProxy(cloud, locks)
        environment = cloud.environment | {"AWS_ENDPOINT_URL": proxy.url}
        print(f"{'locked in':<16}{'released by':<24}rounds  live locks deleted")
        for locking in Locking:
            tools: dict[str, Callable[[], None]] = {"tflock-reaper": partial(_reaper, proxy, locking)}
            if program:
                home = Path(folder) / locking.name
                state = TerraformState(program, home, bucket=BUCKET, key=STATE_KEY, environment=environment)
                state.lock_in(locking)
                state.must("init")
                tools["terraform force-unlock"] = partial(_force_unlock, state)
            for name, run in tools.items():
                _print(locking, name, [_round(locks, locking, run) for _ in range(rounds)])
        proxy.shutdown()
        proxy.server_close()


def _print(locking: Locking, name: str, deleted: list[int]) -> None:
    places = {Locking.S3: "S3", Locking.TABLE: "a table", Locking.BOTH: "S3 and a table"}
    live = len(deleted) * (locking.in_s3 + locking.in_table)
    print(f"{places[locking]:<16}{name:<24}{len(deleted):>6}  {sum(deleted)} of {live}")


def _round(locks: Locks, locking: Locking, run: Callable[[], None]) -> int:
    """Run one race; return how many locks of the live run are gone afterwards."""
    locks.lock(locking, _DEAD)
    run()
    return locking.in_s3 + locking.in_table - locks.left()


def _force_unlock(state: TerraformState) -> None:
    state.run("force-unlock", "-force", _ID)


def _reaper(proxy: SwappingProxy, locking: Locking) -> None:
    store = _store(proxy)
    item, s3 = Place(Kind.DYNAMODB, LOCK_TABLE, STATE_PATH), Place(Kind.S3, BUCKET, KEY)
    shown = [lock for place in (item, s3) if (lock := store.read(place))]
    if len(shown) != locking.in_s3 + locking.in_table:
        raise RuntimeError("the lock to be released is not there")
    taken = shown[-1].ref.since
    world = dataclasses.replace(FakeWorld(taken).ports, store=store)
    click = a_click(shown[-1], halves=tuple(lock.ref for lock in shown) if len(shown) > 1 else ())
    ending = release(click, world, with_tables(some_rules()), taken)
    if ending is None or ending.outcome is not Outcome.REPLACED:
        raise RuntimeError(f"the reaper should have seen that the lock was replaced, and says {ending}")


def _store(proxy: SwappingProxy) -> Places:
    """Return the product's stores, with clients as the functions have them, behind the proxy."""
    keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY, "region_name": REGION}
    settings: dict[str, Any] = {"endpoint_url": proxy.url, "config": WRITING, **keys}
    s3, dynamodb = boto3.client("s3", **settings), boto3.client("dynamodb", **settings)
    stores: dict[Kind, LockStore] = {
        Kind.S3: S3LockStore(*[lambda *_: s3] * 3),
        Kind.DYNAMODB: DynamoLockStore(*[lambda *_: dynamodb] * 3),
    }
    return Places(stores, covers=lambda _place: True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
