"""Message metadata: kept with a message, told only when asked for."""

from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack_standin import SlackStandIn
from tests.demo.workspace import error_of

LOCK = {"event_type": "lock", "event_payload": {"id": "1"}}


@pytest.fixture
def marked(client: WebClient) -> str:
    return str(client.chat_postMessage(channel="C1LOCKS", text="held", metadata=LOCK)["ts"])


def told(client: WebClient, **asked: Any) -> Any:
    (message,) = client.conversations_history(channel="C1LOCKS", **asked)["messages"]
    return message.get("metadata")


def test_metadata_is_told_only_to_who_asks_for_it(slack: SlackStandIn, client: WebClient, marked: str) -> None:
    assert slack.messages()[0].metadata == LOCK
    assert told(client) is None
    assert told(client, include_all_metadata=False) is None
    assert told(client, include_all_metadata=True) == LOCK


def test_the_answer_to_a_post_has_the_metadata(client: WebClient) -> None:
    answer = client.chat_postMessage(channel="C1LOCKS", text="held", metadata=LOCK)
    assert answer["message"]["metadata"] == LOCK


def test_an_edit_without_metadata_keeps_it(client: WebClient, marked: str) -> None:
    client.chat_update(channel="C1LOCKS", ts=marked, text="held for longer")
    assert told(client, include_all_metadata=True) == LOCK


def test_an_edit_with_metadata_replaces_it(client: WebClient, marked: str) -> None:
    released = {"event_type": "released", "event_payload": {}}
    client.chat_update(channel="C1LOCKS", ts=marked, text="released", metadata=released)
    assert told(client, include_all_metadata=True) == released


def test_an_edit_with_empty_metadata_removes_it(client: WebClient, marked: str) -> None:
    client.chat_update(channel="C1LOCKS", ts=marked, text="released", metadata={})
    assert told(client, include_all_metadata=True) is None


def test_an_ephemeral_message_has_no_metadata(slack: SlackStandIn, client: WebClient) -> None:
    client.api_call("chat.postEphemeral", json={"channel": "C1LOCKS", "user": "U1ADA", "text": "x", "metadata": LOCK})
    assert slack.ephemerals("U1ADA")[0].metadata is None


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        "no json",
        {"event_type": "lock"},
        {"event_type": "", "event_payload": {}},
        {"event_type": 1, "event_payload": {}},
        {"event_type": "lock", "event_payload": "x"},
    ],
)
def test_metadata_that_is_none_is_refused(client: WebClient, metadata: Any) -> None:
    arguments = {"channel": "C1LOCKS", "text": "x", "metadata": metadata}
    assert error_of(client, "chat.postMessage", **arguments) == "invalid_metadata_format"


def test_an_edit_refused_for_its_metadata_changes_nothing(slack: SlackStandIn, client: WebClient, marked: str) -> None:
    arguments = {"channel": "C1LOCKS", "ts": marked, "text": "x", "metadata": {"event_type": "lock"}}
    assert error_of(client, "chat.update", **arguments) == "invalid_metadata_format"
    assert (slack.messages()[0].text, slack.messages()[0].metadata) == ("held", LOCK)
