"""Where an answer to a click may be sent: only to the Slack of this installation."""

import re
from urllib.parse import urlsplit

_PLAIN = re.compile(r"[!-\[\]-~]{1,2000}")
"""Printable ASCII without blanks and backslashes, so that all readers of the URL see the same host in it."""


def usable(url: str, api_url: str) -> bool:
    """Return whether a ``response_url`` can be from this Slack. So nobody can make the reaper call another host.

    For ``https://slack.com/api/`` it is ``https://hooks.slack.com/``; GovSlack has hosts of its own. A Slack on this
    machine (the demo's) has both on one host.
    """
    api = urlsplit(api_url)
    ours = (f"{api.scheme}://{api.netloc}/", f"https://hooks.{api.netloc}/")
    return url.startswith(ours) and _PLAIN.fullmatch(url) is not None
