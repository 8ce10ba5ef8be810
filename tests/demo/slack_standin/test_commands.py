"""Slash commands: what the app is told, and what is shown of its answer or of its failure."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from slack_sdk.signature import SignatureVerifier

from demo.slack_standin import NO_ANSWER, SCOPES, SlackStandIn
from tests.demo.clicked_app import ClickedApp
from tests.demo.slack_standin.test_clicks import ALERT
from tests.demo.workspace import SECTION, WORKSPACE

ADA, GUS, BOT, SLACKBOT = "U1ADA", "U2GUS", "U0REAPER", "USLACKBOT"


@pytest.fixture
def slack(app: ClickedApp) -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE) as running:
        running.request_url = running.command_url = app.url
        yield running


def whispered(slack: SlackStandIn, user: str = ADA) -> list[tuple[str, str]]:
    return [(one.user, one.text) for one in slack.ephemerals(user)]


def test_a_command_is_a_signed_form_with_all_that_slack_tells(slack: SlackStandIn, app: ClickedApp) -> None:
    assert slack.command(ADA, "C1LOCKS", "/tflocks", "prod & dev") == 200
    ((headers, body),) = app.requests
    assert SignatureVerifier(WORKSPACE.signing_secret).is_valid_request(body, headers)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    (form,) = app.forms
    assert form.pop("trigger_id").count(".") == 2
    assert form.pop("response_url").startswith(slack.url)
    assert form == {
        "token": "deprecated-verification-token",
        "team_id": "T0DEMO",
        "team_domain": "acme-platform",
        "channel_id": "C1LOCKS",
        "channel_name": "tf-locks",
        "user_id": "U1ADA",
        "user_name": "ada.okafor",
        "command": "/tflocks",
        "text": "prod & dev",
        "api_app_id": "A0REAPER",
        "is_enterprise_install": "false",
    }


def test_a_command_without_words_has_an_empty_text(slack: SlackStandIn, app: ClickedApp) -> None:
    slack.command(ADA, "C1LOCKS", "/tflocks")
    assert app.forms[0]["text"] == ""


def test_the_name_of_a_private_channel_is_kept_from_the_app(slack: SlackStandIn, app: ClickedApp) -> None:
    slack.command(ADA, "C4HUSH", "/tflocks")
    assert (app.forms[0]["channel_id"], app.forms[0]["channel_name"]) == ("C4HUSH", "privategroup")


@pytest.mark.parametrize("answer", [b"", b"\n", b"{}", b'{"response_type": "ephemeral"}'])
def test_an_answer_that_says_nothing_shows_nothing(slack: SlackStandIn, app: ClickedApp, answer: bytes) -> None:
    app.body = answer
    assert slack.command(ADA, "C1LOCKS", "/tflocks") == 200
    assert (slack.messages(), slack.ephemerals(ADA)) == ([], [])


@pytest.mark.parametrize("more", [{}, {"response_type": "ephemeral"}])
def test_an_answer_is_for_who_asked_and_no_one_else(slack: SlackStandIn, app: ClickedApp, more: dict[str, str]) -> None:
    app.says(text="no locks", blocks=[SECTION], **more)
    slack.command(ADA, "C1LOCKS", "/tflocks")
    assert whispered(slack) == [(BOT, "no locks")]
    assert slack.ephemerals(ADA)[0].blocks[0]["text"] == SECTION["text"]
    assert (slack.messages(), slack.ephemerals(GUS)) == ([], [])


def test_an_answer_in_the_channel_shows_what_was_asked_too(slack: SlackStandIn, app: ClickedApp) -> None:
    app.says(text="no locks", response_type="in_channel")
    slack.command(ADA, "C1LOCKS", "/tflocks", "prod")
    assert [(one.user, one.text) for one in slack.messages("C1LOCKS")] == [(ADA, "/tflocks prod"), (BOT, "no locks")]


def test_plain_text_is_an_answer_for_who_asked(slack: SlackStandIn, app: ClickedApp) -> None:
    app.kind, app.body = "text/plain; charset=utf-8", '{"text": "ünread"}'.encode()
    slack.command(ADA, "C1LOCKS", "/tflocks")
    assert whispered(slack) == [(BOT, '{"text": "ünread"}')]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, "http_client_error"),
        (401, "http_client_error"),
        (500, "http_service_error"),
        (502, "http_service_error"),
        (302, "dispatch_failed"),
    ],
)
def test_a_failure_of_the_app_is_told_by_slackbot(
    slack: SlackStandIn, app: ClickedApp, status: int, error: str
) -> None:
    app.status = status
    app.says(text="not shown")
    assert slack.command(ADA, "C1LOCKS", "/tflocks", "prod") == status
    assert whispered(slack) == [(SLACKBOT, f'/tflocks failed with the error "{error}"')]
    assert (slack.messages(), slack.ephemerals(GUS)) == ([], [])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"<html>", "dispatch_failed"),
        (b"[]", "dispatch_failed"),
        (b'{"blocks": [{"type": "nonsense"}]}', "invalid_blocks"),
        (b'{"blocks": {}, "text": "x", "attachments": [{}]}', "invalid_arguments"),
        (b'{"response_type": "in_channel", "blocks": "x"}', "invalid_blocks_format"),
    ],
)
def test_an_answer_that_slack_cannot_show_is_a_failure(
    slack: SlackStandIn, app: ClickedApp, answer: bytes, error: str
) -> None:
    app.body = answer
    assert slack.command(ADA, "C1LOCKS", "/tflocks") == 200
    assert whispered(slack) == [(SLACKBOT, f'/tflocks failed with the error "{error}"')]
    assert slack.messages() == []


def test_an_app_that_takes_more_than_three_seconds_has_timed_out(slack: SlackStandIn, app: ClickedApp) -> None:
    app.may_answer.clear()
    assert slack.command(ADA, "C1LOCKS", "/tflocks") == NO_ANSWER
    assert whispered(slack) == [(SLACKBOT, '/tflocks failed with the error "operation_timeout"')]


def test_an_app_that_is_not_there_cannot_be_asked(slack: SlackStandIn) -> None:
    slack.command_url = "http://127.0.0.1:9/nobody/listens"
    assert slack.command(ADA, "C1LOCKS", "/tflocks") == NO_ANSWER
    assert whispered(slack) == [(SLACKBOT, '/tflocks failed with the error "dispatch_failed"')]


def test_a_button_in_an_answer_can_be_clicked_by_who_asked(slack: SlackStandIn, app: ClickedApp) -> None:
    app.says(text="one lock", blocks=ALERT)
    slack.command(ADA, "C1LOCKS", "/tflocks")
    (answer,) = slack.ephemerals(ADA)
    with pytest.raises(LookupError):
        slack.click(GUS, "C1LOCKS", answer.ts, "release")
    app.requests.clear()
    assert slack.click(ADA, "C1LOCKS", answer.ts, "release") == 200
    (payload,) = app.payloads
    assert (payload["container"]["is_ephemeral"], payload["container"]["message_ts"]) == (True, answer.ts)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (("U9", "C1LOCKS", "/tflocks"), "user_not_found: U9"),
        ((ADA, "C9", "/tflocks"), "channel_not_found: U1ADA in C9"),
        ((ADA, "C1LOCKS", "/nonsense"), "no command '/nonsense'"),
    ],
)
def test_an_impossible_command_says_why(
    slack: SlackStandIn, app: ClickedApp, call: tuple[str, str, str], error: str
) -> None:
    with pytest.raises(LookupError, match=error):
        slack.command(*call)
    assert app.requests == []


def test_a_command_without_a_command_url_says_what_to_set(slack: SlackStandIn) -> None:
    slack.command_url = None
    with pytest.raises(RuntimeError, match="command_url is None"):
        slack.command(ADA, "C1LOCKS", "/tflocks")


def test_what_is_typed_into_the_composer_is_a_command_or_words(slack: SlackStandIn, app: ClickedApp) -> None:
    slack.enter(ADA, "C1LOCKS", "/tflocks  prod ")
    slack.enter(ADA, "C1LOCKS", " /tflocks is <!channel>'s & mine")
    assert [form["text"] for form in app.forms] == ["prod"]
    assert [(one.user, one.text) for one in slack.messages()] == [
        (ADA, "/tflocks is &lt;!channel&gt;'s &amp; mine"),
    ]


def test_a_command_that_nobody_has_is_answered_by_slackbot(slack: SlackStandIn, app: ClickedApp) -> None:
    slack.enter(ADA, "C1LOCKS", "/tflock prod")
    ((author, text),) = whispered(slack)
    assert author == SLACKBOT
    assert text.startswith("/tflock is not a valid command. In Slack, all messages that start with the “/” character")
    assert (app.requests, slack.messages()) == ([], [])


def test_an_app_without_the_scope_for_it_has_no_commands() -> None:
    with SlackStandIn(replace(WORKSPACE, scopes=SCOPES - {"commands"})) as slack:
        slack.enter(ADA, "C1LOCKS", "/tflocks")
        assert "/tflocks is not a valid command" in slack.ephemerals(ADA)[0].text
        with pytest.raises(LookupError, match="scope `commands`"):
            slack.command(ADA, "C1LOCKS", "/tflocks")
