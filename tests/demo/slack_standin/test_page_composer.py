"""The stand-in's page in a real browser: typing into a channel, threads, mentions, and a select like Slack's."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_sdk import WebClient

from demo.browser import Visitor
from demo.slack_standin import SlackStandIn
from tests.demo.clicked_app import ClickedApp
from tests.demo.slack_standin.test_clicks import ALERT, CONFIRM, SNOOZE
from tests.demo.workspace import WORKSPACE

pytestmark = pytest.mark.local_cloud
HIGHLIGHT = "rgba(242, 199, 68, 0.4)"


@pytest.fixture
def slack(app: ClickedApp) -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE, burst=50) as running:
        running.request_url = running.command_url = app.url
        yield running


@pytest.fixture
def ada(page: Page) -> Visitor:
    return Visitor(page)


def post(client: WebClient, text: str = "held", **more: Any) -> str:
    return str(client.chat_postMessage(channel="C1LOCKS", text=text, **more)["ts"])


def composer(page: Page) -> Locator:
    return page.get_by_placeholder("Message #tf-locks")


def test_a_command_typed_is_asked_by_the_user_chosen_and_answered_to_them_alone(
    page: Page, ada: Visitor, app: ClickedApp
) -> None:
    app.says(text="one lock", blocks=ALERT)
    ada.become("U2GUS")
    ada.enter("/tflocks prod")
    answer = page.locator("article.ephemeral")
    expect(answer).to_contain_text("Only visible to you")
    expect(answer.locator("button[data-action-id=release]")).to_be_visible()
    assert app.forms[0].items() >= {"user_id": "U2GUS", "channel_id": "C1LOCKS", "text": "prod"}.items()
    expect(composer(page)).to_have_value("")
    ada.become("U1ADA")
    expect(answer).to_have_count(0)


def test_a_button_in_an_answer_is_clicked_as_an_ephemeral_message(page: Page, ada: Visitor, app: ClickedApp) -> None:
    app.says(text="one lock", blocks=ALERT)
    ada.enter("/tflocks")
    page.locator("article.ephemeral button[data-action-id=release]").click()
    app.requests.clear()
    with page.expect_response("**/click"):
        page.locator("dialog.confirm button.confirm-yes").click()
    assert app.payloads[0]["container"]["is_ephemeral"] is True


def test_an_answer_for_all_stands_below_what_was_asked(page: Page, ada: Visitor, app: ClickedApp) -> None:
    app.says(text="no locks", response_type="in_channel")
    ada.enter("/tflocks prod")
    expect(page.locator("article .body")).to_contain_text(["/tflocks prod", "no locks"])
    expect(page.locator("article .author b")).to_have_text(["Ada Okafor", "tflock-reaper"])


def test_a_failure_is_told_by_slackbot(page: Page, ada: Visitor, app: ClickedApp) -> None:
    app.status = 500
    ada.enter("/tflocks")
    answer = page.locator("article.ephemeral")
    expect(answer.locator(".author b")).to_have_text("Slackbot")
    expect(answer).to_contain_text('/tflocks failed with the error "http_service_error"')


def test_a_command_that_nobody_has_is_no_valid_command(page: Page, ada: Visitor, app: ClickedApp) -> None:
    ada.enter("/<b>nope")
    expect(page.locator("article.ephemeral")).to_contain_text("/<b>nope is not a valid command.")
    assert app.requests == []


def test_words_typed_are_a_message_as_typed(page: Page, ada: Visitor, slack: SlackStandIn) -> None:
    ada.enter("   ")
    ada.enter("on it, <!channel> & *all*")
    expect(page.locator("article .mrkdwn")).to_have_text("on it, <!channel> & all")
    expect(page.locator("article .author b")).to_have_text("Ada Okafor")
    assert [one.channel for one in slack.messages()] == ["C1LOCKS"]
    expect(composer(page)).to_have_value("")


def test_a_command_that_leads_nowhere_stays_in_the_composer(page: Page, ada: Visitor, slack: SlackStandIn) -> None:
    slack.command_url = None
    ada.enter("/tflocks prod")
    expect(page.get_by_role("status")).to_contain_text("command_url is None")
    expect(composer(page)).to_have_value("/tflocks prod")


def test_a_message_tells_how_many_replies_it_has(page: Page, client: WebClient) -> None:
    parent = post(client)
    count = page.locator(f"article[data-ts='{parent}'] .replies")
    expect(page.locator("article")).to_have_count(1)
    expect(count).to_have_count(0)
    post(client, "still", thread_ts=parent)
    expect(count).to_have_text("1 reply")
    post(client, "and still", thread_ts=parent)
    client.chat_postEphemeral(channel="C1LOCKS", user="U1ADA", text="not you", thread_ts=parent)
    expect(page.locator("article.reply")).to_have_count(3)
    expect(count).to_have_text("2 replies")


def test_a_mention_is_highlighted_for_those_it_concerns(page: Page, ada: Visitor, client: WebClient) -> None:
    post(client, "<!subteam^S1ONCALL>, <@U1ADA> and <@U2GUS>")
    expect(page.locator(".mention")).to_have_text(["@oncall", "@Ada Okafor", "@Gus Guest"])
    expect(page.locator(".mention.me")).to_have_text(["@oncall", "@Ada Okafor"])
    expect(page.locator(".mention.me").first).to_have_css("background-color", HIGHLIGHT)
    expect(page.locator(".mention").last).not_to_have_css("background-color", HIGHLIGHT)
    ada.become("U2GUS")
    expect(page.locator(".mention.me")).to_have_text(["@Gus Guest"])


def test_a_select_shows_its_placeholder_and_sends_at_once(page: Page, client: WebClient, app: ClickedApp) -> None:
    post(client, blocks=ALERT)
    select = page.get_by_label("Snooze")
    expect(select.locator("option:checked")).to_have_text("Snooze")
    expect(select.locator("option:not([hidden])")).to_have_text(["1 h", "4 h"])
    with page.expect_response("**/click"):
        select.select_option(label="4 h")
    assert app.payloads[0]["actions"][0]["selected_option"]["value"] == "4"
    expect(select).to_have_value("4")


def test_a_select_that_asks_sends_only_what_is_confirmed(page: Page, client: WebClient, app: ClickedApp) -> None:
    post(client, blocks=[{"type": "actions", "elements": [{**SNOOZE, "confirm": CONFIRM}]}])
    select = page.get_by_label("Snooze")
    select.select_option("4")
    page.locator("dialog.confirm button.confirm-no").click()
    expect(select).to_have_value("")
    assert app.requests == []
    select.select_option("1")
    with page.expect_response("**/click"):
        page.locator("dialog.confirm button.confirm-yes").click()
    assert app.payloads[0]["actions"][0]["selected_option"]["value"] == "1"
