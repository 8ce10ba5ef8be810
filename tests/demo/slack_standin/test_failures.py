"""Failures of the stand-in, arranged and by its limits, and how it starts and stops."""

import http.client
import threading
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from demo.slack_standin import SlackStandIn
from tests.demo.workspace import WORKSPACE, Clock, error_of, raw


def test_more_than_a_burst_of_posts_in_one_channel_is_rate_limited(
    slack: SlackStandIn, client: WebClient, clock: Clock
) -> None:
    for _ in range(5):
        client.chat_postMessage(channel="C1LOCKS", text="x")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="C1LOCKS", text="x")
    response = caught.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "1")
    client.chat_postMessage(channel="C2OTHER", text="another channel has its own limit")
    clock.now += 1
    client.chat_postMessage(channel="C1LOCKS", text="x")
    assert len(slack.messages("C1LOCKS")) == 6


def test_arranged_failures_come_in_order_and_then_end(slack: SlackStandIn, client: WebClient) -> None:
    slack.refuse("chat.postMessage", "fatal_error", times=2)
    slack.refuse("chat.postMessage", "restricted_action")
    errors = [error_of(client, "chat.postMessage", channel="C1LOCKS", text="x") for _ in range(3)]
    assert errors == ["fatal_error", "fatal_error", "restricted_action"]
    client.chat_postMessage(channel="C1LOCKS", text="x")
    assert len(slack.messages()) == 1


def test_arranged_failures_can_be_taken_back(slack: SlackStandIn, client: WebClient) -> None:
    slack.refuse("*", "fatal_error", times=9)
    assert error_of(client, "users.info", user="U1ADA") == "fatal_error"
    slack.refuse("*", "", times=0)
    assert client.auth_test()["ok"]


def test_an_arranged_rate_limit_names_its_wait(slack: SlackStandIn, client: WebClient) -> None:
    slack.refuse("chat.update", "ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        client.chat_update(channel="C1LOCKS", ts="1.000100", text="x")
    assert caught.value.response.headers["Retry-After"] == "7"


def test_an_arranged_500_is_not_json(slack: SlackStandIn) -> None:
    slack.refuse("auth.test", "http_500")
    status, headers, text = raw(slack, "auth.test", "")
    assert (status, headers["Content-Type"], text) == (500, "text/plain", "Internal Server Error")


def test_a_dropped_call_is_done_but_not_answered(slack: SlackStandIn, client: WebClient) -> None:
    slack.refuse("chat.postMessage", "drop")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        client.chat_postMessage(channel="C1LOCKS", text="x")
    assert len(slack.messages()) == 1
    assert [call.status for call in slack.calls()] == [0]


def test_a_lost_call_is_neither_done_nor_answered(slack: SlackStandIn, client: WebClient) -> None:
    slack.refuse("chat.postMessage", "lost", times=2)
    for _ in range(2):
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            client.chat_postMessage(channel="C1LOCKS", text="x")
    assert slack.messages() == []
    assert [(call.status, call.response) for call in slack.calls()] == [(0, {}), (0, {})]
    client.chat_postMessage(channel="C1LOCKS", text="x")
    assert len(slack.messages()) == 1


def test_while_slack_is_down_every_call_fails_and_none_is_done(slack: SlackStandIn, client: WebClient) -> None:
    with slack.down():
        assert error_of(client, "chat.postMessage", channel="C1LOCKS", text="x") == "service_unavailable"
        assert error_of(client, "auth.test") == "service_unavailable"
    client.chat_postMessage(channel="C1LOCKS", text="up again")
    assert [one.text for one in slack.messages()] == ["up again"]


def test_slack_can_be_down_in_each_way_a_call_can_fail(slack: SlackStandIn, client: WebClient) -> None:
    with slack.down("internal_error"):
        assert error_of(client, "auth.test") == "internal_error"
    with slack.down("http_500"):
        assert raw(slack, "auth.test", "")[0] == 500
    with slack.down("lost"), pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        client.chat_postMessage(channel="C1LOCKS", text="x")
    assert slack.messages() == []


def test_failures_arranged_for_some_calls_wait_until_slack_is_up(slack: SlackStandIn, client: WebClient) -> None:
    slack.refuse("auth.test", "fatal_error")
    with slack.down():
        assert error_of(client, "auth.test") == "service_unavailable"
    assert error_of(client, "auth.test") == "fatal_error"


def test_every_call_is_kept_without_the_token(slack: SlackStandIn, client: WebClient) -> None:
    client.chat_postMessage(channel="C1LOCKS", text="x")
    error_of(client, "chat.update", channel="C1LOCKS", ts="1.000100", text="y")
    form = urlencode({"token": WORKSPACE.bot_token})
    raw(slack, "auth.test", form, Content_Type="application/x-www-form-urlencoded")
    assert [call.method for call in slack.calls()] == ["chat.postMessage", "chat.update", "auth.test"]
    (update,) = slack.calls("chat.update")
    assert update.response == {"ok": False, "error": "message_not_found"}
    assert WORKSPACE.bot_token not in str(slack.calls())


def test_many_posts_at_once_each_get_their_own_ts() -> None:
    with SlackStandIn(WORKSPACE, burst=100) as slack:
        client = WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url)
        threads = [
            threading.Thread(target=client.chat_postMessage, kwargs={"channel": "C1LOCKS", "text": "x"})
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({one.ts for one in slack.messages()}) == 20


def test_stopping_hangs_up_on_idle_and_listening_browsers_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    slack = SlackStandIn(WORKSPACE)
    slack.start()
    address = slack.url.removeprefix("http://")
    idle = http.client.HTTPConnection(address, timeout=5)
    idle.connect()
    listening = http.client.HTTPConnection(address, timeout=5)
    listening.request("GET", "/events")
    stream = listening.getresponse()
    assert stream.readline().startswith(b"data: {")
    slack.stop()
    assert set(threading.enumerate()) == before
    stream.read()  # ends
    assert idle.sock.recv(1) == b""
    idle.close()
    listening.close()


def test_a_stand_in_that_does_not_run_says_so() -> None:
    with pytest.raises(RuntimeError, match="call start"):
        _ = SlackStandIn(WORKSPACE).url


def test_the_page_is_never_told_the_secrets(slack: SlackStandIn) -> None:
    connection = http.client.HTTPConnection(slack.url.removeprefix("http://"), timeout=5)
    connection.request("GET", "/events")
    told = connection.getresponse().readline().decode()
    connection.close()
    assert "tf-locks" in told
    assert WORKSPACE.bot_token not in told
    assert WORKSPACE.signing_secret not in told


def test_a_channel_that_takes_no_message_can_be_read_and_the_others_go_on(
    slack: SlackStandIn, client: WebClient
) -> None:
    posted = client.chat_postMessage(channel="C1LOCKS", text="x")
    slack.refuse_in("C1LOCKS", "is_archived")
    assert error_of(client, "chat.postMessage", channel="C1LOCKS", text="y") == "is_archived"
    assert error_of(client, "chat.update", channel="C1LOCKS", ts=posted["ts"], text="y") == "is_archived"
    assert [one["text"] for one in client.conversations_history(channel="C1LOCKS")["messages"]] == ["x"]
    client.chat_postMessage(channel="C2OTHER", text="y")
    slack.refuse_in("C1LOCKS", "")
    client.chat_postMessage(channel="C1LOCKS", text="z")


@pytest.mark.parametrize("token", ["<!here>", "<!channel>", "<!everyone|x>"])
def test_where_nobody_may_call_everybody_a_message_that_does_is_refused_as_a_whole(token: str) -> None:
    with SlackStandIn(replace(WORKSPACE, everybody_may_be_called=False)) as slack:
        client = WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url)
        block = {"type": "section", "text": {"type": "mrkdwn", "text": f"{token} x"}}
        for said in ({"text": token}, {"text": "x", "blocks": [block]}):
            assert error_of(client, "chat.postMessage", channel="C1LOCKS", **said) == "restricted_action"
        client.chat_postMessage(channel="C1LOCKS", text="&lt;!here&gt; <@U1ADA>")
