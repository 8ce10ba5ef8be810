"""An S3 between the functions and the local cloud that never answers a listing of some buckets."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

_HOP = {"connection", "transfer-encoding", "content-length"}


class HangingS3(ThreadingHTTPServer):
    """A server that hands requests on; a listing of a bucket in ``hang`` gets no answer until ``let_go``."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = str(urlsplit(behind).netloc)
        self.hang: set[str] = set()
        self.hung: list[str] = []
        self.let_go = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def holds(self, path: str) -> bool:
        """Note and return whether a request is a listing that gets no answer."""
        bucket, _, key = urlsplit(path).path.lstrip("/").partition("/")
        if key or bucket not in self.hang:
            return False
        self.hung.append(bucket)
        return True


class _Handler(BaseHTTPRequestHandler):
    server: HangingS3
    protocol_version = "HTTP/1.1"

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.holds(self.path):
            self.server.let_go.wait()
            self.close_connection = True
            return
        behind = http.client.HTTPConnection(self.server.behind, timeout=60)
        behind.request(self.command, self.path, body, dict(self.headers))
        answer = behind.getresponse()
        self._answer(answer, answer.read())
        behind.close()

    def _answer(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _hand_on  # noqa: N815  the names of its base class

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def a_hanging_s3(behind: str) -> Iterator[HangingS3]:
    with HangingS3(behind) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.let_go.set()
        server.shutdown()
