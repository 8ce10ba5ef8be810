"""A person's click, as Slack sends it to the app: the ``block_actions`` payload, the signature, the three seconds.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload and
https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from demo.slack_standin.board import Board
from demo.slack_standin.model import Message, SlackError, Workspace
from demo.slack_standin.web_api import message_json

NO_ANSWER = 0
_ECHOED = ("type", "action_id", "text", "value", "style", "confirm", "placeholder")
_PATIENCE = 3.0  # seconds; https://docs.slack.dev/interactivity/handling-user-interaction


@dataclass(frozen=True)
class Click:
    """Who clicked what. ``option`` is the value chosen in a select or an overflow; None takes the first one."""

    user: str
    channel: str
    ts: str
    action_id: str
    option: str | None = None
    block_id: str | None = None


def signed(secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """The headers with which Slack sends this body."""
    base = b"v0:%d:%s" % (timestamp, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": f"v0={digest}",
    }


def form_body(payload: Mapping[str, Any]) -> bytes:
    """The payload as the form that Slack sends."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """POST as Slack does, no redirect followed; the HTTP status, or NO_ANSWER: three seconds over, or no connection."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=_PATIENCE)
    target = parts.path or "/"
    try:
        connection.request("POST", f"{target}?{parts.query}" if parts.query else target, body, dict(headers))
        return connection.getresponse().status
    except (OSError, HTTPException):
        return NO_ANSWER
    finally:
        connection.close()


class Clicks:
    """Turns a click on a message of the board into Slack's payload."""

    def __init__(self, workspace: Workspace, board: Board) -> None:
        self._workspace = workspace
        self._board = board

    def payload(self, click: Click, now: float, response_url: str) -> dict[str, Any]:
        """What Slack tells the app about this click. Raises LookupError if there is nothing like it to click now."""
        message = self._seen_by(click)
        element, block_id = _element(message, click)
        action = _action(element, click, block_id) | {"action_ts": f"{now:.6f}"}
        return {
            "type": "block_actions",
            "user": self._user(click.user),
            "api_app_id": self._workspace.app_id,
            "token": "deprecated-verification-token",
            "container": _container(message),
            "trigger_id": f"{secrets.randbits(40)}.{secrets.randbits(40)}.{secrets.token_hex(16)}",
            "team": {"id": self._workspace.team_id, "domain": self._workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": self._channel(click.channel),
            "message": message_json(self._workspace, message),
            "state": {"values": _state(action)},
            "response_url": response_url,
            "actions": [action],
        }

    def _seen_by(self, click: Click) -> Message:
        seen = [one for one in self._board.everything() if one.ephemeral_to in (None, click.user)]
        for message in seen:
            if (message.channel, message.ts) == (click.channel, click.ts):
                return message
        raise LookupError(f"{click.user} sees no message {click.ts} in {click.channel}")

    def _user(self, user_id: str) -> dict[str, str]:
        try:
            user = self._workspace.user(user_id)
        except SlackError as error:
            raise LookupError(f"no user {user_id} in this workspace") from error
        handle = user.name.lower().replace(" ", ".")
        return {"id": user.id, "username": handle, "name": handle, "team_id": user.team_id}

    def _channel(self, channel_id: str) -> dict[str, str]:
        channel = self._workspace.channel(channel_id)
        return {"id": channel.id, "name": channel.name}


def _element(message: Message, click: Click) -> tuple[dict[str, Any], str]:
    for element, block_id in message.actions:
        if element["action_id"] == click.action_id and click.block_id in (None, block_id):
            return element, block_id
    there = ", ".join(element["action_id"] for element, _ in message.actions) or "none"
    raise LookupError(f"message {message.ts} has no button {click.action_id!r} now (it has: {there})")


def _action(element: dict[str, Any], click: Click, block_id: str) -> dict[str, Any]:
    told: dict[str, Any] = {key: element[key] for key in _ECHOED if key in element}
    told["block_id"] = block_id
    if "options" in element:
        told["selected_option"] = _option(element, click.option)
    return told


def _option(element: dict[str, Any], value: str | None) -> dict[str, Any]:
    options: list[dict[str, Any]] = element["options"]
    for option in options:
        if value in (None, option["value"]):
            return option
    raise LookupError(f"{element['action_id']!r} has no option {value!r}")


def _container(message: Message) -> dict[str, Any]:
    private = message.ephemeral_to is not None
    told = {"type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": private}
    return told | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _state(action: dict[str, Any]) -> dict[str, Any]:
    """Only elements that keep a choice have a state."""
    if action["type"] != "static_select":
        return {}
    chosen = {"type": "static_select", "selected_option": action["selected_option"]}
    return {action["block_id"]: {action["action_id"]: chosen}}
