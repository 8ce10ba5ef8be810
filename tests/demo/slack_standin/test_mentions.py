"""Whom Slack tells of a message: those mentioned when it was posted, and nobody at an edit."""

from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack_standin import SlackStandIn

ADA, GUS = "U1ADA", "U2GUS"


def notified(slack: SlackStandIn) -> list[str]:
    return [user for user in (ADA, GUS) if slack.notifications(user)]


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ("<@U1ADA>", [ADA]),
        ("<@U2GUS|gus> and <@U1ADA>", [ADA, GUS]),
        ("<!subteam^S1ONCALL>", [ADA]),
        ("<!subteam^S1ONCALL|@oncall>", [ADA]),
        ("<!subteam^S9>", []),
        ("<!channel>", [ADA]),
        ("<!here|here>", [ADA]),
        ("&lt;@U1ADA&gt; &lt;!channel&gt; @Ada U1ADA <#U1ADA>", []),
        ("<!date^1763700000^{date}|then>", []),
        ("nobody", []),
    ],
)
def test_a_mention_in_the_text_notifies(slack: SlackStandIn, client: WebClient, text: str, users: list[str]) -> None:
    client.chat_postMessage(channel="C1LOCKS", text=text)
    assert notified(slack) == users


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


QUESTION = {"title": plain("?"), "text": mrkdwn("<@U1ADA>"), "confirm": plain("Yes"), "deny": plain("No")}
BUTTON = {"type": "button", "text": plain("Release"), "confirm": QUESTION}


@pytest.mark.parametrize(
    ("block", "users"),
    [
        ({"type": "section", "text": mrkdwn("<@U1ADA>")}, [ADA]),
        ({"type": "section", "fields": [mrkdwn("x"), mrkdwn("<@U1ADA>")]}, [ADA]),
        ({"type": "context", "elements": [mrkdwn("<@U1ADA>")]}, [ADA]),
        ({"type": "section", "text": plain("<@U1ADA>")}, []),
        ({"type": "header", "text": plain("<@U1ADA>")}, []),
        ({"type": "actions", "elements": [BUTTON]}, []),
    ],
)
def test_a_mention_in_a_block_notifies_where_it_is_shown_as_one(
    slack: SlackStandIn, client: WebClient, block: dict[str, Any], users: list[str]
) -> None:
    client.chat_postMessage(channel="C1LOCKS", text="held", blocks=[block])
    assert notified(slack) == users


def test_only_a_post_notifies_and_an_edit_never(slack: SlackStandIn, client: WebClient) -> None:
    parent = client.chat_postMessage(channel="C1LOCKS", text="held by <@U2GUS>")["ts"]
    client.chat_update(channel="C1LOCKS", ts=parent, text="held, <@U1ADA>")
    assert slack.notifications(ADA) == []
    reply = client.chat_postMessage(channel="C1LOCKS", text="<@U1ADA>, please look", thread_ts=parent)["ts"]
    assert [one.ts for one in slack.notifications(ADA)] == [reply]
    assert [one.text for one in slack.notifications(GUS)] == ["held by <@U2GUS>"]


def test_what_one_person_sees_is_no_notification(slack: SlackStandIn, client: WebClient) -> None:
    client.chat_postEphemeral(channel="C1LOCKS", user=ADA, text="<@U1ADA>, not you")
    assert notified(slack) == []


def test_nobody_is_notified_of_their_own_words(slack: SlackStandIn) -> None:
    slack.say(ADA, "C1LOCKS", "I am <@U1ADA>, he is <@U2GUS>")
    assert notified(slack) == [GUS]
