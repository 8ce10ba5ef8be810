"""The workspace that the stand-in's tests speak to, and ways to speak to it."""

import http.client
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from demo.slack_standin import Channel, SlackStandIn, User, UserGroup, Workspace

WORKSPACE = Workspace(
    team_id="T0DEMO",
    app_id="A0REAPER",
    bot_token="xoxb-made-up",
    signing_secret="made up too",
    users=(
        User("U1ADA", "Ada Okafor", email="Ada@acme.example", title="may release"),
        User("U2GUS", "Gus Guest", "T0OTHER", email="gus@other.example"),
    ),
    channels=(
        Channel("C1LOCKS", "tf-locks", frozenset({"U1ADA"})),
        Channel("C2OTHER", "other", frozenset({"U1ADA"})),
        Channel("C3AWAY", "without-the-bot", frozenset({"U1ADA"}), bot_is_member=False),
        Channel("C4HUSH", "hush", frozenset({"U1ADA"}), is_private=True),
        Channel("C5HUSHAWAY", "hush-without-the-bot", frozenset({"U1ADA"}), bot_is_member=False, is_private=True),
    ),
    user_groups=(UserGroup("S1ONCALL", "oncall", ("U1ADA",)),),
)
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "held"}}


class Clock:
    """A clock that stands still until it is told."""

    now = 1763700000.0

    def __call__(self) -> float:
        return self.now


def raw(slack: SlackStandIn, method: str, body: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """One POST without slack_sdk."""
    connection = http.client.HTTPConnection(slack.url.removeprefix("http://"), timeout=5)
    connection.request("POST", f"/api/{method}", body, {name.replace("_", "-"): one for name, one in headers.items()})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, dict(response.getheaders()), text


def error_of(client: WebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, json=arguments)
    return str(caught.value.response["error"])
