"""Serve buckets over HTTP/1.1, with the latency and the refusals of a busy S3."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from urllib.parse import parse_qsl, unquote

from bench.list_server.answers import error, listing
from bench.list_server.keys import Keys

_BODY = (
    b'{"ID":"78653438-8ad9-5195-0db7-201620792a67","Operation":"OperationTypeApply","Info":"","Who":"runner@bench",'
    b'"Version":"1.11.4","Created":"2026-11-01T08:15:30.5Z","Path":"bench/terraform.tfstate"}'
)


@dataclass
class World:
    """What is served, and how well. ``requests`` counts what was asked, by what it was answered."""

    buckets: Mapping[str, Keys]
    seconds: float = 0.0
    """How long each answer takes."""
    refused: float = 0.0
    """Which part of all requests is answered with 503 SlowDown."""
    requests: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    """How many answers are under way."""
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  the same refusals each time

    def answer(self, method: str, target: str) -> tuple[str, bytes]:
        """Return the status and the body for a request."""
        path, _, query = target.partition("?")
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        asked = dict(parse_qsl(query, keep_blank_values=True))
        if bucket == "counted":
            told = " ".join(f"{name}={number}" for name, number in self.requests.items())
            self.requests.clear()
            return "200 OK", told.encode()
        status, body = self._answer(bucket, key, asked)
        self.requests[status[:3]] = self.requests.get(status[:3], 0) + 1
        return status, b"" if method == "HEAD" else body

    def _answer(self, bucket: str, key: str, asked: Mapping[str, str]) -> tuple[str, bytes]:
        if self.refused and self.chance.random() < self.refused:
            return "503 Slow Down", error("SlowDown")
        keys = self.buckets.get(bucket)
        if keys is None:
            return "404 Not Found", error("NoSuchBucket")
        if key:
            return "200 OK", _BODY
        if "location" in asked:
            return "200 OK", b"<LocationConstraint>us-east-1</LocationConstraint>"
        return "200 OK", listing(bucket, keys, asked)


class _Connection(asyncio.Protocol):
    """One connection; requests have no bodies."""

    def __init__(self, world: World, open_now: "set[_Connection]") -> None:
        self._world, self._open_now, self._read = world, open_now, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._open_now.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._transport = None
        self._open_now.discard(self)

    def close(self) -> None:
        """Close the connection, whatever is under way."""
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
            if self._world.seconds and "/counted" not in target:
                self._world.waiting += 1
                asyncio.get_running_loop().call_later(self._world.seconds, self._reply_late, method, target)
            else:
                self._reply(method, target)

    def _reply_late(self, method: str, target: str) -> None:
        self._world.waiting -= 1
        self._reply(method, target)

    def _reply(self, method: str, target: str) -> None:
        status, body = self._world.answer(method, target)
        kind = "application/json" if body is _BODY else "application/xml"
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nServer: AmazonS3\r\n"
            'x-amz-request-id: BENCH\r\nETag: "9b2cf535f27731c974343645a3985328"\r\n'
            "Last-Modified: Sun, 01 Nov 2026 08:15:30 GMT\r\n\r\n"
        )
        if self._transport:
            self._transport.write(b"".join((head.encode(), body)))


@contextmanager
def serving(world: World) -> Iterator[str]:
    """Serve in a thread of this process; give the URL. Open connections are closed at the end."""
    loop = asyncio.new_event_loop()
    open_now: set[_Connection] = set()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = loop.create_server(lambda: _Connection(world, open_now), "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result(5)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(_close(server, open_now), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _close(server: asyncio.Server, open_now: "set[_Connection]") -> None:
    server.close()
    for connection in list(open_now):
        connection.close()
    while open_now:
        await asyncio.sleep(0)


def serve(world: World, port: int) -> None:
    """Serve until the process ends; print the URL as soon as it answers."""

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(world, set()), "127.0.0.1", port, backlog=512)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()

    asyncio.run(forever())
