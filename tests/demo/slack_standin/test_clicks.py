"""A click as the app gets it: signed, form-encoded, and checked with slack_sdk's own verifier."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from demo.slack_standin import NO_ANSWER, SlackStandIn
from tests.demo.clicked_app import ClickedApp
from tests.demo.workspace import WORKSPACE

CONFIRM = {
    "title": {"type": "plain_text", "text": "Release this lock?"},
    "text": {"type": "mrkdwn", "text": "It may be *in use*."},
    "confirm": {"type": "plain_text", "text": "Release"},
    "deny": {"type": "plain_text", "text": "Keep"},
}
RELEASE = {
    "type": "button",
    "action_id": "release",
    "text": {"type": "plain_text", "text": "Release lock"},
    "value": "lock-1",
    "style": "danger",
    "confirm": CONFIRM,
}
SNOOZE = {
    "type": "static_select",
    "action_id": "snooze",
    "placeholder": {"type": "plain_text", "text": "Snooze"},
    "options": [{"text": {"type": "plain_text", "text": f"{hours} h"}, "value": str(hours)} for hours in (1, 4)],
}
ALERT: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "held"}},
    {"type": "actions", "block_id": "acts", "elements": [RELEASE, SNOOZE]},
]


@pytest.fixture
def slack(app: ClickedApp) -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE) as running:
        running.request_url = app.url
        yield running


@pytest.fixture
def alert(client: WebClient) -> str:
    return str(client.chat_postMessage(channel="C1LOCKS", text="held", blocks=ALERT)["ts"])


def test_a_click_passes_slack_sdks_own_signature_check(slack: SlackStandIn, app: ClickedApp, alert: str) -> None:
    assert slack.click("U1ADA", "C1LOCKS", alert, "release") == 200
    ((headers, body),) = app.requests
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert SignatureVerifier(WORKSPACE.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, headers)
    assert not SignatureVerifier(WORKSPACE.signing_secret).is_valid_request(body + b"&", headers)


def test_a_click_tells_who_clicked_what_and_where(slack: SlackStandIn, app: ClickedApp, alert: str) -> None:
    slack.click("U2GUS", "C1LOCKS", alert, "release")
    (payload,) = app.payloads
    assert payload["type"] == "block_actions"
    assert payload["user"] == {"id": "U2GUS", "username": "gus.guest", "name": "gus.guest", "team_id": "T0OTHER"}
    assert (payload["team"]["id"], payload["api_app_id"], payload["enterprise"]) == ("T0DEMO", "A0REAPER", None)
    assert payload["channel"] == {"id": "C1LOCKS", "name": "tf-locks"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": alert,
        "channel_id": "C1LOCKS",
        "is_ephemeral": False,
    }
    assert payload["message"]["blocks"] == slack.messages()[0].blocks
    (action,) = payload["actions"]
    assert {**RELEASE, "block_id": "acts"}.items() <= action.items()
    assert float(action["action_ts"]) > 0


def test_a_choice_in_a_select_is_told_in_the_action_and_in_the_state(
    slack: SlackStandIn, app: ClickedApp, alert: str
) -> None:
    slack.click("U1ADA", "C1LOCKS", alert, "snooze", option="4")
    (payload,) = app.payloads
    assert payload["actions"][0]["selected_option"]["value"] == "4"
    assert payload["state"]["values"]["acts"]["snooze"]["selected_option"]["value"] == "4"
    assert "value" not in payload["actions"][0]


def test_a_button_that_is_gone_cannot_be_clicked(slack: SlackStandIn, client: WebClient, alert: str) -> None:
    client.chat_update(channel="C1LOCKS", ts=alert, text="released")
    with pytest.raises(LookupError, match=r"no button 'release' now \(it has: none\)"):
        slack.click("U1ADA", "C1LOCKS", alert, "release")


def test_a_direct_message_can_be_clicked_by_its_person_only(
    slack: SlackStandIn, client: WebClient, app: ClickedApp
) -> None:
    sent = client.chat_postMessage(channel="U1ADA", text="held", blocks=ALERT)
    slack.click("U1ADA", sent["channel"], sent["ts"], "release")
    assert app.payloads[0]["channel"] == {"id": sent["channel"], "name": "directmessage"}
    with pytest.raises(LookupError, match="U2GUS sees no message"):
        slack.click("U2GUS", sent["channel"], sent["ts"], "release")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"user": "U9"}, "no user U9"),
        ({"ts": "1.000100"}, r"no message 1\.000100"),
        ({"action_id": "nonsense"}, "it has: release, snooze"),
        ({"action_id": "snooze", "option": "99"}, "no option '99'"),
    ],
)
def test_an_impossible_click_says_why(slack: SlackStandIn, alert: str, changed: dict[str, str], text: str) -> None:
    possible = {"user": "U1ADA", "channel": "C1LOCKS", "ts": alert, "action_id": "release"}
    with pytest.raises(LookupError, match=text):
        slack.click(**possible | changed)


def test_only_the_one_who_sees_an_ephemeral_message_can_click_in_it(
    slack: SlackStandIn, client: WebClient, app: ClickedApp
) -> None:
    ts = client.chat_postEphemeral(channel="C1LOCKS", user="U1ADA", text="x", blocks=ALERT)["message_ts"]
    with pytest.raises(LookupError):
        slack.click("U2GUS", "C1LOCKS", ts, "release")
    slack.click("U1ADA", "C1LOCKS", ts, "release")
    assert app.payloads[0]["container"]["is_ephemeral"] is True


def test_the_name_of_a_private_channel_is_kept_from_the_app(
    slack: SlackStandIn, client: WebClient, app: ClickedApp
) -> None:
    ts = client.chat_postMessage(channel="C4HUSH", text="x", blocks=ALERT)["ts"]
    slack.click("U1ADA", "C4HUSH", ts, "release")
    assert app.payloads[0]["channel"] == {"id": "C4HUSH", "name": "privategroup"}


def test_a_click_in_a_thread_names_the_thread(
    slack: SlackStandIn, client: WebClient, app: ClickedApp, alert: str
) -> None:
    ts = client.chat_postMessage(channel="C1LOCKS", text="x", blocks=ALERT, thread_ts=alert)["ts"]
    slack.click("U1ADA", "C1LOCKS", ts, "release")
    assert app.payloads[0]["container"]["thread_ts"] == alert


def test_a_click_without_a_request_url_says_what_to_set(slack: SlackStandIn, alert: str) -> None:
    slack.request_url = None
    with pytest.raises(RuntimeError, match="request_url is None"):
        slack.click("U1ADA", "C1LOCKS", alert, "release")


@pytest.mark.parametrize("status", [302, 401, 500])
def test_a_click_returns_the_apps_status_and_follows_no_redirect(
    slack: SlackStandIn, app: ClickedApp, alert: str, status: int
) -> None:
    app.status = status
    assert slack.click("U1ADA", "C1LOCKS", alert, "release") == status
    assert len(app.requests) == 1


def test_a_click_nobody_answers_returns_no_answer(slack: SlackStandIn, alert: str) -> None:
    slack.request_url = "http://127.0.0.1:9/nobody/listens"
    assert slack.click("U1ADA", "C1LOCKS", alert, "release") == NO_ANSWER


def test_a_body_can_be_forged_and_signed_for_another_time(slack: SlackStandIn, alert: str) -> None:
    body = slack.click_body("U1ADA", "C1LOCKS", alert, "release", team={"id": "T0EVIL"})
    payload = json.loads(parse_qs(body.decode())["payload"][0])
    assert payload["team"] == {"id": "T0EVIL"}
    old = slack.signed_request(body, timestamp=1_000_000_000)
    assert old["X-Slack-Request-Timestamp"] == "1000000000"
    assert not SignatureVerifier(WORKSPACE.signing_secret).is_valid_request(body, old)
    assert SignatureVerifier(WORKSPACE.signing_secret).is_valid_request(body, slack.signed_request(body))
