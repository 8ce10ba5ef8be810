"""Who is who in the workspace, by Slack's Web API, asked no more often than it has to be."""

import time
from collections.abc import Callable, Container
from math import inf
from typing import Any, TypeVar

from chalicelib.ports import DirectoryError, MessengerError
from chalicelib.slack.shapes import Done, Members, UserFound
from chalicelib.slack.web_api import WebApi, WebApiError, uncounted

T = TypeVar("T", bound=Done)
_NOBODY = "users_not_found"
_MEMBERS_SECONDS = 300
_MOST_ADDRESSES = 1000


class SlackDirectory:
    """``ports.Directory`` for one workspace. What could not be found out is asked again the next time."""

    def __init__(
        self,
        token: Callable[[], str],
        api_url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        failed: Callable[[], None] = uncounted,
    ) -> None:
        self._api = WebApi(token, api_url, failed)
        self._clock = clock
        self._members: dict[str, tuple[float, frozenset[str]]] = {}
        self._users: dict[str, str] = {}

    def members(self, group: str) -> frozenset[str]:
        """The users in a user group, five minutes old at most."""
        now = self._clock()
        known_since, members = self._members.get(group, (-inf, frozenset[str]()))
        if now - known_since >= _MEMBERS_SECONDS:
            members = frozenset(self._ask("usergroups_users_list", Members, usergroup=group).users)
            self._members[group] = now, members
        return members

    def user_by_email(self, address: str) -> str:
        """The user with an e-mail address, "" when there is none; for as long as the process lives."""
        if address not in self._users:
            found = self._look_up(address)
            if len(self._users) >= _MOST_ADDRESSES:
                self._users.clear()
            self._users[address] = found
        return self._users[address]

    def _look_up(self, address: str) -> str:
        try:
            return self._ask("users_lookupByEmail", UserFound, expected={_NOBODY}, email=address).user.id
        except _RefusedError as error:
            if error.code == _NOBODY:
                return ""
            raise

    def _ask(self, method: str, shape: type[T], *, expected: Container[str] = (), **arguments: Any) -> T:
        """Return Slack's answer. Raises DirectoryError."""
        try:
            return self._api.call(method, shape, expected=expected, **arguments)
        except WebApiError as error:
            raise _RefusedError(str(error), error.code) from None
        except MessengerError as error:  # the token could not be read
            raise DirectoryError(str(error)) from None


class _RefusedError(DirectoryError):
    """Slack said no, with its code for why."""

    def __init__(self, words: str, code: str) -> None:
        super().__init__(words)
        self.code = code
