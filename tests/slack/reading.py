"""Ways to read what is made for Slack, and what must hold of every message whatever others have written."""

import json
import re
from typing import Any

from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.slack.words.messages import message
from demo.slack_standin.block_rules import is_too_long, problems_in

FOREIGN = st.one_of(
    st.text(max_size=3000),
    st.sampled_from(
        [
            "<!channel>",
            "<https://evil|safe>",
            "`*bold*`",
            "x" * 5000,
            "&" * 3000,
            "a\n*State*\nb",
            "<@U0ALICE>",
            "{when}",
            "漢" * 3000,
            "💩" * 3000,
            "é&" * 3000,
            "\u202e" * 3000,
        ]
    ),
)
INFOS = st.builds(LockInfo, FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN)
_OURS = re.compile(
    r"<!date\^\d+\^(?:\{date_short_pretty\} at \{time\}|\{ago\})\|[0-9: -]+ UTC>"
    r"|<@U0[A-Z]+>|<!subteam\^S0[A-Z]+>|<!here>|<https://ci\.example/[\w./-]*\|CI run>"
)


def words(alert: Alert) -> str:
    """All that an alert's blocks say."""
    return said(message(alert)[1])


def said(blocks: Any) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def elements(blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What can be clicked, by its action."""
    clickable = [one for block in blocks for one in (*block.get("elements", ()), block.get("accessory"))]
    return {one["action_id"]: one for one in clickable if one and "action_id" in one}


def texts_in(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [text for entry in value for text in texts_in(entry)]
    if not isinstance(value, dict):
        return []
    if value.get("type") in {"mrkdwn", "plain_text"}:
        return [value]
    return [text for entry in value.values() for text in texts_in(entry)]


def s3_takes(text: str) -> str:
    """As much of a text as S3 takes for a key: 1,024 bytes, less what a test adds."""
    return text.encode(errors="ignore")[:900].decode(errors="ignore")


def assert_slack_takes(text: str, blocks: list[dict[str, Any]]) -> None:
    """It is within Slack's limits, and mentions, links and forges nothing that is not ours."""
    for counted in (blocks, in_bytes(blocks)):
        assert problems_in(counted) == []
        assert not is_too_long(counted)
        assert by_slack_sdk(counted) == counted
    assert 0 < len(text) <= len(text.encode()) <= 4000
    marked = [element for element in texts_in(blocks) if element["type"] == "mrkdwn"]
    assert all(element["verbatim"] for element in marked)
    for piece in [text, *(element["text"] for element in marked)]:
        assert_harmless(piece)
    assert all(set(element["text"]) <= _PLAIN for element in texts_in(blocks) if element["type"] == "plain_text")


def by_slack_sdk(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same blocks as slack_sdk's models write them. Raises SlackObjectFormationError where one breaks a limit."""
    return [block.to_dict() for block in Block.parse_all(blocks)]


def in_bytes(value: Any) -> Any:
    """The same with a character for each byte: whether Slack counts UTF-16 units or bytes, it counts no more."""
    if isinstance(value, list):
        return [in_bytes(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    counted = {"text", "value"}
    return {
        name: "x" * len(part.encode()) if name in counted and isinstance(part, str) else in_bytes(part)
        for name, part in value.items()
    }


def assert_harmless(piece: str) -> None:
    assert "<" not in _OURS.sub("", piece)
    assert piece.count("`") % 2 == 0


_PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 :_?,")
