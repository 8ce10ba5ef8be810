"""Serve the stand-in over HTTP: the Web API under /api/, the page, its live events. It decides nothing."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from demo.slack_standin.board import Board
from demo.slack_standin.model import SlackError, Workspace
from demo.slack_standin.page_view import page_view
from demo.slack_standin.responses import Responses
from demo.slack_standin.web_api import Answer, WebApi

FromPage = Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]
_PAGE = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = {"/" if one.name == "page.html" else f"/{one.name}": one for one in _PAGE.iterdir() if one.suffix in _TYPES}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https:; connect-src 'self'"
_HEARTBEAT = 10.0  # seconds; writing is how the server learns that a browser has left
_LARGEST_BODY = 2_000_000


@dataclass(frozen=True)
class Served:
    """What is behind the HTTP."""

    workspace: Workspace
    board: Board
    api: WebApi
    from_page: FromPage
    responses: Responses


class Server(ThreadingHTTPServer):
    """A threading server that can be stopped: it knows its open connections and hangs up on them."""

    request_queue_size = 64

    def __init__(self, address: tuple[str, int], served: Served) -> None:
        self.served = served
        self.stopping = False
        self._open: dict[socket.socket, threading.Thread] = {}
        self._open_guard = threading.Lock()
        self._loop = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name="slack-standin")
        super().__init__(address, _Handler)

    def start(self) -> None:
        """Serve, in a daemon thread."""
        self._loop.start()

    def server_bind(self) -> None:
        """Bind, without asking DNS for this machine's name as HTTPServer does: that takes seconds on some."""
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection in a thread of its own, and remember both."""
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._open_guard:
            self._open[request] = thread
        thread.start()

    def wait_for_change(self, seen: int) -> None:
        """Wait until there is news since that revision, or the end, or it is time for a heartbeat."""
        with self.served.board.changed:
            self.served.board.changed.wait_for(lambda: self.stopping or self.served.board.revision != seen, _HEARTBEAT)

    def shutdown_request(self, request: Any) -> None:
        """Close one connection."""
        super().shutdown_request(request)
        with self._open_guard:
            self._open.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print an error, unless a browser left in the middle or a connection was ended at the stop."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Take no more requests, wake and end what is open, wait until all threads are gone."""
        self.shutdown()
        self._loop.join()
        self.server_close()
        with self.served.board.changed:
            self.stopping = True
            self.served.board.changed.notify_all()
        with self._open_guard:
            still_open = dict(self._open)
            for connection in still_open:
                _hang_up(connection)
        for thread in still_open.values():
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One request; HTTP/1.0, so that each has its own connection."""

    @property
    def _slack(self) -> Server:
        return cast("Server", self.server)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: every call is in ``SlackStandIn.calls``."""

    def do_GET(self) -> None:
        """Serve the page, its files and its events; and the Web API, whose reading methods slack_sdk calls with GET."""
        url = urlsplit(self.path)
        if url.path.startswith("/api/"):
            self._api(url.path, dict(parse_qsl(url.query)))
        elif url.path == "/events":
            self._events()
        else:
            self._file(url.path)

    def do_POST(self) -> None:
        """Take a call of the Web API, an answer to a click or command, or what a person does on the page."""
        url = urlsplit(self.path)
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _LARGEST_BODY))
        if url.path.startswith("/api/"):
            self._api_post(url.path, body)
        elif url.path in self._slack.served.from_page:
            self._from_page(url.path, body)
        elif self._slack.served.responses.knows(url.path):
            self._reply(*self._slack.served.responses.take(url.path, body))
        else:
            self._reply(404, {"ok": False, "error": "the stand-in does not serve this"})

    def _api_post(self, path: str, body: bytes) -> None:
        try:
            self._api(path, _arguments(self.headers.get_content_type(), body))
        except SlackError as error:
            self._reply(200, {"ok": False, "error": error.error})

    def _api(self, path: str, arguments: dict[str, Any]) -> None:
        in_body = arguments.pop("token", None)
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        # A token inside a JSON body does not count: https://docs.slack.dev/apis/web-api, "POST bodies".
        form = self.headers.get_content_type() != "application/json"
        answer = self._slack.served.api.call(
            path.removeprefix("/api/"), bearer or (in_body if form else None), arguments
        )
        self._send_answer(answer)

    def _send_answer(self, answer: Answer) -> None:
        if answer.status == 0:
            _hang_up(self.connection)
        elif answer.status == 500:  # noqa: PLR2004
            self._send(500, "text/plain", b"Internal Server Error")
        else:
            extra = {"Retry-After": str(answer.retry_after)} if answer.retry_after is not None else {}
            self._reply(answer.status, answer.response, extra | self._scopes(answer))

    def _scopes(self, answer: Answer) -> dict[str, str]:
        """Return the header with the token's scopes, which Slack sends with what it carried out."""
        scopes = ",".join(sorted(self._slack.served.workspace.scopes))
        return {"X-OAuth-Scopes": scopes} if answer.response.get("ok") else {}

    def _from_page(self, path: str, body: bytes) -> None:
        if self.headers.get_content_type() != "application/json":  # a form on another site must not click
            self._reply(415, {"error": "the page sends application/json"})
            return
        try:
            self._reply(200, self._slack.served.from_page[path](json.loads(body)))
        except (LookupError, RuntimeError, SlackError, TypeError, ValueError) as error:
            self._reply(409, {"error": str(error)})

    def _file(self, path: str) -> None:
        file = _FILES.get(path)
        if file is None:
            self._reply(404, {"error": "not found"})
        else:
            self._send(200, f"{_TYPES[file.suffix]}; charset=utf-8", file.read_bytes())

    def _events(self) -> None:
        """Send server-sent events: the whole view at every change; the page finds the differences itself."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        seen = -1
        while not self._slack.stopping:
            if self._slack.served.board.revision == seen:
                self.wfile.write(b": still here\n\n")
            else:
                seen = self._slack.served.board.revision
                view = page_view(self._slack.served.workspace, self._slack.served.board)
                self.wfile.write(b"data: %s\n\n" % json.dumps(view).encode())
            self._slack.wait_for_change(seen)

    def _reply(self, status: int, value: dict[str, Any], extra: dict[str, str] | None = None) -> None:
        self._send(status, "application/json; charset=utf-8", json.dumps(value).encode(), extra)

    def _send(self, status: int, kind: str, body: bytes, extra: dict[str, str] | None = None) -> None:
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        self.send_response(status)
        for name, value in (headers | {"Content-Security-Policy": _POLICY} | (extra or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


def _arguments(kind: str, body: bytes) -> dict[str, Any]:
    """Return the arguments of a POST in one of the two forms that Slack takes. Raises SlackError."""
    if kind != "application/json":
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value
