"""Describe the workspace as plain data: who and what is in it, one message, one call."""

from dataclasses import dataclass
from typing import Any

SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)


class SlackError(Exception):
    """A refusal as Slack words it: its error code, messages that name the place, and what else it tells."""

    def __init__(self, error: str, *messages: str, retry_after: int | None = None, **told: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.retry_after = retry_after
        self.told = told


@dataclass(frozen=True)
class User:
    """One person. With another ``team_id`` than the workspace's it is a colleague of the same organisation.

    If the organisation is another too, it is a stranger over Slack Connect.
    """

    id: str
    name: str
    team_id: str = "T0DEMO"
    email: str | None = None
    enterprise_id: str = ""
    deleted: bool = False
    title: str = ""
    """What the person does here, in their own words; part of a Slack profile."""

    @property
    def handle(self) -> str:
        """Return the name without spaces and capitals, as Slack's ``name`` and ``user_name``."""
        return self.name.lower().replace(" ", ".")


@dataclass(frozen=True)
class UserGroup:
    """One user group: its id (``S...``), its name behind the @, and the user ids of its members."""

    id: str
    handle: str
    members: tuple[str, ...]
    disabled: bool = False


@dataclass(frozen=True)
class Channel:
    """One channel and the user ids of its members; ``is_direct`` for the app's direct messages with one person."""

    id: str
    name: str
    members: frozenset[str]
    bot_is_member: bool = True
    is_private: bool = False
    is_direct: bool = False
    is_archived: bool = False

    @property
    def name_for_apps(self) -> str:
        """Return the name that Slack sends to apps; it hides the name of a private channel."""
        if self.is_direct:
            return "directmessage"
        return "privategroup" if self.is_private else self.name


SLACKBOT = User("USLACKBOT", "Slackbot")


@dataclass(frozen=True)
class Workspace:
    """One workspace with one app installed. Nothing here changes while the stand-in runs."""

    team_id: str
    app_id: str
    bot_token: str
    signing_secret: str
    users: tuple[User, ...]
    channels: tuple[Channel, ...]
    bot_user_id: str = "U0REAPER"
    bot_name: str = "tflock-reaper"
    name: str = "Acme Platform"
    user_groups: tuple[UserGroup, ...] = ()
    scopes: frozenset[str] = SCOPES
    slash_commands: frozenset[str] = frozenset({"/tflocks"})
    everybody_may_be_called: bool = True
    """Whether apps may call everybody in a channel, with ``<!here>`` and its like."""
    enterprise_id: str = ""
    """The Enterprise Grid organisation that the workspace is part of."""
    org_wide: bool = False
    """Whether the app is installed for the whole organisation."""

    @property
    def domain(self) -> str:
        """Return the workspace's part of its address, ``<domain>.slack.com``."""
        return self.name.lower().replace(" ", "-")

    @property
    def bot_id(self) -> str:
        """Return the bot's own id, which Slack has beside the bot's user id."""
        return "B" + self.bot_user_id[1:]

    def channel(self, channel_id: object) -> Channel:
        """Return the channel of an id. Raises SlackError."""
        everywhere = (*self.channels, *(self.direct(user.id) for user in self.users))
        found = next((channel for channel in everywhere if channel.id == channel_id), None)
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def direct(self, user_id: str) -> Channel:
        """Return the app's direct messages with a person; here they need not be opened first, as in Slack."""
        return Channel(_direct_id(user_id), self.bot_name, frozenset({user_id}), is_direct=True)

    def joined(self, channel_id: object) -> Channel:
        """Return the channel of an id, which the bot has to be in. Raises SlackError."""
        channel = self.channel(channel_id)
        if not channel.bot_is_member:
            raise SlackError("channel_not_found" if channel.is_private else "not_in_channel")
        return channel

    def user(self, user_id: object) -> User:
        """Return the user of an id, the bot and Slackbot too. Raises SlackError."""
        everyone = (*self.users, User(self.bot_user_id, self.bot_name, self.team_id), SLACKBOT)
        found = next((user for user in everyone if user.id == user_id), None)
        if found is None:
            raise SlackError("user_not_found")
        return found

    def user_group(self, group_id: object) -> UserGroup:
        """Return the user group of an id. Raises SlackError."""
        found = next((group for group in self.user_groups if group.id == group_id), None)
        if found is None:
            raise SlackError("no_such_subteam")
        return found

    def require_scope(self, scope: str) -> None:
        """Raise SlackError, with what is missing and what there is, unless the app was granted a scope."""
        if scope not in self.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))


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
    metadata: dict[str, Any] | None = None

    @property
    def is_direct(self) -> bool:
        """Return whether it is a direct message: its channel's id begins with D, as in Slack."""
        return self.channel.startswith("D")

    def seen_by(self, user_id: str) -> bool:
        """Return whether a user sees the message: it is for everyone, or for this user alone."""
        return self.ephemeral_to in (None, user_id) and (not self.is_direct or self.channel == _direct_id(user_id))

    @property
    def actions(self) -> list[tuple[dict[str, Any], str]]:
        """Return every element that can be clicked, with the id of its block, top to bottom."""
        return [(element, block["block_id"]) for block in self.blocks for element in clickable(block)]


@dataclass(frozen=True)
class Call:
    """One call of the Web API; ``arguments`` without the token, ``status`` 0 if the reply was dropped on purpose."""

    method: str
    arguments: dict[str, Any]
    response: dict[str, Any]
    status: int


def _direct_id(user_id: str) -> str:
    return "D" + user_id[1:]


def clickable(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the elements of a block that can be clicked: those of an actions block, and a section's accessory."""
    if block["type"] == "actions":
        return list(block["elements"])
    accessory = block.get("accessory")
    return [accessory] if accessory and accessory["type"] != "image" else []
