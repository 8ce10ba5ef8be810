"""Messages out, by Slack's Web API."""

from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from chalicelib.core.alert import Alert, Posted
from chalicelib.core.release import Ending
from chalicelib.ports import MessageGoneError, MessengerError
from chalicelib.slack import messages

_TIMEOUT_SECONDS = 5
_RATE_LIMIT_RETRIES = 3
_MEANINGS = {
    "not_in_channel": "invite the app: /invite @tflock-reaper",
    "channel_not_found": "no such channel, or a private one that the app is not in",
    "is_archived": "the channel is archived",
    "invalid_auth": "the bot token is wrong or was revoked",
    "account_inactive": "the app was removed from the workspace",
    "missing_scope": "install the app again with the scopes of slack-manifest.yaml",
    "user_not_in_channel": "that person is not in the channel",
}


class SlackMessenger:
    """``ports.Messenger`` for one workspace. Each message asks for the token, so that a new one is used soon."""

    def __init__(self, token: Callable[[], str], api_url: str) -> None:
        self._token = token
        # Only a 429 is tried again, as late as Slack says. slack_sdk's default also repeats a request whose
        # answer was lost, and so would post an alert twice.
        retries: list[RetryHandler] = [RateLimitErrorRetryHandler(max_retry_count=_RATE_LIMIT_RETRIES)]
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
        self._call("chat_update", channel=posted.channel, ts=posted.ts, text=text, blocks=blocks)

    def whisper(self, channel: str, user: str, ending: Ending, releasers: tuple[str, ...]) -> None:
        """Tell one person alone. Somebody who is not in the channel cannot be told by Slack, and is not tried again."""
        try:
            self._call(
                "chat_postEphemeral", channel=channel, user=user, text=messages.private_answer(ending, releasers)
            )
        except MessengerError as error:
            if "user_not_in_channel" not in str(error):
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
        except (SlackClientError, OSError) as error:
            raise MessengerError(f"Slack could not be reached: {error}") from None


def _refused(error: SlackApiError) -> MessengerError:
    code = str(error.response.get("error") or f"HTTP {error.response.status_code}")
    details = error.response.get("response_metadata") or {}
    meaning = _MEANINGS.get(code) or "; ".join(details.get("messages", []))
    kind = MessageGoneError if code == "message_not_found" else MessengerError
    return kind(f"Slack answered {code}" + (f" ({meaning})" if meaning else ""))
