"""One message in several versions, each with less that Slack could refuse: an alert is worth more than any part of it.

Where a workspace forbids ``@here`` and ``@channel``, Slack refuses the whole message, and so it does for one text that
is too long as Slack counts, one link, one unknown block. Each version says what is missing and why.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from chalicelib.slack.blocks import Block, actions, context, question, section
from chalicelib.slack.refusals import About, about
from chalicelib.slack.text import shortened

_EVERYBODY = re.compile(r"<!(?:here|channel|everyone)(?:\|[^<>]*)?> ?")
# All that is in angle brackets is ours: other people's are escaped. What follows the last bar is what people read.
_MARKUP = re.compile(r"<([^<>]*)>")
_SHORT, _SHORTEST = 600, 400
"""Bytes of a paragraph, and of a message that is nothing but text."""


class Less(IntEnum):
    """How much is left out of a message."""

    NOTHING = 0
    EVERYBODY = 1
    MARKUP = 2
    """All mentions and links; what they said stays as text."""
    DETAILS = 3
    """All but the title, the first paragraph and the buttons."""
    BLOCKS = 4
    """All but a line of text."""


@dataclass(frozen=True)
class Version:
    """A message, whole, and how much of it is to be said. ``code`` is Slack's refusal of the version before."""

    text: str
    blocks: list[Block]
    less: Less = Less.NOTHING
    code: str = ""
    traceable: bool = True
    """Whether it carries the metadata by which a message is found again."""

    def said(self) -> dict[str, Any]:
        """Return the ``text`` and the ``blocks`` of this version as Slack's methods take them."""
        text, blocks = _content(self)
        if self.less is Less.NOTHING:
            return {"text": text, "blocks": blocks} if blocks else {"text": text}
        note = f"{_NOTES[self.less]} Slack refused more (`{self.code}`)."
        if not blocks:
            return {"text": f"{text}\n_{note}_"}
        return {"text": text, "blocks": [*blocks, context(note)]}


_NOTES = {
    Less.EVERYBODY: "Nobody is called by `here` or `channel`: this workspace may forbid it to apps.",
    Less.MARKUP: "Without mentions and links.",
    Less.DETAILS: "Shortened.",
    Less.BLOCKS: "Shortened, without buttons: `/tflocks` has them.",
}


def with_less(version: Version, code: str) -> Version | None:
    """Return what to say instead of a version that Slack refused; None: no version of it would be taken there."""
    kind = about(code)
    if kind in {About.EVERYTHING, About.PLACE}:
        return None
    if version.traceable and "metadata" in code:
        return replace(version, traceable=False)
    last = Less.MARKUP if kind is About.CALLING else Less.BLOCKS
    steps = (replace(version, less=less, code=code) for less in Less if version.less < less <= last)
    return next((step for step in steps if _content(step) != _content(version)), None)


def _content(version: Version) -> tuple[str, list[Block]]:
    """Return what a version says, without the note that something is missing."""
    text, blocks = version.text, version.blocks
    if version.less is Less.EVERYBODY:
        return _in_all(_uncalled, text, blocks)
    if version.less >= Less.MARKUP:
        text, blocks = _in_all(_as_text, text, blocks)
    if version.less >= Less.DETAILS:
        text, blocks = shortened(text, _SHORTEST), _essentials(blocks)
    return text, [] if version.less is Less.BLOCKS else blocks


def _essentials(blocks: list[Block]) -> list[Block]:
    titles = [block for block in blocks if block["type"] == "header"]
    paragraphs = [block["text"]["text"] for block in blocks if block["type"] == "section" and "text" in block]
    elements = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    buttons = [_plainly_asked(element) for element in elements if element["type"] == "button" and "value" in element]
    said = [*titles[:1], *(section(shortened(words, _SHORT)) for words in paragraphs[:1])]
    return [*said, actions(*buttons)] if buttons else said


def _plainly_asked(button: Block) -> Block:
    """Return a button that asks nothing of other people's text before it is clicked, if it asked at all."""
    if "confirm" not in button:
        return button
    asked = question("Are you sure?", "What it does is in the message above.", "Yes", "No")
    return {**button, "confirm": asked}


def _in_all(change: Callable[[str], str], text: str, blocks: list[Block]) -> tuple[str, list[Block]]:
    return change(text), [_changed(change, block) for block in blocks]


def _changed(change: Callable[[str], str], value: Any) -> Any:
    """Return a part of a message with all of its texts changed."""
    if isinstance(value, list):
        return [_changed(change, part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: change(part) if name == "text" and isinstance(part, str) else _changed(change, part)
        for name, part in value.items()
    }


def _uncalled(text: str) -> str:
    return _EVERYBODY.sub("", text)


def _as_text(text: str) -> str:
    return _MARKUP.sub(_read_aloud, _uncalled(text))


def _read_aloud(markup: re.Match[str]) -> str:
    """Return what stands behind the last bar of a link or a date, and of a mention its ID."""
    return markup[1].rpartition("|")[2].removeprefix("!subteam^")
