"""Answer one click by Slack's ``response_url``: the person sees the answer where they clicked.

It needs no token, and the app need not be in the channel. It takes five answers and ends after thirty minutes
(docs.slack.dev/interactivity/handling-user-interaction). It is a secret: anybody who has it can answer.
"""

import logging
from http import HTTPStatus
from typing import Any

from slack_sdk.webhook import WebhookClient, WebhookResponse

from chalicelib.ports.people import MessengerError

_TIMEOUT_SECONDS = 5
_TIMEOUT_AT_ONCE_SECONDS = 2
"""The time limit in a function that itself has to answer Slack within three seconds."""
_SILENT = logging.Logger("response_url", logging.CRITICAL + 1)
"""Given to slack_sdk, because it would log the URL."""


def answer(url: str, text: str) -> bool:
    """Show one person a text where they clicked; return False if the URL is used up, too old or cannot be reached.

    It never raises, because there is another way to tell them.
    """
    client = WebhookClient(url, timeout=_TIMEOUT_SECONDS, logger=_SILENT, retry_handlers=[])
    try:
        return _taken(client.send(text=text, response_type="ephemeral", replace_original=False))
    except Exception:  # noqa: BLE001  whatever slack_sdk makes of an answer (a proxy's page, an unknown charset, ...)
        return False


def respond(url: str, body: dict[str, Any]) -> None:
    """Show one person a message where they clicked, or replace the message that they clicked.

    Raises:
        MessengerError: the URL is used up or too old, or Slack could not be reached.
    """
    client = WebhookClient(url, timeout=_TIMEOUT_AT_ONCE_SECONDS, logger=_SILENT, retry_handlers=[])
    try:
        taken = _taken(client.send_dict(body))
    except Exception as error:  # noqa: BLE001  as above
        raise MessengerError(f"Slack could not be reached to answer a click ({type(error).__name__})") from None
    if not taken:
        raise MessengerError("Slack did not take the answer to a click: its URL is used up or too old")


def _taken(answer: WebhookResponse) -> bool:
    """Return whether Slack took it. Some refusals have the status 200."""
    return answer.status_code == HTTPStatus.OK and '"ok":false' not in "".join(answer.body.split())
