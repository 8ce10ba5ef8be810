"""A running stand-in whose clock is in the test's hand, a client for it, an app it calls, a browser at its page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from demo.slack_standin import SlackStandIn
from tests.demo.clicked_app import ClickedApp
from tests.demo.workspace import WORKSPACE, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE, clock=clock) as running:
        yield running


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(token=WORKSPACE.bot_token, base_url=slack.api_url, timeout=5, retry_handlers=[])


@pytest.fixture
def app() -> Iterator[ClickedApp]:
    running = ClickedApp()
    yield running
    running.stop()


@pytest.fixture
def page(browser: Browser, slack: SlackStandIn) -> Iterator[Page]:
    context = browser.new_context(timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(slack.url)
    expect(opened.locator("#channel-name")).to_have_text("# tf-locks")
    yield opened
    context.close()
    assert errors == []
