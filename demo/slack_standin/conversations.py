"""Answer ``conversations.info``, ``.history`` and ``.replies``: what everyone sees, part by part.

https://docs.slack.dev/reference/methods/conversations.history and .../conversations.replies: the newest message comes
first in a history, the oldest first in a thread; a history has no replies (there is no ``reply_broadcast`` here).
"""

import base64
import re
from decimal import Decimal
from typing import Any

from demo.slack_standin.arguments import Arguments, Methods, Response, flag
from demo.slack_standin.board import Board
from demo.slack_standin.message_json import message_json
from demo.slack_standin.model import Channel, Message, SlackError, Workspace

_TIME = re.compile(r"\d+(\.\d{1,6})?")
_DEFAULT, _MOST = 100, 999  # messages in a part of a history; a thread comes whole as far as it may


class Conversations:
    """The methods that read a channel and its threads."""

    def __init__(self, workspace: Workspace, board: Board) -> None:
        self._workspace = workspace
        self._board = board

    def methods(self) -> Methods:
        """Return the methods by name."""
        return {
            "conversations.history": self._history,
            "conversations.info": self._info,
            "conversations.replies": self._replies,
        }

    def _info(self, arguments: Arguments) -> Response:
        """Tell of a channel; a private one is not there for an app that is not in it."""
        channel = self._workspace.channel(arguments.get("channel"))
        self._workspace.require_scope(f"{_kind(channel)}:read")
        if channel.is_private and not channel.bot_is_member:
            raise SlackError("channel_not_found")
        return {
            "channel": {
                "id": channel.id,
                "name": channel.name,
                "is_channel": not channel.is_direct,
                "is_private": channel.is_private,
                "is_archived": channel.is_archived,
                "is_member": channel.bot_is_member,
            }
        }

    def _history(self, arguments: Arguments) -> Response:
        channel = self._readable(arguments)
        newest_first = [one for one in reversed(self._board.public(channel.id)) if one.thread_ts is None]
        page = self._page(_in_range(newest_first, arguments), arguments, _DEFAULT)
        return page | {"pin_count": 0}

    def _replies(self, arguments: Arguments) -> Response:
        """Return a thread, always with its parent, whatever the range; for the ts of a reply, return only that reply.

        The reply alone: https://github.com/slackapi/bolt-python/issues/783. The parent: many clients that read a thread
        since a time have to leave it out.
        """
        channel, ts = self._readable(arguments), str(arguments.get("ts"))
        if ts not in {one.ts for one in self._board.public(channel.id)}:
            raise SlackError("thread_not_found")
        replies = _in_range(self._board.replies(channel.id, ts), arguments)
        return self._page([self._board.find(channel.id, ts), *replies], arguments, _MOST)

    def _readable(self, arguments: Arguments) -> Channel:
        channel = self._workspace.channel(arguments.get("channel"))
        self._workspace.require_scope(f"{_kind(channel)}:history")
        return self._workspace.joined(channel.id)

    def _page(self, messages: list[Message], arguments: Arguments, default: int) -> Response:
        start = _start(messages, arguments.get("cursor"))
        end = start + _limit(arguments, default)
        metadata = flag(arguments, "include_all_metadata")
        told = [self._told(one, metadata=metadata) for one in messages[start:end]]
        page: Response = {"messages": told, "has_more": end < len(messages)}
        return page | ({"response_metadata": {"next_cursor": _cursor(messages[end])}} if end < len(messages) else {})

    def _told(self, message: Message, *, metadata: bool) -> dict[str, Any]:
        told = message_json(self._workspace, message, metadata=metadata)
        replies = self._board.replies(message.channel, message.ts)
        if replies:
            told |= _thread_json(message, replies)
        if message.thread_ts:
            told["parent_user_id"] = self._board.find(message.channel, message.thread_ts).user
        return told


def _kind(channel: Channel) -> str:
    """Return how scopes name this kind of conversation."""
    return "im" if channel.is_direct else "groups" if channel.is_private else "channels"


def _thread_json(parent: Message, replies: list[Message]) -> dict[str, Any]:
    users = list(dict.fromkeys(one.user for one in replies))
    return {
        "thread_ts": parent.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def _in_range(messages: list[Message], arguments: Arguments) -> list[Message]:
    """Return the messages between ``oldest`` and ``latest``; with ``inclusive``, those of exactly that time too."""
    oldest, latest = _time(arguments, "oldest", "0"), _time(arguments, "latest", "Infinity")
    at_the_ends = {oldest, latest} if flag(arguments, "inclusive") else set()
    times = [(Decimal(one.ts), one) for one in messages]
    return [one for time, one in times if oldest < time < latest or time in at_the_ends]


def _time(arguments: Arguments, name: str, default: str) -> Decimal:
    given = str(arguments.get(name) or "")
    if given and not _TIME.fullmatch(given):
        raise SlackError(f"invalid_ts_{name}")
    return Decimal(given or default)


def _limit(arguments: Arguments, default: int) -> int:
    given = str(arguments.get("limit") or default)
    if not given.isdecimal():
        raise SlackError("invalid_arguments", "[ERROR] must be an integer [json-pointer:/limit]")
    return min(int(given), _MOST)


def _cursor(first: Message) -> str:
    """Return the cursor of the part that begins with this message, in the form of Slack's own examples."""
    return base64.b64encode(f"next_ts:{first.ts.replace('.', '')}".encode()).decode()


def _start(messages: list[Message], cursor: str | None) -> int:
    if not cursor:
        return 0
    for index, message in enumerate(messages):
        if _cursor(message) == cursor:
            return index
    raise SlackError("invalid_cursor")
