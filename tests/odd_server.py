"""A server, or what stands between it and us, that answers with any bytes at all."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import pytest


def http(body: bytes | str, status: str = "200 OK", **headers: str) -> bytes:
    """An answer in good HTTP, whatever is in it; ``Content_Type`` is the header of that name."""
    body = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def said(**answer: Any) -> bytes:
    """JSON as Slack sends it, but for what it says."""
    return http(json.dumps(answer))


PAGE = "<html><body><h1>Sign in to the guest Wi-Fi</h1></body></html>"


UNCLEAR = {
    "nothing at all": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "half a status line": b"HTTP/1.1 20",
    "a status that is no number": b"HTTP/1.1 OK fine\r\n\r\n",
    "a header without end": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    "more headers than one can count": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "200 with nothing": http(""),
    "204": http("", "204 No Content"),
    "a proxy's page": http(PAGE, Content_Type="text/html"),
    "a page that begins like JSON": http("{not json"),
    "a page that is not UTF-8": http(b"\xff\xfe\x00\x80"),
    "a charset that nobody knows": http("{}", Content_Type="text/html; charset=klingon"),
    "UTF-16": http('{"ok":true}'.encode("utf-16")),
    "cut in the middle": http('{"ok":true,"ts":"1.0', Content_Length="500"),
    "garbage in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "chunks that end early": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
    "gzip": http(gzip.compress(b'{"ok":true}'), Content_Type="application/gzip"),
    "gzip that is none": http(b"\x1f\x8b\x08garbage", Content_Type="application/gzip"),
    "packed although nobody asked": http(gzip.compress(b'{"ok":true}'), Content_Encoding="gzip"),
    "a length that is no number": http("{}", Content_Length="many"),
    "a redirect to a page": http("", "302 Found", Location="/page"),
    "a redirect to nowhere": http("", "307 Temporary Redirect"),
    "a redirect to something else": http("", "302 Found", Location="file:///etc/passwd"),
    "a redirect without end": http("", "301 Moved Permanently", Location="/api/again"),
    "JSON null": http("null"),
    "JSON, a list": http("[]"),
    "JSON, a list of objects": http('[{"ok":true}]'),
    "JSON, a number": http("1"),
    "JSON, a text": http('"ok"'),
    "JSON, true": http("true"),
    "JSON without an end": http('{"ok":true'),
    "JSON nested too deep": http('{"ok":' + "[" * 100_000),
    "JSON nested 1,200 deep": http('{"ok":true,"x":' + "[" * 1200 + "]" * 1200 + "}"),
    "JSON with a lone surrogate": http('{"ok":"\\ud800"}'),
    "an empty object": said(),
    "ok is a text": said(ok="true"),
    "ok is 1": said(ok=1, ts="1.000001", channel="C0", message={}, messages=[], users=[]),
    "ok is null": said(ok=None),
    "no, without why": said(ok=False),
    "no, and why is null": said(ok=False, error=None),
    "no, and why is a number": said(ok=False, error=404),
    "no, and why is an object": said(ok=False, error={"code": "is_archived"}),
    "no, and why is a sentence": said(ok=False, error="Something went wrong."),
    "a bare 500": http("Internal Server Error", "500 Internal Server Error", Content_Type="text/plain"),
    "a 503 that is not UTF-8": http(b"\xff\xff", "503 Service Unavailable"),
    "a 502 that says ok": http('{"ok":true}', "502 Bad Gateway"),
    "a 407 of a proxy": http(PAGE, "407 Proxy Authentication Required", Content_Type="text/html"),
    "a 403 of a firewall": http(PAGE, "403 Forbidden", Content_Type="text/html"),
}
"""Answers that do not say whether it was done."""


@dataclass
class OddServer:
    """Answers as it is told; ``asked`` are the bodies of the requests."""

    api_url: str
    answer: Callable[[dict[str, Any]], bytes] = lambda _: b""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def always(self, answer: bytes) -> None:
        self.answer = lambda _: answer
        self.asked.clear()


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        headers = iter(lambda: self.rfile.readline().strip(), b"")
        named = dict(line.lower().split(b":", 1) for line in headers if b":" in line)
        if b"expect" in named:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self.rfile.read(int(named.get(b"content-length", b"0")))
        odd: OddServer = self.server.odd  # type: ignore[attr-defined]
        asked = (
            json.loads(body)
            if b"json" in named.get(b"content-type", b"")
            else dict(parse_qsl(body.decode(errors="replace")))
        )
        odd.asked.append(asked)
        self.wfile.write(odd.answer(asked))


@contextmanager
def an_odd_server() -> Iterator[OddServer]:
    with ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        odd = OddServer(f"http://127.0.0.1:{server.server_address[1]}/api/")
        server.odd = odd  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield odd
        server.shutdown()


ODD_ANSWERS = [
    pytest.mark.thorough,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""For a module that asks an ``odd_server``: what was being read when an answer broke off is closed when collected."""
