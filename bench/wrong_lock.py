"""``python -m bench.wrong_lock [ROUNDS]``: how often a lock is deleted that nobody meant.

A run is dead and a person releases its lock. Between the tool's last look and its delete the state changes hands: the
old lock goes, another run takes its own. A proxy in front of the local cloud's S3 makes that happen every time, right
before it passes the DELETE on. `terraform force-unlock` and the reaper's release run the same race.
"""

import dataclasses
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3

from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.locks.place import Kind, Place
from chalicelib.jobs.clicks.release import release
from chalicelib.wiring import WRITING
from demo.local_cloud import ACCESS_KEY, REGION, SECRET_KEY, LocalCloud
from demo.terraform import TerraformState, find_terraform
from tests.builders import BUCKET, a_click, sample, some_rules
from tests.fakes.world import FakeWorld

_KEY = "prod/network/terraform.tfstate"
_HOP_BY_HOP = {"host", "connection", "transfer-encoding", "content-length"}


class _Swapping(BaseHTTPRequestHandler):
    """A handler that passes everything on; a lock that is about to be deleted changes hands first."""

    server: "SwappingProxy"

    def _pass_on(self) -> None:
        if self.command == "DELETE" and ".tflock" in self.path:
            self.server.swap()
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

    def __init__(self, cloud: LocalCloud) -> None:
        super().__init__(("127.0.0.1", 0), _Swapping)
        self.target = cloud.url
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._s3 = cloud.client("s3")
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def swap(self) -> None:
        """Remove the dead run's lock, and take a live run's."""
        self._s3.delete_object(Bucket=BUCKET, Key=f"{_KEY}.tflock")
        self._s3.put_object(Bucket=BUCKET, Key=f"{_KEY}.tflock", Body=sample("s3-plan-default"))


def main(rounds: int) -> None:
    """Run the race for both and print who deleted the live run's lock how often."""
    program = find_terraform()
    with tempfile.TemporaryDirectory() as folder, LocalCloud(Path(folder) / "cloud") as cloud:
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        proxy = SwappingProxy(cloud)
        tools = {"tflock-reaper": _reaper(proxy)}
        if program:
            environment = cloud.environment | {"AWS_ENDPOINT_URL": proxy.url}
            state = TerraformState(program, Path(folder) / "tf", bucket=BUCKET, key=_KEY, environment=environment)
            state.must("init")
            tools["terraform force-unlock"] = lambda: _force_unlock(state)
        for name, run in tools.items():
            wrong = sum(_round(s3, run) for _ in range(rounds))
            print(f"{name:<24} deleted the lock of a live run in {wrong} of {rounds} rounds")
        proxy.shutdown()
        proxy.server_close()


def _round(s3: Any, run: Any) -> bool:
    """Run one race; return whether the live run's lock is gone afterwards."""
    s3.delete_object(Bucket=BUCKET, Key=f"{_KEY}.tflock")
    s3.put_object(Bucket=BUCKET, Key=f"{_KEY}.tflock", Body=sample("s3-apply-default"))
    run()
    return "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{_KEY}.tflock")


def _force_unlock(state: TerraformState) -> None:
    state.run("force-unlock", "-force", "78653438-8ad9-5195-0db7-201620792a67")


def _reaper(proxy: SwappingProxy) -> Any:
    keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY, "region_name": REGION}
    client = boto3.client("s3", endpoint_url=proxy.url, config=WRITING, **keys)  # type: ignore[call-overload]
    store = S3LockStore(*[lambda _bucket: client] * 3)

    def run() -> None:
        lock = store.read(Place(Kind.S3, BUCKET, f"{_KEY}.tflock"))
        if lock is None:
            raise RuntimeError("the lock to be released is not there")
        taken = lock.ref.since
        world = dataclasses.replace(FakeWorld(taken).ports, store=store)
        ending = release(a_click(lock), world, some_rules(), taken)
        if ending is None or ending.outcome is not Outcome.REPLACED:
            raise RuntimeError(f"the reaper should have seen that the lock was replaced, and says {ending}")

    return run


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
