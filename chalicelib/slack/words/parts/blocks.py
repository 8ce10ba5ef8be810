"""Make blocks of the kinds that the reaper uses (docs.slack.dev/reference/block-kit)."""

from collections.abc import Mapping
from typing import Any

from chalicelib.slack.words.parts.text import size

Block = dict[str, Any]
"""A block, or an element of one."""
_LONGEST_PARAGRAPH = 3000
"""Slack's limit for the text of a section (docs.slack.dev/reference/block-kit/blocks/section-block)."""


def header(text: str) -> Block:
    """Return a title, in plain text. Pass no foreign text, because Slack decodes plain text in its own way."""
    return {"type": "header", "text": plain(text)}


def section(text: str, **more: Any) -> Block:
    """Return a paragraph; ``more`` is ``fields`` or an ``accessory``."""
    return {"type": "section", "text": mrkdwn(text), **more}


def sections(text: str) -> list[Block]:
    """Return a text of several lines as the fewest paragraphs that hold it. No line may be longer than a paragraph."""
    paragraphs: list[str] = []
    for line in text.splitlines():
        longer = f"{paragraphs[-1]}\n{line}" if paragraphs else line
        if size(longer) > _LONGEST_PARAGRAPH:
            paragraphs.append(line)
        else:
            paragraphs[-1:] = [longer]
    return [section(paragraph) for paragraph in paragraphs]


def context(*lines: str) -> Block:
    """Return small print, without empty lines."""
    return {"type": "context", "elements": [mrkdwn("\n".join(filter(None, lines)))]}


def actions(*elements: Block) -> Block:
    """Return a row of buttons and selects.

    It has no ``block_id``, so Slack gives it a new one at every edit. With the same ``block_id``, a client would keep
    showing the choice that was made in a select (github.com/slackapi/bolt-js issues 1920 and 2766).
    """
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action_id: str, value: str, **more: Any) -> Block:
    """Return a button; Slack sends its value with a click."""
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": value, **more}


def menu(text: str, action_id: str, choices: Mapping[str, str]) -> Block:
    """Return a select; ``choices`` has the name of each choice by the value that Slack sends for it."""
    options = [{"text": plain(name), "value": value} for value, name in choices.items()]
    return {"type": "static_select", "action_id": action_id, "placeholder": plain(text), "options": options}


def question(title: str, text: str, yes: str, no: str, **more: Any) -> Block:
    """Return the dialog in which Slack's client asks before it sends a click."""
    return {"title": plain(title), "text": mrkdwn(text), "confirm": plain(yes), "deny": plain(no), **more}


def plain(text: str) -> Block:
    """Return text without markup."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Block:
    """Return text with Slack's markup."""
    # verbatim: Slack must not turn words of foreign text into links and mentions.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
