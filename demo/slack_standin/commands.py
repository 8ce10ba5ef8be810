"""Carry slash commands to the app, and show its answers.

https://docs.slack.dev/interactivity/implementing-slash-commands. Slack's own words in a failure are not documented;
users report them, as in https://github.com/Netflix/dispatch/issues/495 (http_client_error) and /833
(operation_timeout), https://github.com/slackapi/bolt-python/issues/951 (dispatch_failed) and
https://github.com/nearform/lastlight/issues/119 (no valid command). No report tells of an unreadable answer.
"""

import html
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from demo.slack_standin.board import Board, Draft
from demo.slack_standin.chat import content
from demo.slack_standin.model import SLACKBOT, SlackError, Workspace
from demo.slack_standin.outgoing import VERIFICATION_TOKEN, Reply, trigger_id


@dataclass(frozen=True)
class Command:
    """One command: who typed which, where, and what came after it."""

    user: str
    channel: str
    name: str
    text: str


class Commands:
    """The slash commands of the app."""

    def __init__(self, workspace: Workspace, board: Board) -> None:
        self._workspace = workspace
        self._board = board

    def knows(self, name: str) -> bool:
        """Return whether there is such a command: the app has it, and was granted the scope for commands."""
        return name in self._workspace.slash_commands and "commands" in self._workspace.scopes

    def form(self, command: Command, response_url: str) -> dict[str, str]:
        """Return what Slack tells the app. Raises LookupError if there is no such command, user or channel."""
        if not self.knows(command.name):
            raise LookupError(f"the app has no command {command.name!r}, or not the scope `commands`")
        try:
            user, channel = self._workspace.user(command.user), self._workspace.channel(command.channel)
        except SlackError as error:
            raise LookupError(f"{error.error}: {command.user} in {command.channel}") from error
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": self._workspace.team_id,
            "team_domain": self._workspace.domain,
            "channel_id": channel.id,
            "channel_name": channel.name_for_apps,
            "user_id": user.id,
            "user_name": user.handle,
            "command": command.name,
            "text": command.text,
            "api_app_id": self._workspace.app_id,
            "is_enterprise_install": str(self._workspace.org_wide).lower(),
            **self._organisation(),
            "response_url": response_url,
            "trigger_id": trigger_id(),
        }

    def _organisation(self) -> dict[str, str]:
        of = self._workspace
        return {"enterprise_id": of.enterprise_id, "enterprise_name": of.name} if of.enterprise_id else {}

    def show(self, command: Command, reply: Reply) -> None:
        """Show the app's answer, or why there is none, as messages."""
        try:
            self._post(command, _answer(reply))
        except SlackError as error:
            self._whisper(command, f'{command.name} failed with the error "{error.error}"')

    def show_unknown(self, command: Command) -> None:
        """Show Slack's answer to a command that no app has."""
        self._whisper(
            command,
            f"{html.escape(command.name, quote=False)} is not a valid command. In Slack, all messages that start with "
            "the “/” character are interpreted as commands.\n\nIf you are trying to send a message and not run a "
            "command, try preceding the “/” with an empty space.",
        )

    def _post(self, command: Command, answer: dict[str, Any]) -> None:
        """Post an answer; one for everyone also shows the command, in the name of the person who typed it."""
        public = answer.get("response_type") == "in_channel"
        says = answer.get("text") or answer.get("blocks")
        text, blocks = content(answer) if says else ("", ())
        if public:
            self._board.post(Draft(command.channel, command.user, f"{command.name} {command.text}".strip()))
        if says:
            seen_by = None if public else command.user
            app = self._workspace.bot_user_id
            self._board.post(Draft(command.channel, app, text, blocks, ephemeral_to=seen_by))

    def _whisper(self, command: Command, text: str) -> None:
        self._board.post(Draft(command.channel, SLACKBOT.id, text, ephemeral_to=command.user))


def _answer(reply: Reply) -> dict[str, Any]:
    """Return what the app says, which may be nothing. Raises SlackError."""
    if reply.status != HTTPStatus.OK:
        raise SlackError(_failure(reply))
    if not reply.body.strip():
        return {}
    if reply.kind != "application/json":
        return {"text": reply.body.decode(errors="replace")}
    try:
        answer = json.loads(reply.body)
    except ValueError as error:
        raise SlackError("dispatch_failed") from error
    if not isinstance(answer, dict):
        raise SlackError("dispatch_failed")
    return answer


def _failure(reply: Reply) -> str:
    if reply.timed_out:
        return "operation_timeout"
    return {4: "http_client_error", 5: "http_service_error"}.get(reply.status // 100, "dispatch_failed")
