"""Ask Slack what the doctor wants to know, each thing at most once."""

from collections.abc import Callable, Container, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from chalicelib.core.doctor.slack.facts import Channel, Group, Person, Refused, Token
from chalicelib.ports.doctor import NotAllowedError, NotKnownError
from chalicelib.ports.people import MessengerError
from chalicelib.slack.doctor.once import Once
from chalicelib.slack.installation import Installation
from chalicelib.slack.web.shapes import BotFound, ChannelFound, Done, GroupAbout, Groups, TokenTold, UserFound
from chalicelib.slack.web.web_api import WebApi, WebApiError

T = TypeVar("T", bound=Done)
A = TypeVar("A")
B = TypeVar("B")
AT_ONCE = 4
"""Calls side by side. Slack takes 50 conversations.info and 100 users.info a minute, and short bursts of more."""
_DEAD = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "not_allowed_token_type",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""Slack's codes for a token that it will not take again (docs.slack.dev/reference/methods/auth.test, Errors)."""
_NO_CHANNEL = frozenset({"channel_not_found", "invalid_channel"})
_NOBODY = frozenset({"user_not_found", "user_not_visible"})


class SlackReader:
    """What Slack says of the app. Each method may raise NotAllowedError and NotKnownError."""

    def __init__(self, token: Callable[[], str], installation: Installation) -> None:
        self._read = token
        self._installation = installation
        self.token = Once(self._identified)
        self._api = Once(self._opened)
        self._every_group = Once(self._listed)

    def _identified(self) -> Token | Refused:
        try:
            told, scopes = self._api().call_with_scopes("auth_test", TokenTold)
        except MessengerError as error:  # it has characters that no token has
            return Refused(str(error))
        except WebApiError as error:
            if error.code in _DEAD:
                return Refused(str(error))
            raise NotKnownError(str(error)) from None
        return Token(
            user=told.user,
            team=told.team_id or "",
            enterprise=told.enterprise_id or "",
            org_wide=bool(told.is_enterprise_install),
            bot=told.bot_id or "",
            scopes=scopes,
        )

    @property
    def alive(self) -> Token:
        """Return the token that Slack takes; without one nothing else can be asked."""
        told = self.token()
        if isinstance(told, Refused):
            raise NotKnownError("Slack does not take the bot token, so nothing else could be asked (slack.token)")
        return told

    def app(self) -> str:
        """Return the ID of the app behind the bot; "": Slack does not say."""
        bot = self.alive.bot
        found = self._ask("users:read", "bots_info", BotFound, nothing={"bot_not_found"}, bot=bot) if bot else None
        return (found.bot.app_id or "") if found else ""

    def channels(self, ids: Iterable[str]) -> list[Channel]:
        """Return the channels with these IDs."""
        _ = self.alive
        return _side_by_side(self._channel, ids)

    def groups(self, ids: Iterable[str]) -> list[Group]:
        """Return the user groups with these IDs."""
        wanted = list(ids)
        every = self._every_group() if wanted else {}
        return [_group(one, every.get(one)) for one in wanted]

    def people(self, ids: Iterable[str]) -> list[Person]:
        """Return the people with these IDs."""
        _ = self.alive
        return _side_by_side(self._person, ids)

    def _opened(self) -> WebApi:
        try:
            token = self._read()
        except MessengerError as error:
            raise NotKnownError(str(error)) from None
        return WebApi(lambda: token, self._installation.api_url)

    def _listed(self) -> dict[str, GroupAbout]:
        team = (self._installation.team or None) if self.alive.org_wide else None
        told: dict[str, Any] = {"include_disabled": True, "include_count": True, "team_id": team}
        answer = self._ask("usergroups:read", "usergroups_list", Groups, **told)
        return {group.id: group for group in answer.usergroups} if answer else {}

    def _channel(self, channel: str) -> Channel:
        try:
            found = self._ask("channels:read", "conversations_info", ChannelFound, nothing=_NO_CHANNEL, channel=channel)
        except NotAllowedError:  # of one channel: public and private ones have a scope each
            return Channel(id=channel, refused=True)
        if found is None:
            return Channel(id=channel, there=False)
        about = found.channel
        return Channel(
            id=channel,
            name=about.name or "",
            member=bool(about.is_member),
            archived=bool(about.is_archived),
            private=bool(about.is_private),
        )

    def _person(self, user: str) -> Person:
        found = self._ask("users:read", "users_info", UserFound, nothing=_NOBODY, user=user)
        if found is None:
            return Person(id=user, there=False)
        return Person(id=user, deactivated=bool(found.user.deleted))

    def _ask(
        self, scope: str, method: str, shape: type[T], *, nothing: Container[str] = (), **arguments: Any
    ) -> T | None:
        """Return Slack's answer; None for an error code in ``nothing``."""
        try:
            return self._api().call(method, shape, **arguments)
        except WebApiError as error:
            if error.code in nothing:
                return None
            if error.code == "missing_scope":
                raise NotAllowedError(scope, str(error)) from None
            raise NotKnownError(str(error)) from None


def _side_by_side(ask: Callable[[A], B], things: Iterable[A]) -> list[B]:
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        return list(pool.map(ask, things))
    finally:  # what one refusal says of all is not asked again
        pool.shutdown(wait=False, cancel_futures=True)


def _group(group: str, about: GroupAbout | None) -> Group:
    if about is None:
        return Group(id=group, there=False)
    count = str(about.user_count)
    return Group(
        id=group,
        handle=about.handle or "",
        disabled=bool(about.date_delete),
        members=int(count) if count.isdecimal() else None,
    )
