"""The parts of Slack's answers that the reaper uses. An answer that does not fit is a proxy's, or Slack has changed."""

from typing import Annotated, Any

import msgspec

_Id = Annotated[str, msgspec.Meta(min_length=1)]
_Ts = Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+$")]


class Done(msgspec.Struct, frozen=True):
    """The answer of a call that Slack carried out."""

    ok: bool


class Standing(msgspec.Struct, frozen=True):
    """A message as Slack shows it, in a thread or in a channel."""

    thread_ts: _Ts | None = None


class PostDone(Done, frozen=True):
    """The answer of a call that posted a message."""

    channel: _Id
    ts: _Ts
    message: Standing


class Organisation(msgspec.Struct, frozen=True):
    """A person's membership in an Enterprise Grid organisation."""

    enterprise_id: str | None = None


class Found(msgspec.Struct, frozen=True):
    """A person."""

    id: _Id
    deleted: bool | None = None
    enterprise_user: Organisation | None = None


class UserFound(Done, frozen=True):
    """The person with an address or an ID."""

    user: Found


class Members(Done, frozen=True):
    """The people in a group."""

    users: tuple[_Id, ...]


class TokenTold(Done, frozen=True):
    """Whose token it is. A token of a whole organisation has no workspace of its own."""

    user: str = ""
    team_id: str | None = None
    enterprise_id: str | None = None
    is_enterprise_install: bool | None = None
    bot_id: str | None = None


class BotAbout(msgspec.Struct, frozen=True):
    """The app behind a bot."""

    app_id: str | None = None


class BotFound(Done, frozen=True):
    """The bot with an ID."""

    bot: BotAbout


class ChannelAbout(msgspec.Struct, frozen=True):
    """How a channel stands, and whether the app is in it."""

    id: _Id
    name: str | None = None
    is_member: bool | None = None
    is_archived: bool | None = None
    is_private: bool | None = None


class ChannelFound(Done, frozen=True):
    """The channel with an ID."""

    channel: ChannelAbout


class GroupAbout(msgspec.Struct, frozen=True):
    """How a user group stands. Slack tells its size as a number or as a text."""

    id: _Id
    handle: str | None = None
    date_delete: int | None = None
    user_count: int | str | None = None


class Groups(Done, frozen=True):
    """The user groups of a workspace."""

    usergroups: tuple[GroupAbout, ...]


class Payload(msgspec.Struct, frozen=True):
    """The reaper's own content of a message's metadata."""

    trace: str


class Metadata(msgspec.Struct, frozen=True):
    """The metadata that an app wrote into a message; people do not see it."""

    event_type: str
    event_payload: Payload


class Bot(msgspec.Struct, frozen=True):
    """The app that wrote a message."""

    app_id: str | None = None


class Seen(msgspec.Struct, frozen=True):
    """A message with the reaper's metadata; no other message fits this shape."""

    ts: _Ts
    metadata: Metadata
    app_id: str | None = None
    bot_profile: Bot | None = None


class Cursor(msgspec.Struct, frozen=True):
    """The pointer to the next part."""

    next_cursor: str | None = None


class Part(Done, frozen=True):
    """A part of a conversation. Its messages are anybody's, so they may have any shape."""

    messages: list[Any]
    response_metadata: Cursor | None = None

    @property
    def next_cursor(self) -> str:
        """Return the cursor of the next part; "" if this is the last."""
        return (self.response_metadata and self.response_metadata.next_cursor) or ""
