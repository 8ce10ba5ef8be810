"""Messages out, by Slack's Web API."""

from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import HttpResponse, RetryHandler
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from chalicelib.core.alert import Alert, Posted
from chalicelib.core.release import Ending
from chalicelib.ports import MessageGoneError, MessengerError
from chalicelib.slack import messages

_TIMEOUT_SECONDS = 5
_RATE_LIMIT_RETRIES = 5
_LONGEST_WAIT_SECONDS = 5
# A message that can never be edited again is as good as gone: what there is to say needs another one.
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "is_archived", "channel_not_found"}
_MEANINGS = {
    "not_in_channel": "invite the app: /invite @tflock-reaper",
    "channel_not_found": "no such channel, or a private one that the app is not in",
    "is_archived": "the channel is archived",
    "invalid_auth": "the bot token is wrong or was revoked",
    "account_inactive": "the app was removed from the workspace",
    "missing_scope": "install the app again with the scopes of slack-manifest.yaml",
    "user_not_in_channel": "that person is not in the channel",
}


class SlackRefusedError(MessengerError):
    """Slack's own refusal, with its error code."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class _ShortWaits(RateLimitErrorRetryHandler):
    """Waits out a 429 of a few seconds; a longer one is left to the next delivery, which costs no running function."""

    def _can_retry(self, *, response: HttpResponse | None = None, **others: Any) -> bool:
        if not super()._can_retry(response=response, **others) or response is None:
            return False
        waits = [values for name, values in response.headers.items() if name.lower() == "retry-after"]
        return bool(waits) and int(waits[0][0]) <= _LONGEST_WAIT_SECONDS


class SlackMessenger:
    """``ports.Messenger`` for one workspace. Each message asks for the token, so that a new one is used soon."""

    def __init__(self, token: Callable[[], str], api_url: str) -> None:
        self._token = token
        # Only a 429 is tried again, as late as Slack says. slack_sdk's default also repeats a request whose
        # answer was lost, and so would post an alert twice.
        retries: list[RetryHandler] = [_ShortWaits(max_retry_count=_RATE_LIMIT_RETRIES)]
        self._client = WebClient(base_url=api_url, timeout=_TIMEOUT_SECONDS, retry_handlers=retries)

    def post(self, channel: str, alert: Alert) -> Posted:
        """Post a new alert."""
        text, blocks = messages.message(alert)
        answer = self._call(
            "chat_postMessage", channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
        )
        return Posted(answer["channel"], answer["ts"])

    def edit(self, posted: Posted, alert: Alert) -> None:
        """Make a posted alert read as it should now. Raises MessageGoneError when it was deleted."""
        text, blocks = messages.message(alert)
        try:
            self._call("chat_update", channel=posted.channel, ts=posted.ts, text=text, blocks=blocks)
        except SlackRefusedError as error:
            if error.code in _GONE:
                raise MessageGoneError(str(error)) from error
            raise

    def whisper(self, channel: str, user: str, ending: Ending, releasers: tuple[str, ...]) -> None:
        """Tell one person alone. Somebody who is not in the channel cannot be told by Slack, and is not tried again."""
        try:
            self._call(
                "chat_postEphemeral", channel=channel, user=user, text=messages.private_answer(ending, releasers)
            )
        except SlackRefusedError as error:
            if error.code != "user_not_in_channel":
                raise

    def report(self, channel: str, subject: str, trouble: str) -> None:
        """Tell a channel of the reaper's own trouble."""
        self._call("chat_postMessage", channel=channel, text=messages.trouble(subject, trouble), unfurl_links=False)

    def _call(self, method: str, **arguments: Any) -> Any:
        token = self._token()
        try:
            return getattr(self._client, method)(token=token, **arguments)
        except SlackApiError as error:
            raise _refused(error) from None
        except (SlackClientError, HTTPException, OSError) as error:
            raise MessengerError(f"Slack could not be reached: {error}") from None


def _refused(error: SlackApiError) -> SlackRefusedError:
    code = str(error.response.get("error") or f"HTTP {error.response.status_code}")
    details = error.response.get("response_metadata") or {}
    meaning = _MEANINGS.get(code) or "; ".join(details.get("messages", []))
    return SlackRefusedError(code, f"Slack answered {code}" + (f" ({meaning})" if meaning else ""))
