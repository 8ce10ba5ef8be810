"""The app's end of what Slack sends."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl


class ClickedApp:
    """Remembers each click or command, answers with ``status`` and ``body`` once ``may_answer`` is set."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.body = b""
        self.kind = "application/json"
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
                self.send_header("Content-Type", app.kind)
                self.end_headers()
                self.wfile.write(app.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/slack/actions?stage=demo"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(parse_qs(body.decode())["payload"][0]) for _, body in self.requests]

    @property
    def forms(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(body.decode(), keep_blank_values=True)) for _, body in self.requests]

    def says(self, **answer: Any) -> None:
        self.body = json.dumps(answer).encode()

    def stop(self) -> None:
        self.may_answer.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
