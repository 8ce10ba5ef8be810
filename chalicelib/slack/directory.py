"""Find out who is who in the workspace by Slack's Web API, with as few calls as possible."""

import time
from collections.abc import Callable
from math import inf
from typing import Any, TypeVar

from chalicelib.ports.people import DirectoryError, MessengerError
from chalicelib.slack.web.shapes import Done, Members, UserFound
from chalicelib.slack.web.web_api import WebApi, WebApiError, uncounted

T = TypeVar("T", bound=Done)
_MEMBERS_SECONDS = 300
_MOST_ADDRESSES = 1000
_UNKNOWN = frozenset({"users_not_found"})
# A user whom the app cannot even see is no colleague (docs.slack.dev/reference/methods/users.info, Errors).
_NOBODY = frozenset({"user_not_found", "user_not_visible"})


class SlackDirectory:
    """``ports.people.Directory`` for one workspace. Failures are not cached.

    ``team`` is the workspace that has the user groups. A token of a whole organisation has to name it; a workspace's
    own token need not (docs.slack.dev/reference/methods/usergroups.users.list, ``team_id``).
    """

    def __init__(
        self,
        token: Callable[[], str],
        api_url: str,
        *,
        team: str = "",
        clock: Callable[[], float] = time.monotonic,
        failed: Callable[[], None] = uncounted,
    ) -> None:
        self._api = WebApi(token, api_url, failed)
        self._team = team or None
        self._clock = clock
        self._members: dict[str, tuple[float, frozenset[str]]] = {}
        self._users: dict[str, str] = {}

    def members(self, group: str) -> frozenset[str]:
        """Return the users in a user group, as they were at most five minutes ago."""
        now = self._clock()
        known_since, members = self._members.get(group, (-inf, frozenset[str]()))
        if now - known_since >= _MEMBERS_SECONDS:
            answer = self._ask("usergroups_users_list", Members, usergroup=group, team_id=self._team)
            members = frozenset(answer.users if answer else ())
            self._members[group] = now, members
        return members

    def user_by_email(self, address: str) -> str:
        """Return the user with an e-mail address; "" when there is none. The process caches the answer."""
        if address not in self._users:
            found = self._ask("users_lookupByEmail", UserFound, nobody=_UNKNOWN, email=address)
            if len(self._users) >= _MOST_ADDRESSES:
                self._users.clear()
            self._users[address] = found.user.id if found else ""
        return self._users[address]

    def belongs(self, user: str, enterprise: str) -> bool:
        """Return whether a user is a member of that organisation. Nothing is cached, because people leave.

        Slack also answers for strangers from Slack Connect: with their own organisation, or with none.
        """
        found = self._ask("users_info", UserFound, nobody=_NOBODY, user=user)
        if found is None or found.user.deleted or not found.user.enterprise_user:
            return False
        return bool(enterprise) and found.user.enterprise_user.enterprise_id == enterprise

    def _ask(self, method: str, shape: type[T], *, nobody: frozenset[str] = frozenset(), **arguments: Any) -> T | None:
        """Return Slack's answer; None for an error code in ``nobody``, which means that there is no such user."""
        try:
            return self._api.call(method, shape, expected=nobody, **arguments)
        except WebApiError as error:
            if error.code in nobody:
                return None
            raise DirectoryError(str(error)) from None
        except MessengerError as error:  # the token could not be read
            raise DirectoryError(str(error)) from None
