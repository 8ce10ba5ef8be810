"""A running stand-in whose clock is in the test's hand, a client for it, and an app that is clicked."""

from collections.abc import Iterator

import pytest
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
