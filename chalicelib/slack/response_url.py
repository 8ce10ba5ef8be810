"""Slack's ``response_url``: an answer to one click, shown to its person in the very place where they clicked.

It needs neither a token nor the app in the channel, takes five answers, and is over after thirty minutes
(docs.slack.dev/interactivity/handling-user-interaction). It is a secret: whoever has it can answer.
"""

import logging
import re
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient, WebhookResponse

from chalicelib.ports import MessengerError

_TIMEOUT_SECONDS = 2
"""Slack waits three seconds for the function that answers a click."""
_PLAIN = re.compile(r"[!-\[\]-~]{1,2000}")
"""Printable ASCII without a blank or a backslash: nothing that two readers of a URL take for two different hosts."""
_SILENT = logging.Logger("response_url", logging.CRITICAL + 1)
"""slack_sdk writes the URL into its log."""


def usable(url: str, api_url: str) -> bool:
    """Return whether a URL is one that this Slack gives out, so that nobody can have the reaper call another host.

    Next to ``https://slack.com/api/`` that is ``https://hooks.slack.com/``, and next to GovSlack's API GovSlack's own.
    A Slack on this machine (the demo's) has both in one place.
    """
    api = urlsplit(api_url)
    ours = (f"{api.scheme}://{api.netloc}/", f"https://hooks.{api.netloc}/")
    return url.startswith(ours) and _PLAIN.fullmatch(url) is not None


def respond(url: str, body: dict[str, Any]) -> None:
    """Show one person a message where they clicked, or put it in the place of the message that was clicked.

    Raises:
        MessengerError: the URL is used up or too old, or Slack could not be reached.
    """
    client = WebhookClient(url, timeout=_TIMEOUT_SECONDS, logger=_SILENT, retry_handlers=[])
    try:
        answer = client.send_dict(body)
    except (SlackClientError, HTTPException, OSError, ValueError) as error:  # ValueError: a page that is not text
        raise MessengerError(f"the answer to a click could not be shown ({type(error).__name__})") from None
    if not _taken(answer):
        raise MessengerError(f"Slack did not take the answer to a click (HTTP {answer.status_code})")


def _taken(answer: WebhookResponse) -> bool:
    """Return whether Slack took it. Some refusals come with status 200."""
    return answer.status_code == HTTPStatus.OK and '"ok":false' not in "".join(answer.body.split())
