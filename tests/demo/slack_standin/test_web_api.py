"""The Web API of the stand-in, spoken to by slack_sdk's own client."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient

from demo.slack_standin import SlackStandIn
from tests.demo.workspace import SECTION, WORKSPACE, Clock, error_of, raw


def test_a_posted_message_is_on_the_board_with_what_was_sent(slack: SlackStandIn, client: WebClient) -> None:
    metadata = {"event_type": "lock", "event_payload": {"id": "1"}}
    answer = client.chat_postMessage(
        channel="C1LOCKS", text="held", blocks=[SECTION], metadata=metadata, unfurl_links=False
    )
    (message,) = slack.messages("C1LOCKS")
    assert (answer["channel"], answer["ts"], message.ts) == ("C1LOCKS", "1763700000.000100", "1763700000.000100")
    assert (message.text, message.thread_ts, message.edited, message.ephemeral_to) == ("held", None, 0, None)
    assert slack.messages("C2OTHER") == []


def test_slack_gives_ids_to_blocks_and_elements_without_one(slack: SlackStandIn, client: WebClient) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Release"}}
    client.chat_postMessage(channel="C1LOCKS", text="x", blocks=[{"type": "actions", "elements": [button]}])
    (block,) = slack.messages()[0].blocks
    assert block["block_id"]
    assert block["elements"][0]["action_id"]


def test_a_form_with_blocks_as_a_json_string_is_the_same_as_json(slack: SlackStandIn) -> None:
    form = {"token": WORKSPACE.bot_token, "channel": "C1LOCKS", "text": "ünï & <x>", "blocks": json.dumps([SECTION])}
    status, _, text = raw(
        slack, "chat.postMessage", urlencode(form), Content_Type="application/x-www-form-urlencoded; charset=utf-8"
    )
    assert (status, json.loads(text)["ok"]) == (200, True)
    assert slack.messages()[0].text == "ünï & <x>"
    assert slack.messages()[0].blocks[0]["text"] == SECTION["text"]


def test_a_ts_is_never_given_twice_and_only_rises_even_when_the_clock_goes_back(
    slack: SlackStandIn, client: WebClient, clock: Clock
) -> None:
    seen = [client.chat_postMessage(channel="C1LOCKS", text="1")["ts"]]
    clock.now -= 100
    seen += [client.chat_postMessage(channel="C1LOCKS", text="2")["ts"]]
    clock.now += 200
    seen += [client.chat_postEphemeral(channel="C1LOCKS", user="U1ADA", text="3")["message_ts"]]
    assert seen == ["1763700000.000100", "1763700000.000200", "1763700100.000100"]
    assert [one.ts for one in slack.messages()] == seen[:2]


def test_an_edit_with_text_alone_removes_the_blocks(slack: SlackStandIn, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1LOCKS", text="held", blocks=[SECTION])["ts"]
    client.chat_update(channel="C1LOCKS", ts=ts, text="released")
    (message,) = slack.messages()
    assert (message.text, message.blocks, message.edited) == ("released", [], 1)


def test_an_edit_with_blocks_alone_keeps_the_text(slack: SlackStandIn, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1LOCKS", text="held")["ts"]
    client.api_call("chat.update", json={"channel": "C1LOCKS", "ts": ts, "blocks": [SECTION]})
    assert (slack.messages()[0].text, len(slack.messages()[0].blocks)) == ("held", 1)


def test_a_reply_goes_into_the_thread_of_its_parent(slack: SlackStandIn, client: WebClient) -> None:
    parent = client.chat_postMessage(channel="C1LOCKS", text="held")["ts"]
    client.chat_postMessage(channel="C1LOCKS", text="still", thread_ts=parent)
    assert [one.thread_ts for one in slack.messages()] == [None, parent]
    assert [one.text for one in slack.replies("C1LOCKS", parent)] == ["still"]


def test_a_reply_to_a_message_that_is_not_there_becomes_a_message_of_the_channel(
    slack: SlackStandIn, client: WebClient
) -> None:
    answer = client.chat_postMessage(channel="C1LOCKS", text="still", thread_ts="1.000100")
    assert "thread_ts" not in answer["message"]
    assert [one.thread_ts for one in slack.messages()] == [None]


def test_a_reply_to_a_reply_is_taken_but_not_in_the_thread_of_the_parent(
    slack: SlackStandIn, client: WebClient
) -> None:
    parent = client.chat_postMessage(channel="C1LOCKS", text="held")["ts"]
    reply = client.chat_postMessage(channel="C1LOCKS", text="still", thread_ts=parent)["ts"]
    client.chat_postMessage(channel="C1LOCKS", text="astray", thread_ts=reply)
    assert [one.text for one in slack.replies("C1LOCKS", parent)] == ["still"]
    assert [one.text for one in slack.replies("C1LOCKS", reply)] == ["astray"]


def test_an_ephemeral_message_is_seen_by_its_user_only(slack: SlackStandIn, client: WebClient) -> None:
    client.chat_postEphemeral(channel="C1LOCKS", user="U1ADA", text="not you")
    assert slack.messages() == []
    assert [one.text for one in slack.ephemerals("U1ADA")] == ["not you"]
    assert slack.ephemerals("U2GUS") == []


def test_a_post_to_a_person_is_a_direct_message_of_the_app_that_nobody_else_sees(
    slack: SlackStandIn, client: WebClient
) -> None:
    answer = client.chat_postMessage(channel="U1ADA", text="for you, <@U2GUS>")
    client.chat_postMessage(channel=answer["channel"], text="and this")
    assert answer["channel"].startswith("D")
    assert [one.text for one in slack.direct_messages("U1ADA")] == ["for you, <@U2GUS>", "and this"]
    assert slack.direct_messages("U2GUS") == slack.messages() == slack.ephemerals("U1ADA") == []
    assert slack.notifications("U2GUS") == []


def test_the_app_learns_who_it_is_and_who_a_user_is(client: WebClient) -> None:
    assert client.auth_test()["user_id"] == "U0REAPER"
    assert client.users_info(user="U2GUS")["user"]["team_id"] == "T0OTHER"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "C9", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "U9", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C3AWAY", "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "C5HUSHAWAY", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C1LOCKS"}, "no_text"),
        ("chat.postMessage", {"channel": "C1LOCKS", "text": "", "blocks": []}, "no_text"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1LOCKS", "text": "x", "attachments": [{}]}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1LOCKS", "text": "x" * 40_001}, "msg_too_long"),
        ("chat.postMessage", {"channel": "C1LOCKS", "blocks": "[{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "C1LOCKS", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ("chat.postMessage", {"channel": "C1LOCKS", "text": "x", "metadata": {"id": 1}}, "invalid_metadata_format"),
        ("chat.postMessage", {"channel": "C1LOCKS", "text": "x", "thread_ts": "0"}, "invalid_thread_ts"),
        ("chat.update", {"channel": "C1LOCKS", "ts": "1.000100", "text": "x"}, "message_not_found"),
        ("chat.postEphemeral", {"channel": "C1LOCKS", "user": "U2GUS", "text": "x"}, "user_not_in_channel"),
        ("users.info", {"user": "U9"}, "user_not_found"),
        ("chat.meMessage", {"channel": "C1LOCKS", "text": "x"}, "unknown_method"),
    ],
)
def test_a_mistake_is_answered_with_slacks_own_error(
    client: WebClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert error_of(client, method, **arguments) == error


def test_a_message_of_somebody_else_cannot_be_edited(slack: SlackStandIn, client: WebClient) -> None:
    ts = slack.say("U1ADA", "C1LOCKS", "mine").ts
    assert error_of(client, "chat.update", channel="C1LOCKS", ts=ts, text="x") == "cant_update_message"


def test_an_ephemeral_message_cannot_be_edited(client: WebClient) -> None:
    ts = client.chat_postEphemeral(channel="C1LOCKS", user="U1ADA", text="x")["message_ts"]
    assert error_of(client, "chat.update", channel="C1LOCKS", ts=ts, text="y") == "message_not_found"


def test_blocks_that_are_each_short_enough_may_be_too_long_together(client: WebClient) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2700}}
    assert error_of(client, "chat.postMessage", channel="C1LOCKS", blocks=[long] * 5) == "msg_blocks_too_long"


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-another", "invalid_auth")])
def test_nothing_is_done_without_the_token(slack: SlackStandIn, token: str, error: str) -> None:
    stranger = WebClient(token=token, base_url=slack.api_url)
    assert error_of(stranger, "chat.postMessage", channel="C1LOCKS", text="x") == error
    assert slack.messages() == []


def test_a_token_inside_a_json_body_does_not_count(slack: SlackStandIn) -> None:
    body = json.dumps({"token": WORKSPACE.bot_token})
    assert "not_authed" in raw(slack, "auth.test", body, Content_Type="application/json")[2]


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
def test_a_body_that_is_no_json_object_is_told_apart(slack: SlackStandIn, body: str, error: str) -> None:
    assert error in raw(slack, "auth.test", body, Content_Type="application/json")[2]
