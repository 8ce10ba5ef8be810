"""Slack's signature of a request (docs.slack.dev/authentication/verifying-requests-from-slack).

slack_sdk has the same, but whatever is imported of it imports its whole Web API, which a first click would wait for.
"""

import hashlib
import hmac


def fits(secret: str, body: bytes, timestamp: str, signature: str) -> bool:
    """Return whether this signature is of these bytes at this time, by this secret."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
