"""Block Kit, as much of it as is used here (docs.slack.dev/reference/block-kit)."""

from collections.abc import Mapping
from typing import Any

Block = dict[str, Any]
"""A block, or an element of one."""


def header(text: str) -> Block:
    """Plain text: nothing foreign goes in here, because Slack decodes it in its own way."""
    return {"type": "header", "text": plain(text)}


def section(text: str, **more: Any) -> Block:
    """A paragraph; ``more`` is ``fields`` or an ``accessory``."""
    return {"type": "section", "text": mrkdwn(text), **more}


def context(*lines: str) -> Block:
    """Small print, a line each; empty ones are left out."""
    return {"type": "context", "elements": [mrkdwn("\n".join(filter(None, lines)))]}


def actions(*elements: Block) -> Block:
    """What can be clicked.

    Without a ``block_id``: Slack then gives it a new one at every edit. A client keeps the choice that was made in a
    select for as long as the ``block_id`` is the same (github.com/slackapi/bolt-js issues 1920 and 2766).
    """
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action_id: str, value: str, **more: Any) -> Block:
    """A button; Slack gives its value back with a click."""
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": value, **more}


def menu(text: str, action_id: str, choices: Mapping[str, str]) -> Block:
    """A select, with what it is to give back for each choice and what the choice is called."""
    options = [{"text": plain(name), "value": value} for value, name in choices.items()]
    return {"type": "static_select", "action_id": action_id, "placeholder": plain(text), "options": options}


def question(title: str, text: str, yes: str, no: str, **more: Any) -> Block:
    """What Slack's client asks before it sends a click: no round trip, nothing to time out."""
    return {"title": plain(title), "text": mrkdwn(text), "confirm": plain(yes), "deny": plain(no), **more}


def plain(text: str) -> Block:
    """Text without markup."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Block:
    """Text with Slack's markup."""
    # verbatim: Slack must not make links and mentions of bare words in other people's text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
