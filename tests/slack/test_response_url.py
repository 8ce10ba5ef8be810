"""Slack's ``response_url``: which addresses are Slack's, and that an answer through one never does harm."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chalicelib.slack.reply_address import usable
from chalicelib.slack.response_url import answer

SLACK, GOV, HERE = "https://slack.com/api/", "https://slack-gov.com/api/", "http://127.0.0.1:8080/api/"


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://hooks.slack.com/actions/T0DEMO/17/abc", SLACK),
        ("https://hooks.slack.com/commands/T0DEMO/17/abc", SLACK),
        ("https://hooks.slack-gov.com/actions/T0DEMO/17/abc", GOV),
        ("http://127.0.0.1:8080/actions/T0DEMO/17/abc", HERE),
    ],
)
def test_an_address_of_the_slack_that_is_configured_is_used(url: str, api: str) -> None:
    assert usable(url, api)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://hooks.slack.com",
        "http://hooks.slack.com/actions/x",
        "HTTPS://hooks.slack.com/actions/x",
        "https://hooks.slack.com.evil.example/actions/x",
        "https://hooks.slack.com@evil.example/actions/x",
        "https://hooks.slack.com:pass@evil.example/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com\\@evil.example/x",
        "https://hooks.slack.com/\\evil.example/x",
        "https://evil.example/https://hooks.slack.com/x",
        "https://hooks.slack.com/x\r\nHost: evil.example",
        "https://hooks.slack.com/x y",
        "https://hooks.slack.com/\N{FULLWIDTH SOLIDUS}x",
        "https://hooks.sla\N{KELVIN SIGN}.com/x",
        "https://hooks.slack-gov.com/actions/x",
        "https://hooks.slack.com/" + "x" * 3000,
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:8080/actions/x",
        "file:///etc/passwd",
        "//hooks.slack.com/x",
        " https://hooks.slack.com/x",
    ],
)
def test_no_address_but_slack_s_own_is_called(url: str) -> None:
    assert not usable(url, SLACK)


class Hook(HTTPServer):
    """An address that answers as it is told."""

    status, body = 200, b"ok"
    heard: list[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/actions/T0DEMO/17/secret"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = self.server
        assert isinstance(hook, Hook)
        hook.heard.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(hook.status)
        self.end_headers()
        self.wfile.write(hook.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook(("127.0.0.1", 0), _Handler)
    server.heard = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_answer_is_for_one_person_and_leaves_the_message_as_it_is(hook: Hook) -> None:
    assert answer(hook.url, "why not")
    assert hook.heard == [b'{"text": "why not", "response_type": "ephemeral", "replace_original": false}']


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b'{"ok":false,"error":"expired_url"}'),
        (404, b'{"ok":false,"error":"used_url"}'),
        (200, b'{"ok": false, "error": "cannot_parse"}'),
        (500, b"<html>"),
        (403, b"\xff\xfe a proxy's page"),
        (200, b"\xff\xfe"),
        (429, b""),
    ],
)
def test_an_address_that_slack_does_not_take_is_one_that_does_not_work(hook: Hook, status: int, body: bytes) -> None:
    hook.status, hook.body = status, body
    assert not answer(hook.url, "why not")
    assert len(hook.heard) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://slack.invalid/x", "http://127.0.0.1:9/a b"])
def test_an_address_that_cannot_be_reached_is_one_that_does_not_work_and_is_never_logged(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert not answer(url, "why not")
    assert caplog.records == []
