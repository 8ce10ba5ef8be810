"""Turn a person's click into what Slack tells the app of it: the ``block_actions`` payload.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload.
"""

from dataclasses import dataclass
from typing import Any

from demo.slack_standin.board import Board
from demo.slack_standin.message_json import message_json
from demo.slack_standin.model import Message, SlackError, Workspace
from demo.slack_standin.outgoing import VERIFICATION_TOKEN, trigger_id

_ECHOED = ("type", "action_id", "text", "value", "style", "confirm", "placeholder")


@dataclass(frozen=True)
class Click:
    """One click: who clicked what. ``option`` is the value chosen in a select or an overflow; None takes the first."""

    user: str
    channel: str
    ts: str
    action_id: str
    option: str | None = None
    block_id: str | None = None


class Clicks:
    """The clicks on messages of the board, as Slack's payloads."""

    def __init__(self, workspace: Workspace, board: Board) -> None:
        self._workspace = workspace
        self._board = board

    def payload(self, click: Click, now: float, response_url: str) -> dict[str, Any]:
        """Return what Slack tells the app about a click. Raises LookupError if it cannot be clicked now."""
        message = self._seen_by(click)
        element, block_id = _element(message, click)
        action = _action(element, click, block_id) | {"action_ts": f"{now:.6f}"}
        return {
            "type": "block_actions",
            "user": self._user(click.user),
            "api_app_id": self._workspace.app_id,
            "token": VERIFICATION_TOKEN,
            "container": _container(message),
            "trigger_id": trigger_id(),
            **self._installation(),
            "channel": self._channel(click.channel),
            "message": message_json(self._workspace, message),
            "state": {"values": _state(action)},
            "response_url": response_url,
            "actions": [action],
        }

    def _seen_by(self, click: Click) -> Message:
        for message in self._board.everything():
            if message.seen_by(click.user) and (message.channel, message.ts) == (click.channel, click.ts):
                return message
        raise LookupError(f"{click.user} sees no message {click.ts} in {click.channel}")

    def _user(self, user_id: str) -> dict[str, str]:
        try:
            user = self._workspace.user(user_id)
        except SlackError as error:
            raise LookupError(f"no user {user_id} in this workspace") from error
        return {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team_id}

    def _installation(self) -> dict[str, Any]:
        """Return the installation, as in real payloads (java-slack-sdk issue 1041, deno-slack-sdk issue 267)."""
        of = self._workspace
        named = {"enterprise_id": of.enterprise_id, "enterprise_name": of.name} if of.enterprise_id else {}
        return {
            "team": None if of.org_wide else {"id": of.team_id, "domain": of.domain} | named,
            "enterprise": {"id": of.enterprise_id, "name": of.name} if of.enterprise_id else None,
            "is_enterprise_install": of.org_wide,
        }

    def _channel(self, channel_id: str) -> dict[str, str]:
        channel = self._workspace.channel(channel_id)
        return {"id": channel.id, "name": channel.name_for_apps}


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
    """Return the state of the clicked element; only elements that keep a choice have one."""
    if action["type"] != "static_select":
        return {}
    chosen = {"type": "static_select", "selected_option": action["selected_option"]}
    return {action["block_id"]: {action["action_id"]: chosen}}
