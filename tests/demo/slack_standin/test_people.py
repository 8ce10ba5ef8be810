"""Users by their address, user groups, and what an app may not ask without the scope for it."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from demo.slack_standin import SCOPES, SlackStandIn
from tests.demo.workspace import WORKSPACE, error_of


def test_a_user_is_found_by_address_in_whatever_case(client: WebClient) -> None:
    user = client.users_lookupByEmail(email="ada@ACME.example")["user"]
    assert (user["id"], user["profile"]["email"]) == ("U1ADA", "Ada@acme.example")


@pytest.mark.parametrize("email", ["nobody@acme.example", "gus@other.example"])
def test_a_stranger_or_a_guest_is_not_found_by_address(client: WebClient, email: str) -> None:
    assert error_of(client, "users.lookupByEmail", email=email) == "users_not_found"


def test_the_members_of_a_group_are_told_by_id(client: WebClient) -> None:
    assert client.usergroups_users_list(usergroup="S1ONCALL")["users"] == ["U1ADA"]


def test_a_group_that_is_not_there_is_told_so(client: WebClient) -> None:
    assert error_of(client, "usergroups.users.list", usergroup="S9") == "no_such_subteam"


def answer_without(scope: str, method: str, **arguments: Any) -> Any:
    with SlackStandIn(replace(WORKSPACE, scopes=SCOPES - {scope})) as slack:
        client = WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as caught:
            client.api_call(method, json=arguments)
        return caught.value.response


@pytest.mark.parametrize(
    ("method", "arguments", "scope"),
    [
        ("chat.postMessage", {"channel": "C1LOCKS", "text": "x"}, "chat:write"),
        ("chat.postEphemeral", {"channel": "C1LOCKS", "user": "U1ADA", "text": "x"}, "chat:write"),
        ("chat.update", {"channel": "C1LOCKS", "ts": "1.000100", "text": "x"}, "chat:write"),
        ("users.info", {"user": "U1ADA"}, "users:read"),
        ("users.lookupByEmail", {"email": "ada@acme.example"}, "users:read.email"),
        ("usergroups.users.list", {"usergroup": "S1ONCALL"}, "usergroups:read"),
        ("conversations.history", {"channel": "C1LOCKS"}, "channels:history"),
        ("conversations.replies", {"channel": "C1LOCKS", "ts": "1.000100"}, "channels:history"),
        ("conversations.history", {"channel": "C4HUSH"}, "groups:history"),
    ],
)
def test_a_method_without_its_scope_is_refused_and_the_scope_named(
    method: str, arguments: dict[str, Any], scope: str
) -> None:
    answer = answer_without(scope, method, **arguments)
    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
    assert set(answer["provided"].split(",")) == SCOPES - {scope}


def test_an_address_is_told_only_to_an_app_with_the_scope_for_it(client: WebClient) -> None:
    assert client.users_info(user="U1ADA")["user"]["profile"]["email"] == "Ada@acme.example"
    with SlackStandIn(replace(WORKSPACE, scopes=SCOPES - {"users:read.email"})) as slack:
        other = WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url)
        assert "email" not in other.users_info(user="U1ADA")["user"]["profile"]


def test_the_app_needs_no_scope_to_learn_who_it_is() -> None:
    with SlackStandIn(replace(WORKSPACE, scopes=frozenset())) as slack:
        assert WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url).auth_test()["ok"]
