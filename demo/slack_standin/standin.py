"""Run the stand-in as a whole, for tests and the demo: start it, look at what the app did, click."""

import contextlib
import html
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from demo.slack_standin import outgoing
from demo.slack_standin.board import Board, Draft
from demo.slack_standin.clicks import Click, Clicks
from demo.slack_standin.commands import Command, Commands
from demo.slack_standin.failures import Refusal, Throttle
from demo.slack_standin.mentions import mentioned
from demo.slack_standin.model import Call, Message, Workspace
from demo.slack_standin.responses import Responses
from demo.slack_standin.server import Served, Server
from demo.slack_standin.web_api import WebApi

_POSTS_PER_SECOND = 1.0


class SlackStandIn:
    """One Slack workspace with one app in it.

    ``request_url`` is where clicks go, the app's ``POST /slack/actions``; ``command_url`` where slash commands go.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        burst: int = 5,
    ) -> None:
        self.workspace = workspace
        self.request_url: str | None = None
        self.command_url: str | None = None
        self._clock = clock
        self._address = ("127.0.0.1", port)
        self._board = Board(clock)
        self._clicks = Clicks(workspace, self._board)
        self._commands = Commands(workspace, self._board)
        self._responses = Responses(self._board, workspace.bot_user_id, clock)
        self._api = WebApi(workspace, self._board, Throttle(_POSTS_PER_SECOND, burst, clock))
        self._server: Server | None = None

    def start(self) -> None:
        """Listen; from now on ``url`` is known. Port 0 takes any free one."""
        if self._server is not None:
            raise RuntimeError("this Slack stand-in is running already")
        from_page = {"/click": self._clicked, "/compose": self._composed}
        served = Served(self.workspace, self._board, self._api, from_page, self._responses)
        self._server = Server(self._address, served)
        self._server.start()

    def stop(self) -> None:
        """Hang up on everyone and stop listening; no thread or socket is left. Messages and calls stay readable."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Return where the page is."""
        if self._server is None:
            raise RuntimeError("this Slack stand-in is not running: call start() first")
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def api_url(self) -> str:
        """Return what slack_sdk's WebClient takes as ``base_url``."""
        return f"{self.url}/api/"

    def messages(self, channel: str | None = None) -> list[Message]:
        """Return the messages that everyone in the channel (or in any) sees now, oldest first, with replies."""
        return self._board.public(channel)

    def replies(self, channel: str, ts: str) -> list[Message]:
        """Return what everyone sees in the thread of a message, oldest first, without the message itself."""
        return self._board.replies(channel, ts)

    def ephemerals(self, user: str) -> list[Message]:
        """Return what only this user sees, oldest first."""
        return [message for message in self._board.everything() if message.ephemeral_to == user]

    def direct_messages(self, user: str) -> list[Message]:
        """Return the app's direct messages with this user, oldest first."""
        return self._board.public(self.workspace.direct(user).id)

    def notifications(self, user: str) -> list[Message]:
        """Return the messages and replies that mentioned the user when they were posted, as they were then.

        They mentioned the user by name, a user group, or all of the channel. An edit notifies nobody; messages for one
        person's eyes do not count.
        """
        return [one for one in self._board.as_posted() if user in mentioned(self.workspace, one)]

    def calls(self, method: str | None = None) -> list[Call]:
        """Return what the app asked for, in order, refused calls too."""
        with self._board.changed:
            return [call for call in self._api.log if method in (None, call.method)]

    def say(self, user: str, channel: str, text: str) -> Message:
        """Write into a channel, as a person."""
        place = self.workspace.channel(channel)
        return self._board.post(Draft(place.id, self.workspace.user(user).id, text))

    def enter(self, user: str, channel: str, text: str) -> None:
        """Type into the composer of a channel, as a person, and press Enter: a slash command, or words for everyone."""
        name, _, rest = text.partition(" ")
        if not text.startswith("/"):
            self.say(user, channel, html.escape(text.strip(), quote=False))
        elif self._commands.knows(name):
            self.command(user, channel, name, rest.strip())
        else:
            self._commands.show_unknown(Command(user, channel, name, rest))

    def command(self, user: str, channel: str, name: str, text: str = "") -> int:
        """Send a slash command and show its answer; return the app's HTTP status, or NO_ANSWER after three seconds.

        Raises LookupError if there is no such command, user or channel, RuntimeError while ``command_url`` is None.
        """
        command = Command(user, channel, name, text)
        body = urlencode(self._commands.form(command, self._response_url("commands", user, channel))).encode()
        reply = self._send(self.command_url, "command_url is None: set it to where the app takes commands", body)
        self._commands.show(command, reply)
        return reply.status

    def refuse(self, method: str, error: str, *, times: int = 1, retry_after: int | None = None) -> None:
        """Let the next calls of a method ("*": of any) fail; ``times=0`` takes back what was arranged for it.

        "ratelimited" answers HTTP 429 with Retry-After, "http_500" a bare 500. "drop" does the work and hangs up
        without an answer, "lost" hangs up before anything is done: both look the same to the app, and both are in
        ``calls`` with status 0. Any other word is Slack's ``{"ok": false, "error": ...}``.
        """
        with self._board.changed:
            self._api.refusals.arrange(method, Refusal(error, retry_after), times)

    def refuse_in(self, channel: str, error: str) -> None:
        """Take no message in the channel from now on (``is_archived``, ...); "" takes that back."""
        with self._board.changed:
            self._api.refusals.in_channels.pop(channel, None)
            if error:
                self._api.refusals.in_channels[channel] = error

    @contextlib.contextmanager
    def down(self, error: str = "service_unavailable") -> Iterator[None]:
        """Let every call fail, with the words of ``refuse``, until the end of the block."""
        with self._board.changed:
            self._api.refusals.always = Refusal(error)
        try:
            yield
        finally:
            with self._board.changed:
                self._api.refusals.always = None

    def signed_request(self, body: bytes, *, timestamp: int | None = None) -> dict[str, str]:
        """Return the headers with which Slack would send this body now, or at a given time."""
        at = int(self._clock()) if timestamp is None else timestamp
        return outgoing.signed(self.workspace.signing_secret, body, at)

    def click_body(
        self, user: str, channel: str, ts: str, action_id: str, /, *, option: str | None = None, **overrides: Any
    ) -> bytes:
        """Return the form body of a click; ``overrides`` replace keys of the payload (``team``, ``actions``, ...)."""
        return outgoing.form_body(self._payload(Click(user, channel, ts, action_id, option)) | overrides)

    def click(self, user: str, channel: str, ts: str, action_id: str, *, option: str | None = None) -> int:
        """Click, and confirm if asked; return the app's HTTP status, or NO_ANSWER after three seconds.

        Raises LookupError if the message has no such button now, RuntimeError while ``request_url`` is None.
        """
        return self.press(Click(user, channel, ts, action_id, option))

    def press(self, click: Click) -> int:
        """Click with all that a click of the page names."""
        body = outgoing.form_body(self._payload(click))
        missing = "request_url is None: set it to the app's POST /slack/actions before anybody clicks"
        return self._send(self.request_url, missing, body).status

    def _payload(self, click: Click) -> dict[str, Any]:
        response_url = self._response_url("actions", click.user, click.channel, click.ts)
        return self._clicks.payload(click, self._clock(), response_url)

    def _response_url(self, kind: str, user: str, channel: str, ts: str = "") -> str:
        return self.url + self._responses.give(kind, self.workspace.team_id, user, channel, ts)

    def _send(self, url: str | None, missing: str, body: bytes) -> outgoing.Reply:
        if url is None:
            raise RuntimeError(missing)
        return outgoing.send(url, body, self.signed_request(body))

    def _clicked(self, told: dict[str, Any]) -> dict[str, Any]:
        return {"status": self.press(Click(**told))}

    def _composed(self, told: dict[str, Any]) -> dict[str, Any]:
        self.enter(**told)
        return {}
