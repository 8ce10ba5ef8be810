"""One call of Slack's Web API: what it answered, or why it did not, in two kinds: refused, or nobody knows."""

import re
import socket
import ssl
from collections.abc import Callable, Collection
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import HttpResponse, RetryHandler
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from chalicelib.ports import MessengerError
from chalicelib.slack.network_words import in_words

_TIMEOUT_SECONDS = 5
_RATE_LIMIT_RETRIES = 5
_LONGEST_WAIT_SECONDS = 5
_SERVER_ERROR = 500
_CODE = re.compile("[a-z0-9_]+")
# "It's possible some aspect of the operation succeeded before the error was raised" is Slack's word of the first two
# (docs.slack.dev/reference/methods/chat.postMessage, Errors); of the third it says nothing. A request_timeout is none
# of them: the request did not arrive whole.
_PERHAPS_DONE = {"internal_error", "fatal_error", "service_unavailable"}
# Of a connection that was never made. A time-out may be one too, but urllib does not say of what.
_NOT_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
_MEANINGS = {
    "not_in_channel": "invite the app: /invite @tflock-reaper",
    "channel_not_found": "no such channel, or a private one that the app is not in",
    "is_archived": "the channel is archived",
    "invalid_auth": "the bot token is wrong or was revoked",
    "account_inactive": "the app was removed from the workspace",
    "missing_scope": "install the app again with the scopes of slack-manifest.yaml",
    "user_not_in_channel": "that person is not in the channel",
    "no_such_subteam": "there is no such user group",
    "plan_upgrade_required": "this workspace's plan has no user groups: name the users themselves",
}


class WebApiError(Exception):
    """Slack did not do it, and said so: ``code`` is its own word for why, "" when it was not even reached."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class UnansweredError(WebApiError):
    """Slack may have done it, or not."""


class _ShortWaits(RateLimitErrorRetryHandler):
    """Waits out a 429 of a few seconds; a longer one is left to the next delivery, which costs no running function."""

    def _can_retry(self, *, response: HttpResponse | None = None, **others: Any) -> bool:
        if not super()._can_retry(response=response, **others) or response is None:
            return False
        waits = [values for name, values in response.headers.items() if name.lower() == "retry-after"]
        return bool(waits) and int(waits[0][0]) <= _LONGEST_WAIT_SECONDS


def uncounted() -> None:
    """For those who do not count failures."""


class WebApi:
    """The Web API of one workspace. Each call asks for the token, so that a new one is used soon.

    ``failed`` hears of every call that came to nothing.
    """

    def __init__(self, token: Callable[[], str], api_url: str, failed: Callable[[], None] = uncounted) -> None:
        self._token = token
        self._failed = failed
        # Only a 429 is tried again, as late as Slack says. slack_sdk's default also repeats a request whose
        # answer was lost, and so would post an alert twice.
        retries: list[RetryHandler] = [_ShortWaits(max_retry_count=_RATE_LIMIT_RETRIES)]
        self._client = WebClient(base_url=api_url, timeout=_TIMEOUT_SECONDS, retry_handlers=retries)

    def call(self, method: str, *, expected: Collection[str] = (), **arguments: Any) -> Any:
        """Call a method by slack_sdk's name of it; the answer. Raises WebApiError.

        ``expected`` are Slack's words for a no that its caller has a plan for: it is raised, and no failure.
        """
        try:
            return self._send(method, self._token(), arguments)
        except (WebApiError, MessengerError) as error:
            code = getattr(error, "code", "")  # "" when Slack was not even reached
            if not code or code not in expected:
                self._failed()
            raise

    def _send(self, method: str, token: str, arguments: dict[str, Any]) -> Any:
        try:
            return getattr(self._client, method)(token=token, **arguments)
        except SlackApiError as error:
            raise _answered(error) from None
        except (SlackClientError, HTTPException, OSError) as error:
            raise _unreached(error) from None


def _answered(error: SlackApiError) -> WebApiError:
    status, code = error.response.status_code, str(error.response.get("error"))
    if not _CODE.fullmatch(code):  # what a proxy or a failing server says
        return UnansweredError("", f"Slack answered HTTP {status}")
    details = error.response.get("response_metadata") or {}
    meaning = _MEANINGS.get(code) or "; ".join(details.get("messages", []))
    kind = UnansweredError if status >= _SERVER_ERROR or code in _PERHAPS_DONE else WebApiError
    return kind(code, f"Slack answered {code}" + (f" ({meaning})" if meaning else ""))


def _unreached(error: Exception) -> WebApiError:
    why = error.reason if isinstance(error, URLError) else error
    kind = WebApiError if isinstance(why, _NOT_SENT) else UnansweredError
    return kind("", f"Slack could not be reached: {in_words(why)}")
