"""``/tflocks`` at its entry point: what it takes and what it answers. AWS is moto's."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import boto3
import pytest

from chalicelib import wiring
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.checked_rules import FORMAT
from chalicelib.core.alerts.transitions import telling
from chalicelib.version import this_version
from tests.app.account import an_account, send
from tests.builders import ALICE, APP, CHANNEL, TEAM, a_lock


@pytest.fixture(scope="module", autouse=True)
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with an_account(tmp_path_factory.mktemp("config")):
        yield


@pytest.fixture
def another_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table that is not there, for an application that was not started yet."""
    monkeypatch.setenv("LOCK_BOOK_TABLE", "no-such-table")
    started = (wiring.table, wiring.lock_list, wiring.group_book)
    for built in started:
        built.cache_clear()
    yield
    for built in started:
        built.cache_clear()


def command(**changes: str) -> bytes:
    asked = {"team_id": TEAM, "api_app_id": APP, "user_id": ALICE, "channel_id": CHANNEL, "command": "/tflocks"}
    return urlencode(asked | {"text": "", "response_url": "https://hooks.invalid/x"} | changes).encode()


def test_the_slash_command_is_answered_from_the_lock_book_to_one_person() -> None:
    DynamoLockBook(boto3.resource("dynamodb").Table("book")).write(telling.remember(a_lock()))
    answer = send("/slack/commands", command())
    assert (answer.status_code, answer.json_body["response_type"]) == (200, "ephemeral")
    assert "prod/network/terraform.tfstate" in json.dumps(answer.json_body["blocks"])


def test_a_slash_command_that_asks_for_help_is_told_how_to_use_it() -> None:
    assert "/tflocks all" in send("/slack/commands", command(text="help")).json_body["text"]


@pytest.mark.parametrize("text", ["version", " Version "])
def test_a_slash_command_that_asks_for_the_version_is_told_it_with_the_commit_and_the_format_of_the_rules(
    text: str,
) -> None:
    said = send("/slack/commands", command(text=text)).json_body["text"]
    assert said == f"tflock-reaper {this_version().number}, commit `{this_version().commit}`, rules of format {FORMAT}"


@pytest.mark.usefixtures("another_table")
def test_a_slash_command_whose_book_cannot_be_read_says_so() -> None:
    answer = send("/slack/commands", command())
    assert (answer.status_code, "could not be reached" in answer.json_body["text"]) == (200, True)


@pytest.mark.parametrize("changes", [{"team_id": "T0OTHER"}, {"api_app_id": "A0OTHER"}])
def test_a_slash_command_of_others_is_turned_away_in_words(changes: dict[str, str]) -> None:
    answer = send("/slack/commands", command(**changes))
    assert (answer.status_code, answer.json_body["response_type"]) == (200, "ephemeral")
    assert "Nothing was done" in answer.json_body["text"]
    assert "prod/network" not in str(answer.json_body)


def test_a_slash_command_that_slack_would_not_send_is_a_bad_request() -> None:
    assert send("/slack/commands", b"text=all").status_code == 400


def test_a_slash_command_that_slack_did_not_sign_is_401() -> None:
    forged = {"X-Slack-Signature": "v0=" + "0" * 64}
    assert send("/slack/commands", command(), **forged).status_code == 401


def a_page_turn(**changes: object) -> bytes:
    payload = {
        "type": "block_actions",
        "api_app_id": APP,
        "team": {"id": TEAM},
        "user": {"id": ALICE, "team_id": TEAM},
        "container": {"channel_id": CHANNEL, "message_ts": "1.1", "is_ephemeral": True},
        "actions": [{"action_id": "list_next", "action_ts": "1.1", "value": "page 2"}],
        "response_url": "https://evil.example/x",
    }
    return urlencode({"payload": json.dumps(payload | changes)}).encode()


@pytest.mark.parametrize("url", ["https://evil.example/x", ""])
def test_a_page_is_answered_nowhere_but_at_slack_s_own_address(url: str) -> None:
    assert send("/slack/actions", a_page_turn(response_url=url)).status_code == 400
