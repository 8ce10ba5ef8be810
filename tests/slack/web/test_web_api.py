"""Which calls of Slack's Web API count as failures."""

from collections.abc import Iterator

import pytest

from chalicelib.ports.people import DirectoryError, MessengerError
from chalicelib.slack.directory import SlackDirectory
from chalicelib.slack.messenger import SlackMessenger
from chalicelib.slack.web.shapes import Done, UserFound
from chalicelib.slack.web.web_api import WebApi, WebApiError
from demo.slack_standin import Channel, SlackStandIn, User, Workspace
from tests.builders import a_sending

WORKSPACE = Workspace(
    team_id="T0",
    app_id="A0",
    bot_token="xoxb-test",
    signing_secret="secret",
    users=(User("U0ALICE", "Alice"),),
    channels=(Channel("C0", "alerts", frozenset({"U0ALICE"})),),
)


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE) as stand_in:
        yield stand_in


class Failures:
    """Counts."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self) -> None:
        self.number += 1


def token() -> str:
    return WORKSPACE.bot_token


def test_a_call_that_slack_refuses_counts_once_and_one_that_it_takes_does_not(slack: SlackStandIn) -> None:
    failures = Failures()
    messenger = SlackMessenger(token, slack.api_url, "A0", failed=failures)
    messenger.report("C0", "bucket acme", "no such bucket")
    assert failures.number == 0
    slack.refuse("chat.postMessage", "not_in_channel")
    with pytest.raises(MessengerError):
        messenger.report("C0", "bucket acme", "no such bucket")
    assert failures.number == 1


def test_a_slack_that_is_not_there_counts() -> None:
    failures = Failures()
    directory = SlackDirectory(token, "http://127.0.0.1:9/", failed=failures)
    with pytest.raises(DirectoryError):
        directory.members("S0")
    assert failures.number == 1


def test_a_token_that_cannot_be_read_counts_since_nobody_is_told(slack: SlackStandIn) -> None:
    def unreadable() -> str:
        raise MessengerError("SSM is down")

    failures = Failures()
    with pytest.raises(MessengerError):
        WebApi(unreadable, slack.api_url, failures).call("auth_test", Done)
    assert failures.number == 1


def test_an_answer_that_its_caller_has_a_plan_for_is_no_failure(slack: SlackStandIn) -> None:
    failures = Failures()
    assert SlackDirectory(token, slack.api_url, failed=failures).user_by_email("nobody@acme.example") == ""
    slack.refuse("conversations.history", "missing_scope")
    messenger = SlackMessenger(token, slack.api_url, "A0", failed=failures)
    assert messenger.find(a_sending()) is None
    assert failures.number == 0


def test_an_answer_that_its_caller_has_no_plan_for_is_a_failure(slack: SlackStandIn) -> None:
    failures = Failures()
    slack.refuse("*", "internal_error")
    with pytest.raises(WebApiError):
        WebApi(token, slack.api_url, failures).call(
            "users_lookupByEmail", UserFound, expected={"users_not_found"}, email="a@b.c"
        )
    assert failures.number == 1
