"""An S3 between an operator and the local cloud that ignores conditions, as some S3-compatible stores do."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

_IGNORED = {"if-match", "if-none-match", "connection", "transfer-encoding", "content-length", "expect"}


class _Careless(ThreadingHTTPServer):
    daemon_threads = True
    behind = ""


class _Handler(BaseHTTPRequestHandler):
    server: _Careless
    protocol_version = "HTTP/1.1"

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sent = {name: value for name, value in self.headers.items() if name.lower() not in _IGNORED}
        behind = http.client.HTTPConnection(self.server.behind, timeout=60)
        behind.request(self.command, self.path, body, sent)
        answer = behind.getresponse()
        content = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _IGNORED:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        behind.close()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _hand_on  # noqa: N815  the names of its base class

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def a_careless_s3(behind: str) -> Iterator[str]:
    """Its address, while it runs."""
    with _Careless(("127.0.0.1", 0), _Handler) as server:
        server.behind = str(urlsplit(behind).netloc)
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
