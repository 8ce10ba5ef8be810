"""Check Block Kit's rules, by Slack's documented limits, for the blocks and elements of an alert.

https://docs.slack.dev/reference/block-kit/blocks and .../block-elements and .../composition-objects. Types that Slack
has and this list lacks are refused too: the page could not draw them, and old Slack clients cannot either.
"""

from collections.abc import Iterator
from typing import Any

from demo.slack_standin.model import clickable
from demo.slack_standin.shapes import Rule, boolean, by_type, every, items, one_of, record, string, wrong

# This limit is not in the reference; it was measured by https://github.com/slackapi/bolt-js/issues/2509.
MOST_CHARACTERS = 13_200


def problems_in(blocks: list[Any]) -> list[str]:
    """Return everything that Slack would refuse, each with its place; an empty list means a good message."""
    return list(_BLOCKS(blocks, "/blocks"))


def is_too_long(blocks: list[Any]) -> bool:
    """Return whether all texts of the (valid) blocks together are longer than one message may be."""
    return sum(_characters(block) for block in blocks) > MOST_CHARACTERS


def _characters(value: Any) -> int:
    if isinstance(value, list):
        return sum(_characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(_characters(item) for item in value.values())


def _plain(most: int) -> Rule:
    return by_type({"plain_text": record({"text": string(most)}, {"emoji": boolean})})


def _text(most: int) -> Rule:
    mrkdwn = record({"text": string(most)}, {"verbatim": boolean})
    plain = record({"text": string(most)}, {"emoji": boolean})
    return by_type({"mrkdwn": mrkdwn, "plain_text": plain})


def _initial_option_is_an_option(value: dict[str, Any], place: str) -> Iterator[str]:
    if "initial_option" in value and value["initial_option"] not in value["options"]:
        yield wrong("must match one of the options", f"{place}/initial_option")


def _section_says_something(value: dict[str, Any], place: str) -> Iterator[str]:
    if not value.keys() & {"text", "fields"}:
        yield wrong("missing required field: text or fields", place)


def _ids_are_unique(blocks: list[Any], place: str) -> Iterator[str]:
    yield from _repeats([block.get("block_id") for block in blocks], f"{place}/{{}}/block_id")
    for index, block in enumerate(blocks):
        yield from _repeats(
            [one.get("action_id") for one in clickable(block)], f"{place}/{index}/elements/{{}}/action_id"
        )


def _repeats(ids: list[str | None], place: str) -> Iterator[str]:
    for index, one in enumerate(ids):
        if one is not None and one in ids[:index]:
            yield wrong(f"`{one}` already exists", place.format(index))


_ID = string(255)
_CONFIRM = record(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = {"text": _plain(75), "value": string(150)}
_ACT = {"action_id": _ID, "confirm": _CONFIRM}

_BUTTON = record(
    {"text": _plain(75)},
    {
        **_ACT,
        "url": string(3000),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
    },
)
_SELECT_OPTION = record(_OPTION, {"description": _plain(75)})
_SELECT = every(
    record(
        {"options": items(_SELECT_OPTION, 1, 100)},
        {**_ACT, "placeholder": _plain(150), "initial_option": _SELECT_OPTION, "focus_on_load": boolean},
    ),
    _initial_option_is_an_option,
)
_OVERFLOW = record({"options": items(record(_OPTION, {"description": _plain(75), "url": string(3000)}), 1, 5)}, _ACT)
_IMAGE = record({"image_url": string(3000), "alt_text": string(2000)}, {})
_CLICKABLE = {"button": _BUTTON, "static_select": _SELECT, "overflow": _OVERFLOW}

_SECTION = every(
    record(
        {},
        {
            "block_id": _ID,
            "text": _text(3000),
            "fields": items(_text(2000), 1, 10),
            "accessory": by_type({**_CLICKABLE, "image": _IMAGE}),
            "expand": boolean,
        },
    ),
    _section_says_something,
)
_CONTEXT_ELEMENT = by_type(
    {
        "mrkdwn": record({"text": string(2000)}, {"verbatim": boolean}),
        "plain_text": record({"text": string(2000)}, {"emoji": boolean}),
        "image": _IMAGE,
    }
)
_BLOCK = by_type(
    {
        "header": record({"text": _plain(150)}, {"block_id": _ID}),
        "section": _SECTION,
        "context": record({"elements": items(_CONTEXT_ELEMENT, 1, 10)}, {"block_id": _ID}),
        "actions": record({"elements": items(by_type(_CLICKABLE), 1, 25)}, {"block_id": _ID}),
        "divider": record({}, {"block_id": _ID}),
    }
)
_BLOCKS = every(items(_BLOCK, 0, 50), _ids_are_unique)
