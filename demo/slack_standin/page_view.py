"""Write what the page is told: the workspace with all messages as plain JSON, but no secret and no token."""

from dataclasses import asdict
from typing import Any

from demo.slack_standin.board import Board
from demo.slack_standin.model import SLACKBOT, Workspace


def page_view(workspace: Workspace, board: Board) -> dict[str, Any]:
    """Return everything that the page shows, for every user and channel; the page picks."""
    bot = {"id": workspace.bot_user_id, "name": workspace.bot_name}
    return {
        "team": {"id": workspace.team_id, "name": workspace.name},
        "bot": bot,
        "slackbot": {"id": SLACKBOT.id, "name": SLACKBOT.name},
        "users": [asdict(user) for user in workspace.users],
        "channels": [
            {"id": one.id, "name": one.name, "members": len(one.members) + one.bot_is_member}
            for one in workspace.channels
        ],
        "groups": [asdict(group) for group in workspace.user_groups],
        "messages": [_shown(asdict(message)) for message in board.everything()],
    }


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key not in {"edited", "metadata"}}
