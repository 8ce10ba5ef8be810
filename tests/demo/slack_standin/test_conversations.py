"""Reading a channel and its threads as Slack has it: order, range, pages, and what is never in it."""

from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack_standin import SlackStandIn
from tests.demo.workspace import Clock, error_of


@pytest.fixture
def five(slack: SlackStandIn, clock: Clock) -> list[str]:
    """The times of five messages, a minute apart."""
    posted = []
    for number in range(5):
        clock.now += 60
        posted.append(slack.say("U1ADA", "C1LOCKS", str(number)).ts)
    return posted


@pytest.fixture
def parent(client: WebClient, clock: Clock) -> str:
    """A message with four replies, a minute apart."""
    ts = str(client.chat_postMessage(channel="C1LOCKS", text="parent")["ts"])
    for number in range(4):
        clock.now += 60
        client.chat_postMessage(channel="C1LOCKS", text=str(number), thread_ts=ts)
    return ts


def texts(answer: Any) -> list[str]:
    return [message["text"] for message in answer["messages"]]


def history(client: WebClient, **more: Any) -> list[str]:
    return texts(client.conversations_history(channel="C1LOCKS", **more))


def test_a_history_has_the_newest_message_first(client: WebClient, five: list[str]) -> None:
    answer = client.conversations_history(channel="C1LOCKS")
    assert texts(answer) == ["4", "3", "2", "1", "0"]
    assert (answer["has_more"], answer.get("response_metadata")) == (False, None)
    assert answer["messages"][0].items() >= {"type": "message", "user": "U1ADA", "ts": five[4]}.items()


def test_a_range_leaves_its_ends_out_unless_they_are_wanted(client: WebClient, five: list[str]) -> None:
    assert history(client, oldest=five[1], latest=five[3]) == ["2"]
    assert history(client, oldest=five[1], latest=five[3], inclusive=True) == ["3", "2", "1"]
    assert history(client, oldest=five[3]) == ["4"]
    assert history(client, latest=five[1], inclusive=True, limit=1) == ["1"]
    assert history(client, oldest="0", latest="9999999999.5") == ["4", "3", "2", "1", "0"]
    assert history(client, inclusive=True) == ["4", "3", "2", "1", "0"]


def test_a_long_history_comes_in_pages_that_new_messages_do_not_shift(
    slack: SlackStandIn, client: WebClient, five: list[str]
) -> None:
    first = client.conversations_history(channel="C1LOCKS", limit=2)
    assert (texts(first), first["has_more"]) == (["4", "3"], True)
    slack.say("U1ADA", "C1LOCKS", "5")
    second = client.conversations_history(channel="C1LOCKS", limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert (texts(second), second["has_more"]) == (["2", "1"], True)


def test_slack_sdk_turns_the_pages_to_the_end(client: WebClient, five: list[str]) -> None:
    pages = [texts(page) for page in client.conversations_history(channel="C1LOCKS", limit=2)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_a_history_has_neither_replies_nor_what_one_person_sees_nor_other_channels(
    slack: SlackStandIn, client: WebClient, parent: str
) -> None:
    client.chat_postEphemeral(channel="C1LOCKS", user="U1ADA", text="for Ada")
    slack.say("U1ADA", "C2OTHER", "elsewhere")
    assert history(client) == ["parent"]


def test_a_parent_tells_of_its_replies(slack: SlackStandIn, client: WebClient, parent: str) -> None:
    (message,) = client.conversations_history(channel="C1LOCKS")["messages"]
    latest = slack.replies("C1LOCKS", parent)[-1].ts
    assert (message["thread_ts"], message["reply_count"], message["latest_reply"]) == (parent, 4, latest)
    assert (message["reply_users"], message["reply_users_count"]) == (["U0REAPER"], 1)


def test_a_thread_has_its_parent_first_and_then_the_oldest_reply(client: WebClient, parent: str) -> None:
    answer = client.conversations_replies(channel="C1LOCKS", ts=parent)
    assert texts(answer) == ["parent", "0", "1", "2", "3"]
    assert answer["messages"][1].items() >= {"thread_ts": parent, "parent_user_id": "U0REAPER"}.items()


def test_a_long_thread_comes_in_pages(client: WebClient, parent: str) -> None:
    pages = [texts(page) for page in client.conversations_replies(channel="C1LOCKS", ts=parent, limit=2)]
    assert pages == [["parent", "0"], ["1", "2"], ["3"]]


def test_the_parent_is_told_whatever_the_range(slack: SlackStandIn, client: WebClient, parent: str) -> None:
    third = slack.replies("C1LOCKS", parent)[2].ts
    assert texts(client.conversations_replies(channel="C1LOCKS", ts=parent, oldest=third)) == ["parent", "3"]


def test_a_message_without_replies_is_a_thread_of_one(client: WebClient, five: list[str]) -> None:
    assert texts(client.conversations_replies(channel="C1LOCKS", ts=five[2])) == ["2"]


def test_of_a_reply_only_that_reply_is_told(slack: SlackStandIn, client: WebClient, parent: str) -> None:
    reply = slack.replies("C1LOCKS", parent)[1].ts
    assert texts(client.conversations_replies(channel="C1LOCKS", ts=reply)) == ["1"]


def test_a_thread_leaves_out_what_one_person_sees(client: WebClient, parent: str) -> None:
    client.chat_postEphemeral(channel="C1LOCKS", user="U1ADA", text="for Ada", thread_ts=parent)
    assert "for Ada" not in texts(client.conversations_replies(channel="C1LOCKS", ts=parent))


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.history", {}, "channel_not_found"),
        ("conversations.history", {"channel": "C9"}, "channel_not_found"),
        ("conversations.history", {"channel": "C3AWAY"}, "not_in_channel"),
        ("conversations.history", {"channel": "C5HUSHAWAY"}, "channel_not_found"),
        ("conversations.history", {"channel": "D1ADA"}, "missing_scope"),
        ("conversations.history", {"channel": "C1LOCKS", "oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": "C1LOCKS", "latest": "-1"}, "invalid_ts_latest"),
        ("conversations.history", {"channel": "C1LOCKS", "cursor": "bm9uZQ=="}, "invalid_cursor"),
        ("conversations.history", {"channel": "C1LOCKS", "limit": "many"}, "invalid_arguments"),
        ("conversations.replies", {"channel": "C3AWAY", "ts": "1.000100"}, "not_in_channel"),
        ("conversations.replies", {"channel": "C1LOCKS"}, "thread_not_found"),
        ("conversations.replies", {"channel": "C1LOCKS", "ts": "1.000100"}, "thread_not_found"),
    ],
)
def test_a_mistake_in_reading_is_answered_with_slacks_own_error(
    client: WebClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert error_of(client, method, **arguments) == error
