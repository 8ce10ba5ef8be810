"""The words of the stand-in: who and what is in the workspace, one message, one call. Plain data."""

from dataclasses import dataclass
from typing import Any


class SlackError(Exception):
    """A refusal as Slack words it: its error code, and where there are some, messages that name the place."""

    def __init__(self, error: str, *messages: str, retry_after: int | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.retry_after = retry_after


@dataclass(frozen=True)
class User:
    """One person; a ``team_id`` other than the workspace's is a guest over Slack Connect."""

    id: str
    name: str
    team_id: str = "T0DEMO"


@dataclass(frozen=True)
class Channel:
    """One public channel and the user ids of its members."""

    id: str
    name: str
    members: frozenset[str]
    bot_is_member: bool = True


@dataclass(frozen=True)
class Workspace:
    """One workspace with one app installed: all that is fixed while the stand-in runs."""

    team_id: str
    app_id: str
    bot_token: str
    signing_secret: str
    users: tuple[User, ...]
    channels: tuple[Channel, ...]
    bot_user_id: str = "U0REAPER"
    bot_name: str = "tflock-reaper"
    name: str = "Acme Platform"

    @property
    def domain(self) -> str:
        """The workspace's part of its address, ``<domain>.slack.com``."""
        return self.name.lower().replace(" ", "-")

    @property
    def bot_id(self) -> str:
        """The bot's own id, which Slack keeps beside the bot's user id."""
        return "B" + self.bot_user_id[1:]

    def channel(self, channel_id: object) -> Channel:
        """The channel of that id. Raises SlackError."""
        found = next((channel for channel in self.channels if channel.id == channel_id), None)
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def user(self, user_id: object) -> User:
        """The user of that id, the bot too. Raises SlackError."""
        everyone = (*self.users, User(self.bot_user_id, self.bot_name, self.team_id))
        found = next((user for user in everyone if user.id == user_id), None)
        if found is None:
            raise SlackError("user_not_found")
        return found


@dataclass(frozen=True)
class Message:
    """One message as it is now; ``blocks`` as Slack keeps them, all with a ``block_id`` and their ``action_id``s."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None
    edited: int
    ephemeral_to: str | None
    user: str

    @property
    def actions(self) -> list[tuple[dict[str, Any], str]]:
        """Every element that can be clicked, with the id of its block, top to bottom."""
        return [(element, block["block_id"]) for block in self.blocks for element in clickable(block)]


@dataclass(frozen=True)
class Call:
    """One call of the Web API; ``arguments`` without the token, ``status`` 0 where the reply was dropped on purpose."""

    method: str
    arguments: dict[str, Any]
    response: dict[str, Any]
    status: int


def clickable(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block that can be clicked: those of an actions block, and the accessory of a section."""
    if block["type"] == "actions":
        return list(block["elements"])
    accessory = block.get("accessory")
    return [accessory] if accessory and accessory["type"] != "image" else []
