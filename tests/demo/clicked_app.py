"""The app's end of a click."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs


class ClickedApp:
    """The app's end of a click: remembers each request, answers with ``status`` once ``may_answer`` is set."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.may_answer = threading.Event()
        self.may_answer.set()
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                app.requests.append((dict(self.headers), body))
                app.may_answer.wait(10)
                self.send_response(app.status)
                self.send_header("Location", "/somewhere/else")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/slack/actions?stage=demo"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(parse_qs(body.decode())["payload"][0]) for _, body in self.requests]

    def stop(self) -> None:
        self.may_answer.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
