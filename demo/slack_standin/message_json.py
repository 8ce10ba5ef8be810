"""Write a message as Slack puts it into its answers and into the payload of a click."""

from typing import Any

from demo.slack_standin.model import Message, Workspace


def message_json(workspace: Workspace, message: Message, *, metadata: bool = False) -> dict[str, Any]:
    """Return the message; its metadata only if asked for, as Slack does."""
    told: dict[str, Any] = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.user == workspace.bot_user_id:
        told |= {"bot_id": workspace.bot_id, "app_id": workspace.app_id}
    told |= {"team": workspace.team_id, "blocks": message.blocks}
    if metadata and message.metadata:
        told["metadata"] = message.metadata
    return told | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
