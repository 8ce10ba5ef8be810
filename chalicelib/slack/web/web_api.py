"""Call Slack's Web API: return its answer, or raise either a refusal or "nobody knows".

No other error leaves this module, whatever slack_sdk, a proxy or the network does with a call.
"""

import random
import re
import socket
import ssl
import time
from collections.abc import Callable, Container, Mapping
from http import HTTPStatus
from typing import Any, TypeGuard, TypeVar
from urllib.error import HTTPError, URLError

import msgspec
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpResponse, RetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from chalicelib.ports.people import MessengerError
from chalicelib.slack.web.network_words import in_words
from chalicelib.slack.web.shapes import Done

T = TypeVar("T", bound=Done)
_TIMEOUT_SECONDS = 5
_RATE_LIMIT_RETRIES = 5
_LONGEST_WAIT_SECONDS = 5
_TOKEN = re.compile(r"[ -~]+")
_CODE = re.compile("[a-z][a-z0-9_]*")
_RATE_LIMITED = "ratelimited"
# About the first two, Slack says "It's possible some aspect of the operation succeeded before the error was raised"
# (docs.slack.dev/reference/methods/chat.postMessage, Errors); about the third it says nothing. request_timeout is not
# one of them, because it means that the request did not arrive whole.
_PERHAPS_DONE = {"internal_error", "fatal_error", "service_unavailable"}
# With these errors no connection was made. A time-out may mean that too, but urllib does not say what timed out.
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
    """A call that Slack did not carry out. ``code`` is Slack's word for why; "" when Slack was not reached."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class UnansweredError(WebApiError):
    """A call that Slack may or may not have carried out."""


class _ShortWaits(RateLimitErrorRetryHandler):
    """A retry after a 429, if the wait is a few seconds. No function waits longer: the queue delivers again instead.

    A 429 that names no seconds (a proxy's, with a date or nothing) is not retried, because slack_sdk would raise.
    """

    def __init__(self, sleep: Callable[[float], None]) -> None:
        super().__init__(max_retry_count=_RATE_LIMIT_RETRIES)
        self._sleep = sleep

    def _can_retry(self, *, response: HttpResponse | None = None, **others: Any) -> bool:
        return super()._can_retry(response=response, **others) and _seconds_to_wait(response) is not None

    def prepare_for_next_attempt(
        self,
        *,
        state: RetryState,
        response: HttpResponse | None = None,
        **_others: Any,
    ) -> None:
        """Wait as long as Slack asks."""
        state.next_attempt_requested = True
        # A random part of a second is added, so that functions that were refused together do not return together.
        self._sleep((_seconds_to_wait(response) or 0) + random.random())  # noqa: S311  no secret
        state.increment_current_attempt()


def _seconds_to_wait(response: HttpResponse | None) -> float | None:
    """Return how many seconds Slack asks to wait; None: it names no number, or too many."""
    headers = response.headers.items() if response else ()
    told = next((values for name, values in headers if name.lower() == "retry-after"), ())
    try:
        seconds = float(next(iter(told), ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds <= _LONGEST_WAIT_SECONDS else None


def uncounted() -> None:
    """Do nothing: for callers that do not count failures."""


class WebApi:
    """The Web API of one workspace. Each call asks for the token again, so that a new token is used soon.

    ``failed`` is called for every call that failed.
    """

    def __init__(
        self,
        token: Callable[[], str],
        api_url: str,
        failed: Callable[[], None] = uncounted,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._token = token
        self._failed = failed
        # Only a 429 is retried, after the time that Slack says. slack_sdk's default also repeats a request whose
        # answer was lost, and so would post an alert twice.
        retries: list[RetryHandler] = [_ShortWaits(sleep)]
        self._client = WebClient(base_url=api_url, timeout=_TIMEOUT_SECONDS, retry_handlers=retries)

    def call(self, method: str, shape: type[T], *, expected: Container[str] = (), **arguments: Any) -> T:
        """Call a method by its name in slack_sdk; return its answer in that shape. Raises WebApiError.

        ``expected`` has the error codes that the caller handles: they are raised, but not counted as failures.
        """
        return self.call_with_scopes(method, shape, expected=expected, **arguments)[0]

    def call_with_scopes(
        self, method: str, shape: type[T], *, expected: Container[str] = (), **arguments: Any
    ) -> tuple[T, frozenset[str]]:
        """Call a method like ``call``; return its answer and the scopes of the token, as far as Slack tells them."""
        try:
            return self._send(method, self._usable_token(), shape, arguments)
        except (WebApiError, MessengerError) as error:
            code = getattr(error, "code", "")  # "" when Slack was not even reached
            if not code or code not in expected:
                self._failed()
            raise

    def _usable_token(self) -> str:
        """Return the token; refuse one with a line break, because the HTTP library would quote it in its error."""
        token = self._token()
        if not _TOKEN.fullmatch(token):
            raise MessengerError(
                "the bot token is empty, or has characters that no token has: set it again (make secrets)"
            )
        return token

    def _send(self, method: str, token: str, shape: type[T], arguments: dict[str, Any]) -> tuple[T, frozenset[str]]:
        try:
            answer = getattr(self._client, method)(token=token, **arguments)
            return msgspec.convert(answer.data, shape), _scopes(answer.headers)
        except SlackApiError as error:
            raise _answered(error) from None
        except msgspec.ValidationError:
            raise UnansweredError("", f"the answer to {method} is not one of Slack's, so perhaps a proxy's") from None
        except Exception as error:  # noqa: BLE001  whatever slack_sdk makes of an answer (JSON, gzip, charset, ...)
            raise _unreached(error) from None


def _scopes(headers: Mapping[str, str]) -> frozenset[str]:
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    return frozenset(re.findall(r"[^\s,]+", told))


def _answered(error: SlackApiError) -> WebApiError:
    status, told = error.response.status_code, error.response.data
    code = told.get("error") if isinstance(told, dict) else None
    if status == HTTPStatus.TOO_MANY_REQUESTS:  # Slack's or a proxy's: the request was not carried out
        code = code if _is_code(code) else _RATE_LIMITED
    if not _is_code(code):  # what a proxy or a failing server says
        return UnansweredError("", f"Slack answered HTTP {status} without an error code of its own")
    meaning = _MEANINGS.get(code) or _details(told)
    kind = UnansweredError if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _PERHAPS_DONE else WebApiError
    return kind(code, f"Slack answered {code}" + (f" ({meaning})" if meaning else ""))


def _is_code(code: object) -> TypeGuard[str]:
    return isinstance(code, str) and _CODE.fullmatch(code) is not None


def _details(told: Any) -> str:
    """Return the details of a refusal that Slack tells, for a person to read."""
    match told:
        case {"response_metadata": {"messages": [*messages]}}:
            return "; ".join(message for message in messages if isinstance(message, str))
    return ""


def _unreached(error: Exception) -> WebApiError:
    answer = error.__context__  # what slack_sdk was reading when it failed
    if isinstance(answer, HTTPError) and answer.code == HTTPStatus.TOO_MANY_REQUESTS:
        return WebApiError(_RATE_LIMITED, f"Slack answered {_RATE_LIMITED}, in bytes that are no text")
    why = error.reason if isinstance(error, URLError) else error
    kind = WebApiError if isinstance(why, _NOT_SENT) else UnansweredError
    return kind("", f"Slack could not be reached: {in_words(why)}")
