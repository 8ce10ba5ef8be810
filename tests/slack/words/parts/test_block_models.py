"""What slack_sdk's models of Block Kit check and what they lack (docs/decisions.md, 85)."""

from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError

from chalicelib.slack.words.parts.blocks import actions, button, context, header, section
from demo.slack_standin.block_rules import is_too_long, problems_in
from tests.slack.reading import by_slack_sdk

CHECKED = {
    "a long title": [header("x" * 151)],
    "a long paragraph": [section("x" * 3001)],
    "many fields": [section("x", fields=[{"type": "mrkdwn", "text": "x", "verbatim": True}] * 11)],
    "a long button": [actions(button("x" * 76, "a", "v"))],
    "a long value": [actions(button("x", "a", "v" * 2001))],
    "many buttons": [actions(*(button("x", f"a{index}", "v") for index in range(26)))],
}
LACKING = {
    "a long field": [section("x", fields=[{"type": "mrkdwn", "text": "x" * 2001, "verbatim": True}])],
    "an empty title": [header("")],
    "an empty paragraph": [section("")],
    "no small print": [context()],
    "nothing to click": [actions()],
    "two buttons of one action": [actions(button("x", "a", "v"), button("x", "a", "v"))],
}


@pytest.mark.parametrize("blocks", CHECKED.values(), ids=CHECKED)
def test_the_models_refuse_what_slack_refuses(blocks: list[dict[str, Any]]) -> None:
    assert problems_in(blocks)
    with pytest.raises(SlackObjectFormationError):
        by_slack_sdk(blocks)


@pytest.mark.parametrize("blocks", LACKING.values(), ids=LACKING)
def test_the_models_still_take_some_of_what_slack_refuses(blocks: list[dict[str, Any]]) -> None:
    assert problems_in(blocks)
    assert len(by_slack_sdk(blocks)) == 1


def test_the_models_still_do_not_count_the_blocks_or_the_characters_of_a_message() -> None:
    assert by_slack_sdk([section("x")] * 51)
    assert problems_in([section("x")] * 51)
    assert by_slack_sdk([section("x" * 3000)] * 5)
    assert is_too_long([section("x" * 3000)] * 5)
