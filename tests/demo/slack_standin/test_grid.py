"""The stand-in as part of an Enterprise Grid, and its answers by ``response_url``."""

import http.client
import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from demo.slack_standin import SlackStandIn, User
from tests.demo.clicked_app import ClickedApp
from tests.demo.workspace import SECTION, WORKSPACE, Clock

GRID = replace(
    WORKSPACE,
    enterprise_id="E0ACME",
    users=(*WORKSPACE.users, User("W3CLEO", "Cleo", "T0OTHER", enterprise_id="E0ACME")),
)
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "x"}


def clicked(slack: SlackStandIn) -> dict[str, Any]:
    client = WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url)
    blocks: list[dict[str, Any]] = [SECTION, {"type": "actions", "elements": [BUTTON]}]
    ts = client.chat_postMessage(channel="C1LOCKS", text="held", blocks=blocks)["ts"]
    app = ClickedApp()
    try:
        slack.request_url = slack.command_url = app.url
        slack.click("U1ADA", "C1LOCKS", ts, "go")
        [payload] = app.payloads
        slack.command("U1ADA", "C1LOCKS", "/tflocks")
        return payload | {"form": app.forms[-1]}
    finally:
        app.stop()


@pytest.mark.parametrize(
    ("workspace", "team", "enterprise", "org_wide"),
    [
        (WORKSPACE, "T0DEMO", None, False),
        (GRID, "T0DEMO", "E0ACME", False),
        (replace(GRID, org_wide=True), None, "E0ACME", True),
    ],
    ids=["a workspace", "a workspace of a grid", "a whole grid"],
)
def test_a_click_and_a_command_say_where_the_app_is_installed(
    workspace: Any, team: str | None, enterprise: str | None, org_wide: bool
) -> None:
    with SlackStandIn(workspace) as slack:
        told = clicked(slack)
        about = WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url).auth_test()
    assert (told["team"] and told["team"]["id"], told["enterprise"] and told["enterprise"]["id"]) == (team, enterprise)
    assert (told["is_enterprise_install"], told["form"]["is_enterprise_install"]) == (org_wide, str(org_wide).lower())
    assert (told["form"].get("enterprise_id"), about.get("enterprise_id")) == (enterprise, enterprise)


def test_of_a_user_it_tells_the_organisation() -> None:
    with SlackStandIn(GRID) as slack:
        client = WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url)
        assert client.users_info(user="W3CLEO")["user"]["enterprise_user"]["enterprise_id"] == "E0ACME"
        assert "enterprise_user" not in client.users_info(user="U1ADA")["user"]


def said(url: str, **answer: Any) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("POST", parts.path, json.dumps(answer))
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return response.status, body.get("error", "")


def test_an_answer_is_shown_to_the_person_or_to_all_five_times_and_for_half_an_hour() -> None:
    clock = Clock()
    with SlackStandIn(WORKSPACE, clock=clock) as slack:
        url, late = clicked(slack)["response_url"], clicked(slack)["response_url"]
        assert said(url, text="for you") == (200, "")
        assert said(url, text="for all", response_type="in_channel") == (200, "")
        assert said(url) == (400, "no_text")
        assert said(url, text="x", delete_original=True)[0] == 400
        assert [said(url, text="again")[0] for _ in range(4)] == [200, 200, 200, 404]
        assert said(url, text="again") == (404, "used_url")
        assert [one.text for one in slack.ephemerals("U1ADA")][:1] == ["for you"]
        assert "for all" in [one.text for one in slack.messages("C1LOCKS")]
        clock.now += 1801
        assert said(late, text="late") == (404, "expired_url")
        assert said(f"{slack.url}/actions/T0DEMO/99/made-up", text="x")[0] == 404
