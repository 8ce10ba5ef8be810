"""Send to the app what Slack sends: a signed form, for whose answer it waits three seconds.

https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

NO_ANSWER = 0
VERIFICATION_TOKEN = "deprecated-verification-token"  # noqa: S105 - Slack still sends one, nobody should look at it
_PATIENCE = 3.0  # seconds; https://docs.slack.dev/interactivity/handling-user-interaction


@dataclass(frozen=True)
class Reply:
    """What the app answered; the status NO_ANSWER means no answer within three seconds, or no connection."""

    status: int
    body: bytes = b""
    kind: str = ""
    timed_out: bool = False


def signed(secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Return the headers with which Slack sends a body."""
    base = b"v0:%d:%s" % (timestamp, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": f"v0={digest}",
    }


def form_body(payload: Mapping[str, Any]) -> bytes:
    """Return the payload of an interaction as the form that Slack sends; a command's payload is a form already."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def trigger_id() -> str:
    """Make a new trigger id in Slack's form."""
    return f"{secrets.randbits(40)}.{secrets.randbits(40)}.{secrets.token_hex(16)}"


def send(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Post as Slack does; follow no redirect."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=_PATIENCE)
    target = parts.path or "/"
    try:
        connection.request("POST", f"{target}?{parts.query}" if parts.query else target, body, dict(headers))
        response = connection.getresponse()
        return Reply(response.status, response.read(), response.headers.get_content_type())
    except (OSError, HTTPException) as error:
        return Reply(NO_ANSWER, timed_out=isinstance(error, TimeoutError))
    finally:
        connection.close()
