"""A Slack, or what stands between it and us, that answers with any bytes at all."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl


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


def too_many(wait: str | None, body: str = '{"ok":false,"error":"ratelimited"}') -> bytes:
    return http(body, "429 Too Many Requests", **({} if wait is None else {"Retry_After": wait}))


PAGE = "<html><body><h1>Sign in to the guest Wi-Fi</h1></body></html>"

RATE_LIMITS = {
    f"429, Retry-After {wait!r}": too_many(wait)
    for wait in (
        "",
        "soon",
        "-1",
        "-0.5",
        "99999999999999999999",
        "1e400",
        "nan",
        "Wed, 21 Oct 2026 07:28:00 GMT",
        "1,2",
    )
} | {
    "429 without Retry-After": too_many(None),
    "429 for an hour": too_many("3600"),
    "429 of a proxy": http(PAGE, "429 Too Many Requests", Content_Type="text/html"),
    "429 that is no text": http(b"\xff\xfe\x00", "429 Too Many Requests", Retry_After="soon"),
    "429 with two words for it": http('{"ok":false,"error":"message_limit_exceeded"}', "429 Too Many Requests"),
    "429 in an unknown charset": http("{}", "429 Too Many Requests", Content_Type="text/plain; charset=klingon"),
}
"""Refusals of how much was sent: none was carried out."""

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

HALF = {
    "ok, and no more": said(ok=True),
    "ok, all null": said(ok=True, channel=None, ts=None, message=None, messages=None, users=None, user=None),
    "ok, all numbers": said(ok=True, channel=1, ts=1.5, message=2, messages=3, users=4, user=5),
    "ok, all empty texts": said(ok=True, channel="", ts="", message="", messages="", users="", user=""),
    "ok, all lists of wrong things": said(ok=True, channel=[], ts=[], message=[], messages={}, users=[1], user=[]),
    "ok, without the message": said(ok=True, channel="C0", ts="1.000001", messages=None, user={}, users={}),
    "ok, with a ts that is none": said(ok=True, channel="C0", ts="now", message={}, user={"id": None}),
    "ok, in a thread that is none": said(ok=True, channel="C0", ts="1.1", message={"thread_ts": 5}, user={"id": ""}),
}
"""Slack says ok, and not what its answer must have."""

WORDY = {
    "details that are no list": said(ok=False, error="invalid_auth", response_metadata={"messages": None}),
    "details of wrong types": said(ok=False, error="invalid_auth", response_metadata={"messages": [1, None, {}]}),
    "details that are a text": said(ok=False, error="invalid_auth", response_metadata="none"),
    "details as a list": said(ok=False, error="invalid_auth", response_metadata=[]),
}
"""Refusals with odd details."""


@dataclass
class OddSlack:
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
        slack: OddSlack = self.server.slack  # type: ignore[attr-defined]
        asked = (
            json.loads(body)
            if b"json" in named.get(b"content-type", b"")
            else dict(parse_qsl(body.decode(errors="replace")))
        )
        slack.asked.append(asked)
        self.wfile.write(slack.answer(asked))


@contextmanager
def odd_slack() -> Iterator[OddSlack]:
    with ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        slack = OddSlack(f"http://127.0.0.1:{server.server_address[1]}/api/")
        server.slack = slack  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield slack
        server.shutdown()
