"""What Slack told of the app, its channels, user groups and people."""

import msgspec


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What Slack says of the bot token."""

    user: str
    """The bot's user name, by which people invite it."""
    team: str = ""
    enterprise: str = ""
    org_wide: bool = False
    """Whether the app is installed for a whole organisation; such a token has no workspace of its own."""
    bot: str = ""
    """The ID of the bot; "": it is a person's token."""
    scopes: frozenset[str] = frozenset()
    """Empty if Slack (or a proxy) did not tell them."""


class Refused(msgspec.Struct, frozen=True):
    """Slack does not take the token; ``said`` is why, for a person."""

    said: str


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel as the app sees it. A private one that the app is not in is the same to it as none."""

    id: str
    refused: bool = False
    """Whether the token lacks the scope to look at it."""
    there: bool = True
    name: str = ""
    member: bool = True
    archived: bool = False
    private: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A user group."""

    id: str
    there: bool = True
    handle: str = ""
    disabled: bool = False
    members: int | None = None
    """None: Slack does not say how many."""

    @property
    def trouble(self) -> str:
        """Return why the group reaches nobody; "": it does."""
        if not self.there:
            return "does not exist in this workspace"
        if self.disabled:
            return "is disabled"
        return "has no members" if self.members == 0 else ""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person."""

    id: str
    there: bool = True
    deactivated: bool = False

    @property
    def trouble(self) -> str:
        """Return why the person cannot be reached; "": they can."""
        if not self.there:
            return "is not known to this workspace"
        return "is deactivated" if self.deactivated else ""
