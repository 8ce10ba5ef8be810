"""Write one message in several versions, each with less that Slack could refuse.

Slack refuses a whole message because of one part of it: ``@here`` or ``@channel`` in a workspace that forbids them, a
text that is too long as Slack counts, a link, an unknown block. An alert matters more than its parts, so it is sent
without that part. Each version says what is missing and why.
"""

import re
from collections.abc import Callable
from enum import IntEnum
from typing import Any

import msgspec

from chalicelib.slack.web.refusals import About, about
from chalicelib.slack.words.parts.blocks import Block, actions, context, question, section
from chalicelib.slack.words.parts.text import shortened, size

_EVERYBODY = re.compile(r"<!(?:here|channel|everyone)(?:\|[^<>]*)?> ?")
# All text in angle brackets is the reaper's own, because foreign text is escaped. People see what follows the last bar.
_MARKUP = re.compile(r"<([^<>]*)>")
_ABOUT_MARKUP = re.compile(r".*(user|mention|link|url|group).*")
_PARAGRAPH, _LINE = 1000, 500
"""Most bytes of a shortened paragraph, and of a message that is only text."""


class Markup(IntEnum):
    """The mentions and links that a version has."""

    ALL = 0
    NO_EVERYBODY = 1
    NONE = 2
    """Only their labels, as text."""


class Shape(IntEnum):
    """The parts that a version has besides the text."""

    WHOLE = 0
    ESSENTIALS = 1
    """The title, the first paragraph and the buttons."""
    TEXT = 2
    """A line of text, without blocks."""


_WITHOUT_MARKUP = [(Markup.NONE, shape) for shape in Shape]
_SHORTER = [(markup, shape) for shape in (Shape.ESSENTIALS, Shape.TEXT) for markup in (Markup.ALL, Markup.NONE)]
_UNCALLED = [(Markup.NO_EVERYBODY, Shape.WHOLE), (Markup.NONE, Shape.WHOLE)]
_LEFT_OUT = {
    Markup.ALL: "",
    Markup.NO_EVERYBODY: "Nobody is called by `here` or `channel`: this workspace may forbid it to apps.",
    Markup.NONE: "Mentions and links are left out.",
}
_CUT = {
    Shape.WHOLE: "",
    Shape.ESSENTIALS: "This message is shortened.",
    Shape.TEXT: "This message is shortened and has no buttons: `/tflocks` has them.",
}


class Version(msgspec.Struct, frozen=True):
    """A whole message, and how much of it to send. ``code`` is Slack's error code for the version before."""

    text: str
    blocks: list[Block]
    markup: Markup = Markup.ALL
    shape: Shape = Shape.WHOLE
    code: str = ""
    traceable: bool = True
    """Whether it has the metadata by which the message can be found again."""

    def said(self) -> dict[str, Any]:
        """Return the ``text`` and the ``blocks`` of this version as Slack's methods take them."""
        text, blocks = _content(self)
        note = _note(self)
        if not blocks:
            return {"text": f"{text}\n{note}" if note else text}
        return {"text": text, "blocks": _noted(blocks, note, self.shape) if note else blocks}


def with_less(version: Version, code: str) -> Version | None:
    """Return the next version to try after a refused one; None: there is none with less."""
    kind = about(code)
    if kind in {About.EVERYTHING, About.PLACE}:
        return None
    if version.traceable and "metadata" in code:
        return msgspec.structs.replace(version, traceable=False)
    # Calling people matters more than the details, so mentions go last, unless Slack refuses just them.
    order = _WITHOUT_MARKUP if _ABOUT_MARKUP.fullmatch(code) else _SHORTER
    steps = (
        msgspec.structs.replace(version, markup=markup, shape=shape, code=code)
        for markup, shape in (_UNCALLED if kind is About.CALLING else order)
        if markup >= version.markup and shape >= version.shape
    )
    return next((step for step in steps if _content(step) != _content(version)), None)


def _content(version: Version) -> tuple[str, list[Block]]:
    """Return the text and blocks of a version, without the note that something is missing."""
    text, blocks = version.text, version.blocks
    if version.markup:
        change = _uncalled if version.markup is Markup.NO_EVERYBODY else _as_text
        text, blocks = change(text), [_changed(change, block) for block in blocks]
    if version.shape:
        text, blocks = _in_short(text, _LINE), _essentials(blocks)
    return text, [] if version.shape is Shape.TEXT else blocks


def _note(version: Version) -> str:
    parts = [_LEFT_OUT[version.markup], _CUT[version.shape]]
    said = " ".join(filter(None, parts))
    return f"_{said} Slack refused more (`{version.code}`)._" if said else ""


def _noted(blocks: list[Block], note: str, shape: Shape) -> list[Block]:
    """Return the blocks with the note: as small print, or at the end of the paragraph in a short version."""
    if shape is Shape.WHOLE:
        return [*blocks, context(note)]
    return [section(f"{one['text']['text']}\n{note}") if one["type"] == "section" else one for one in blocks]


def _in_short(text: str, limit: int) -> str:
    return text if size(text) <= limit else shortened(_as_text(text), limit)


def _essentials(blocks: list[Block]) -> list[Block]:
    titles = [block for block in blocks if block["type"] == "header"]
    paragraphs = [block["text"]["text"] for block in blocks if block["type"] == "section" and "text" in block]
    elements = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    buttons = [_plainly_asked(element) for element in elements if element["type"] == "button" and "value" in element]
    said = [*titles[:1], *(section(_in_short(words, _PARAGRAPH)) for words in paragraphs[:1])]
    return [*said, actions(*buttons)] if buttons else said


def _plainly_asked(button: Block) -> Block:
    """Return a button whose dialog, if it has one, contains no foreign text."""
    if "confirm" not in button:
        return button
    asked = question("Are you sure?", "What it does is in the message above.", "Yes", "No")
    return {**button, "confirm": asked}


def _changed(change: Callable[[str], str], value: Any) -> Any:
    """Return a part of a message in which every text is changed."""
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
    """Return the label of a link or a date (the text after the last bar), or the ID of a mention."""
    return markup[1].rpartition("|")[2].removeprefix("!subteam^")
