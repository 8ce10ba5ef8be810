"""Block Kit's limits, each at its edge: what just fits is taken, one more is refused and the place named."""

from typing import Any

import pytest

from demo.slack_standin.block_rules import is_too_long, problems_in

Json = dict[str, Any]


def plain(text: str = "x", **more: Any) -> Json:
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text: str = "x", **more: Any) -> Json:
    return {"type": "mrkdwn", "text": text, **more}


def header(size: int) -> list[Json]:
    return [{"type": "header", "text": plain("x" * size)}]


def section(size: int) -> list[Json]:
    return [{"type": "section", "text": mrkdwn("x" * size)}]


def fields(count: int, size: int = 1) -> list[Json]:
    return [{"type": "section", "fields": [mrkdwn("x" * size)] * count}]


def context(count: int) -> list[Json]:
    return [{"type": "context", "elements": [mrkdwn()] * count}]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def confirm(**more: Any) -> list[Json]:
    texts = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}
    return actions(button(confirm={**texts, **more}))


def select(count: int, text: int = 1, value: int = 1) -> list[Json]:
    options = [{"text": plain("x" * text), "value": "x" * value}] * count
    return actions({"type": "static_select", "placeholder": plain(), "options": options})


def overflow(count: int) -> list[Json]:
    return actions({"type": "overflow", "options": [{"text": plain(), "value": "x"}] * count})


EDGES = {
    "blocks in a message": ([{"type": "divider"}] * 50, [{"type": "divider"}] * 51, "/blocks"),
    "a block id": (
        [{"type": "divider", "block_id": "x" * 255}],
        [{"type": "divider", "block_id": "x" * 256}],
        "/blocks/0/block_id",
    ),
    "a header": (header(150), header(151), "/blocks/0/text/text"),
    "a header of nothing": (header(1), header(0), "/blocks/0/text/text"),
    "a section": (section(3000), section(3001), "/blocks/0/text/text"),
    "a section of nothing": (section(1), section(0), "/blocks/0/text/text"),
    "fields": (fields(10), fields(11), "/blocks/0/fields"),
    "no fields": (fields(1), fields(0), "/blocks/0/fields"),
    "a field": (fields(1, 2000), fields(1, 2001), "/blocks/0/fields/0/text"),
    "context elements": (context(10), context(11), "/blocks/0/elements"),
    "no context elements": (context(1), context(0), "/blocks/0/elements"),
    "actions": (actions(*[button()] * 25), actions(*[button()] * 26), "/blocks/0/elements"),
    "no actions": (actions(button()), actions(), "/blocks/0/elements"),
    "a button": (
        actions(button(text=plain("x" * 75))),
        actions(button(text=plain("x" * 76))),
        "/blocks/0/elements/0/text/text",
    ),
    "a button's value": (
        actions(button(value="x" * 2000)),
        actions(button(value="x" * 2001)),
        "/blocks/0/elements/0/value",
    ),
    "an action id": (
        actions(button(action_id="x" * 255)),
        actions(button(action_id="x" * 256)),
        "/blocks/0/elements/0/action_id",
    ),
    "a url": (actions(button(url="x" * 3000)), actions(button(url="x" * 3001)), "/blocks/0/elements/0/url"),
    "a style": (actions(button(style="danger")), actions(button(style="red")), "/blocks/0/elements/0/style"),
    "a confirm title": (
        confirm(title=plain("x" * 100)),
        confirm(title=plain("x" * 101)),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "a confirm text": (
        confirm(text=mrkdwn("x" * 300)),
        confirm(text=mrkdwn("x" * 301)),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "a confirm button": (
        confirm(confirm=plain("x" * 30)),
        confirm(confirm=plain("x" * 31)),
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "a deny button": (
        confirm(deny=plain("x" * 30)),
        confirm(deny=plain("x" * 31)),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    "options": (select(100), select(101), "/blocks/0/elements/0/options"),
    "no options": (select(1), select(0), "/blocks/0/elements/0/options"),
    "an option's text": (select(1, text=75), select(1, text=76), "/blocks/0/elements/0/options/0/text/text"),
    "an option's value": (select(1, value=150), select(1, value=151), "/blocks/0/elements/0/options/0/value"),
    "an overflow": (overflow(5), overflow(6), "/blocks/0/elements/0/options"),
}


@pytest.mark.parametrize(("fits", "does_not", "place"), EDGES.values(), ids=EDGES.keys())
def test_a_limit_holds_at_its_edge_and_the_place_is_named(fits: list[Json], does_not: list[Json], place: str) -> None:
    assert problems_in(fits) == []
    (problem,) = problems_in(does_not)
    assert problem.endswith(f"[json-pointer:{place}]")


WRONG = {
    "an unknown block": ([{"type": "alert"}], "unsupported type: alert [json-pointer:/blocks/0/type]"),
    "a block without a type": ([{}], "unsupported type: None [json-pointer:/blocks/0/type]"),
    "no block at all": (["x"], "must provide an object [json-pointer:/blocks/0]"),
    "mrkdwn in a header": (
        [{"type": "header", "text": mrkdwn()}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "mrkdwn on a button": (
        actions(button(text=mrkdwn())),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]",
    ),
    "a bare string for a text": (
        [{"type": "section", "text": "x"}],
        "must provide an object [json-pointer:/blocks/0/text]",
    ),
    "a number for a text": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": 5}}],
        "must be a string [json-pointer:/blocks/0/text/text]",
    ),
    "emoji on mrkdwn": (
        [{"type": "section", "text": mrkdwn(emoji=True)}],
        "invalid additional property [json-pointer:/blocks/0/text/emoji]",
    ),
    "verbatim on plain text": (
        [{"type": "section", "text": plain(verbatim=True)}],
        "invalid additional property [json-pointer:/blocks/0/text/verbatim]",
    ),
    "a word for yes": (
        [{"type": "section", "text": plain(emoji="yes")}],
        "must be a boolean [json-pointer:/blocks/0/text/emoji]",
    ),
    "an unknown key": (
        [{"type": "divider", "color": "red"}],
        "invalid additional property [json-pointer:/blocks/0/color]",
    ),
    "a section that says nothing": (
        [{"type": "section"}],
        "missing required field: text or fields [json-pointer:/blocks/0]",
    ),
    "a button without text": (
        actions({"type": "button"}),
        "missing required field: text [json-pointer:/blocks/0/elements/0]",
    ),
    "a confirm without deny": (
        actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()})),
        "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
    ),
    "an element of another block": (
        actions(mrkdwn()),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/type]",
    ),
    "two blocks of one id": (
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        "`a` already exists [json-pointer:/blocks/1/block_id]",
    ),
    "two buttons of one id": (
        actions(button(action_id="a"), button(action_id="a")),
        "`a` already exists [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    "an initial option that is none": (
        actions(
            {
                "type": "static_select",
                "options": [{"text": plain(), "value": "1"}],
                "initial_option": {"text": plain(), "value": "2"},
            }
        ),
        "must match one of the options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
}


@pytest.mark.parametrize(("blocks", "problem"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_named_with_its_place(blocks: list[Any], problem: str) -> None:
    assert problems_in(blocks) == [problem]


def test_all_mistakes_are_told_together() -> None:
    assert len(problems_in([*header(0), *section(3001), {"type": "nonsense"}])) == 3


def test_the_same_action_id_in_two_blocks_is_fine() -> None:
    assert problems_in([*actions(button(action_id="a")), *actions(button(action_id="a"))]) == []


def test_all_texts_together_are_limited() -> None:
    assert not is_too_long(section(3000) * 4 + fields(2, 600))
    assert is_too_long(section(3000) * 4 + fields(2, 600) + header(1))
