"""Answer ``chat.postMessage``, ``chat.postEphemeral`` and ``chat.update``; check what a message may say.

Errors: the "Errors" table of each method's page, https://docs.slack.dev/reference/methods/chat.postMessage and so on.
"""

from typing import Any

from demo.slack_standin import block_rules
from demo.slack_standin.arguments import TS, Arguments, Methods, Response, required
from demo.slack_standin.board import Board, Draft
from demo.slack_standin.failures import Throttle
from demo.slack_standin.mentions import calls_everybody
from demo.slack_standin.message_json import message_json
from demo.slack_standin.model import Channel, SlackError, Workspace

# Slack has these. Here they would silently have no effect, so they are refused by name.
_NOT_DRAWN = (
    "attachments",
    "markdown_text",
    "parse",
    "link_names",
    "username",
    "icon_emoji",
    "icon_url",
    "reply_broadcast",
)
_LONGEST_TEXT = 40_000


class Chat:
    """The methods that post and edit, as the app."""

    def __init__(self, workspace: Workspace, board: Board, throttle: Throttle) -> None:
        self._workspace = workspace
        self._board = board
        self._throttle = throttle

    def methods(self) -> Methods:
        """Return the methods by name."""
        return {
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
        }

    def _post_message(self, arguments: Arguments) -> Response:
        channel = self._place(required(arguments, "channel"))
        if not self._throttle.allows(channel.id):
            raise SlackError("ratelimited", retry_after=1)
        metadata = _metadata(arguments.get("metadata"))
        message = self._board.post(self._draft(channel, arguments, metadata=metadata))
        told = message_json(self._workspace, message, metadata=True)
        return {"channel": channel.id, "ts": message.ts, "message": told}

    def _place(self, channel_id: str) -> Channel:
        """Return the channel; a person's id stands for the app's direct messages with them. Raises SlackError."""
        if channel_id in {user.id for user in self._workspace.users}:
            return self._workspace.direct(channel_id)
        return self._workspace.joined(channel_id)

    def _post_ephemeral(self, arguments: Arguments) -> Response:
        """Post for one person's eyes; the metadata is dropped: https://docs.slack.dev/reference/methods/chat.postEphemeral."""
        channel = self._workspace.joined(required(arguments, "channel"))
        user = str(required(arguments, "user"))
        if user not in channel.members:
            raise SlackError("user_not_in_channel")
        message = self._board.post(self._draft(channel, arguments, ephemeral_to=user))
        return {"message_ts": message.ts}

    def _update(self, arguments: Arguments) -> Response:
        """Edit; metadata that is left out stays, empty metadata is removed: https://docs.slack.dev/reference/methods/chat.update."""
        channel = self._workspace.channel(required(arguments, "channel"))
        message = self._board.find(channel.id, str(required(arguments, "ts")))
        if message.user != self._workspace.bot_user_id:
            raise SlackError("cant_update_message")
        text, blocks = content(arguments)
        given = arguments.get("metadata")
        metadata = message.metadata if given is None else _metadata(given or None)
        edited = self._board.edit(message, text if "text" in arguments else message.text, blocks, metadata)
        told = message_json(self._workspace, edited, metadata=True)
        return {"channel": channel.id, "ts": edited.ts, "text": edited.text, "message": told}

    def _draft(self, channel: Channel, arguments: Arguments, **more: Any) -> Draft:
        text, blocks = content(arguments)
        # github.com/slackhq/slack-api-docs/issues/85. Whether Slack refuses an edit so is not known.
        if not self._workspace.everybody_may_be_called and calls_everybody(text, list(blocks)):
            raise SlackError("restricted_action")
        return Draft(channel.id, self._workspace.bot_user_id, text, blocks, _thread(arguments), **more)


def content(arguments: Arguments) -> tuple[str, tuple[dict[str, Any], ...]]:
    """Return valid text and blocks, or raise SlackError. Text without blocks means no blocks, for an edit too."""
    _refuse_what_is_not_drawn(arguments)
    text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > _LONGEST_TEXT:
        raise SlackError("msg_too_long")
    _check_blocks(blocks)
    return text, tuple(blocks)


def _refuse_what_is_not_drawn(arguments: Arguments) -> None:
    given = [f"[ERROR] the stand-in does not do `{name}`" for name in _NOT_DRAWN if arguments.get(name)]
    if given:
        raise SlackError("invalid_arguments", *given)


def _check_blocks(blocks: Any) -> None:
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = block_rules.problems_in(blocks)
    if problems:
        raise SlackError("invalid_blocks", *(f"[ERROR] {problem}" for problem in problems))
    if block_rules.is_too_long(blocks):
        raise SlackError("msg_blocks_too_long")


def _metadata(given: Any) -> dict[str, Any] | None:
    """Return checked metadata: a type and a payload (https://docs.slack.dev/messaging/message-metadata)."""
    match given:
        case None:
            return None
        case {"event_type": str(kind), "event_payload": dict(payload)} if kind:
            return {"event_type": kind, "event_payload": payload}
        case _:
            raise SlackError("invalid_metadata_format")


def _thread(arguments: Arguments) -> str | None:
    if arguments.get("thread_ts") is None:
        return None
    thread_ts = str(arguments["thread_ts"])
    if not TS.fullmatch(thread_ts):
        raise SlackError("invalid_thread_ts", f"[ERROR] {thread_ts} is not a valid thread_ts")
    return thread_ts
