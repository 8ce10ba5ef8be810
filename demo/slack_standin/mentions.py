"""Find whom a message mentions: Slack tells these people of it when it is posted.

https://docs.slack.dev/messaging/formatting-message-text, "Mentioning users", "Mentioning groups", "special mentions".
The raw text counts, before anything is decoded: what was escaped mentions nobody.
"""

import re
from collections.abc import Iterator
from typing import Any

from demo.slack_standin.model import Message, Workspace

_TOKEN = re.compile(r"<(@|!subteam\^|!)(\w+)(?:\|[^<>]*)?>")
_EVERYBODY = {"channel", "here", "everyone"}


def calls_everybody(text: str, blocks: Any) -> bool:
    """Return whether a message calls everybody in its channel."""
    return any(
        kind == "!" and name in _EVERYBODY for part in (text, *_mrkdwn(blocks)) for kind, name in _TOKEN.findall(part)
    )


def mentioned(workspace: Workspace, message: Message) -> set[str]:
    """Return the ids of all users that are mentioned, also as members of a group or the channel; never the author's."""
    found: set[str] = set()
    for text in (message.text, *_mrkdwn(message.blocks)):
        for kind, name in _TOKEN.findall(text):
            found |= _meant(workspace, message, kind, name)
    return found - {message.user}


def _meant(workspace: Workspace, message: Message, kind: str, name: str) -> set[str]:
    if kind == "@":
        return {name}
    if kind == "!":
        return set(workspace.channel(message.channel).members) if name in _EVERYBODY else set()
    return {member for group in workspace.user_groups if group.id == name for member in group.members}


def _mrkdwn(value: Any) -> Iterator[str]:
    """Yield the texts shown with the message; plain_text is literal, and only the person who clicks sees a question."""
    if isinstance(value, list):
        for item in value:
            yield from _mrkdwn(item)
    elif isinstance(value, dict) and value.get("type") == "mrkdwn":
        yield value["text"]
    elif isinstance(value, dict):
        yield from _mrkdwn([item for key, item in value.items() if key != "confirm"])
