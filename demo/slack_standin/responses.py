"""Take answers at the ``response_url`` of a click or command, and show them where that was made.

https://docs.slack.dev/interactivity/handling-user-interaction, "Message responses": five answers, thirty minutes, no
token, and the app need not be in the channel. Slack does not document its errors; these are what users report.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo.slack_standin.board import Board, Draft
from demo.slack_standin.chat import content
from demo.slack_standin.model import Message, SlackError

_ANSWERS, _SECONDS = 5, 1800


@dataclass
class _Given:
    user: str
    channel: str
    at: float
    ts: str
    left: int = _ANSWERS


class Responses:
    """The addresses given out, by their path."""

    def __init__(self, board: Board, bot_user_id: str, clock: Callable[[], float]) -> None:
        self._board = board
        self._bot = bot_user_id
        self._clock = clock
        self._given: dict[str, _Given] = {}

    def give(self, kind: str, team: str, user: str, channel: str, ts: str = "") -> str:
        """Give out a new address, as a path: ``actions`` for a click on a message, ``commands`` for a command."""
        path = f"/{kind}/{team}/{len(self._given) + 1}/{secrets.token_hex(12)}"
        self._given[path] = _Given(user, channel, self._clock(), ts)
        return path

    def knows(self, path: str) -> bool:
        """Return whether that is one of the addresses."""
        return path in self._given

    def take(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Show an answer; return Slack's HTTP status and what it says."""
        given = self._given[path]
        with self._board.changed:
            if self._clock() - given.at > _SECONDS:
                return 404, {"ok": False, "error": "expired_url"}
            if not given.left:
                return 404, {"ok": False, "error": "used_url"}
            try:
                self._show(given, json.loads(body))
            except (SlackError, ValueError) as error:
                return 400, {"ok": False, "error": str(error)}
            given.left -= 1
            return 200, {"ok": True}

    def _show(self, given: _Given, said: dict[str, Any]) -> None:
        if said.get("delete_original"):
            raise SlackError("the stand-in does not delete by response_url")
        text, blocks = content(said)
        if said.get("replace_original"):
            self._board.edit(self._clicked(given), text, blocks, None)
            return
        seen_by = None if said.get("response_type") == "in_channel" else given.user
        self._board.post(Draft(given.channel, self._bot, text, blocks, ephemeral_to=seen_by))

    def _clicked(self, given: _Given) -> Message:
        """Return the message that was clicked; one for a single person's eyes can be edited only in this way."""
        for message in self._board.everything():
            if message.seen_by(given.user) and (message.channel, message.ts) == (given.channel, given.ts):
                return message
        raise SlackError("message_not_found")
