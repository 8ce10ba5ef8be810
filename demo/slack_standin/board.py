"""The messages of the workspace: posted, edited, found again. Knows nothing of HTTP, tokens or limits."""

import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from demo.slack_standin.model import Message, SlackError, clickable


@dataclass(frozen=True)
class Draft:
    """What is to be posted: a message before it has a ``ts``."""

    channel: str
    user: str
    text: str = ""
    blocks: tuple[dict[str, Any], ...] = ()
    thread_ts: str | None = None
    ephemeral_to: str | None = None


class Board:
    """All messages, oldest first. ``changed`` guards them and is notified at every change."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.changed = threading.Condition()
        self.revision = 0
        self._clock = clock
        self._messages: list[Message] = []
        self._microseconds = 0
        self._ids = count(1)

    def post(self, draft: Draft) -> Message:
        """Add a message. A reply needs its parent, else SlackError."""
        with self.changed:
            if draft.thread_ts is not None:
                self._require_parent(draft)
            blocks = self._named(draft.blocks)
            message = Message(
                draft.channel, self._next_ts(), draft.text, blocks, draft.thread_ts, 0, draft.ephemeral_to, draft.user
            )
            self._messages.append(message)
            self._notify()
            return message

    def edit(self, message: Message, text: str, blocks: tuple[dict[str, Any], ...]) -> Message:
        """Replace text and blocks of a message; it keeps its place and its ``ts``."""
        with self.changed:
            edited = replace(message, text=text, blocks=self._named(blocks), edited=message.edited + 1)
            self._messages[self._messages.index(message)] = edited
            self._notify()
            return edited

    def public(self, channel: str | None = None) -> list[Message]:
        """The messages everyone sees."""
        messages = [one for one in self.everything() if one.ephemeral_to is None]
        return [one for one in messages if channel in (None, one.channel)]

    def everything(self) -> list[Message]:
        """All messages, those for one person's eyes too."""
        with self.changed:
            return list(self._messages)

    def find(self, channel: str, ts: str) -> Message:
        """The public message of that channel and ``ts``. Raises SlackError."""
        found = next((one for one in self.public(channel) if one.ts == ts), None)
        if found is None:
            raise SlackError("message_not_found")
        return found

    def _require_parent(self, draft: Draft) -> None:
        # Slack takes the ts of a reply too and then loses the message between thread and channel; here it is a mistake.
        parents = {one.ts for one in self.public(draft.channel) if one.thread_ts is None}
        if draft.thread_ts not in parents:
            raise SlackError("thread_not_found")

    def _next_ts(self) -> str:
        self._microseconds = max(int(self._clock()) * 1_000_000, self._microseconds) + 100
        return f"{self._microseconds // 1_000_000}.{self._microseconds % 1_000_000:06}"

    def _named(self, blocks: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
        """The blocks with the ids that Slack gives to those without one."""
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
