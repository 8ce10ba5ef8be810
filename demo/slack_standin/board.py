"""Post, edit and find the messages of the workspace; HTTP, tokens and limits are elsewhere."""

import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from demo.slack_standin.model import Message, SlackError, clickable


@dataclass(frozen=True)
class Draft:
    """A message that is to be posted, so it has no ``ts`` yet."""

    channel: str
    user: str
    text: str = ""
    blocks: tuple[dict[str, Any], ...] = ()
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    metadata: dict[str, Any] | None = None


class Board:
    """All messages, oldest first. ``changed`` guards them and is notified at every change."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.changed = threading.Condition()
        self.revision = 0
        self._clock = clock
        self._messages: list[Message] = []
        self._as_posted: list[Message] = []
        self._microseconds = 0
        self._ids = count(1)

    def post(self, draft: Draft) -> Message:
        """Add a message. A reply to a message that is not there becomes a message of the channel, as in Slack.

        https://github.com/slack-go/slack/issues/1571 and https://github.com/langchain-ai/open-swe/pull/2753: no
        error, only no ``thread_ts`` in the answer. The ts of a reply begins a thread of its own, which is shown neither
        in the channel nor below the parent (https://github.com/slackapi/python-slack-sdk/issues/1116).
        """
        with self.changed:
            there = {one.ts for one in self.public(draft.channel)}
            message = Message(
                channel=draft.channel,
                ts=self._next_ts(),
                text=draft.text,
                blocks=self._named(draft.blocks),
                thread_ts=draft.thread_ts if draft.thread_ts in there else None,
                edited=0,
                ephemeral_to=draft.ephemeral_to,
                user=draft.user,
                metadata=draft.metadata,
            )
            self._messages.append(message)
            self._as_posted.append(message)
            self._notify()
            return message

    def edit(
        self, message: Message, text: str, blocks: tuple[dict[str, Any], ...], metadata: dict[str, Any] | None
    ) -> Message:
        """Replace what a message says; it keeps its place and its ``ts``."""
        with self.changed:
            named = self._named(blocks)
            edited = replace(message, text=text, blocks=named, metadata=metadata, edited=message.edited + 1)
            self._messages[self._messages.index(message)] = edited
            self._notify()
            return edited

    def public(self, channel: str | None = None) -> list[Message]:
        """Return the messages that everyone in the channel, or in any channel, sees, those in threads too."""
        messages = [one for one in self.everything() if one.ephemeral_to is None]
        return [one for one in messages if (one.channel == channel if channel else not one.is_direct)]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """Return what everyone sees in the thread of a message, without the message itself."""
        return [one for one in self.public(channel) if one.thread_ts == ts]

    def everything(self) -> list[Message]:
        """Return all messages, those for one person's eyes too."""
        with self.changed:
            return list(self._messages)

    def as_posted(self) -> list[Message]:
        """Return the messages that everyone sees, as they were before any edit: what Slack notified people of."""
        with self.changed:
            return [one for one in self._as_posted if one.ephemeral_to is None and not one.is_direct]

    def find(self, channel: str, ts: str) -> Message:
        """Return the public message of a channel and ``ts``. Raises SlackError."""
        found = next((one for one in self.public(channel) if one.ts == ts), None)
        if found is None:
            raise SlackError("message_not_found")
        return found

    def _next_ts(self) -> str:
        self._microseconds = max(int(self._clock()) * 1_000_000, self._microseconds) + 100
        return f"{self._microseconds // 1_000_000}.{self._microseconds % 1_000_000:06}"

    def _named(self, blocks: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
        """Return the blocks, with the ids that Slack gives to those without one."""
        return [self._with_ids(block) for block in blocks]

    def _with_ids(self, block: dict[str, Any]) -> dict[str, Any]:
        named = deepcopy(block)
        named.setdefault("block_id", f"b{next(self._ids):04}")
        for element in clickable(named):
            element.setdefault("action_id", f"a{next(self._ids):04}")
        return named

    def _notify(self) -> None:
        self.revision += 1
        self.changed.notify_all()
