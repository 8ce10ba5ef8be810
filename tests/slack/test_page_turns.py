"""Turning the pages of ``/tflocks``: what a click on a page button says, and the answer in the place of the list."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from chalicelib.core.alerts.listing import Listed, Listing, ListRequest
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Click, Unheard, Unusable
from chalicelib.core.clicks.list_query import PAGE, Query
from chalicelib.ports.people import MessengerError
from chalicelib.slack.installation import Installation
from chalicelib.slack.reply_address import usable
from chalicelib.slack.requests import MalformedError, parse
from chalicelib.slack.response_url import respond
from chalicelib.slack.words import listings
from chalicelib.slack.words.listings import NEXT_ACTION, PREVIOUS_ACTION, PageTurn
from demo.slack_standin import Channel, SlackStandIn, User, Workspace
from tests.builders import ALICE, APP, BOB, CHANNEL, TAKEN, TEAM, a_lock

WORKSPACE = Workspace(
    team_id=TEAM,
    app_id=APP,
    bot_token="xoxb-made-up",
    signing_secret="made-up",
    users=(User(ALICE, "Alice"), User(BOB, "Bob")),
    channels=(Channel(CHANNEL, "platform-alerts", frozenset({ALICE, BOB})),),
)


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE) as slack:
        yield slack


def the_page(number: int) -> dict[str, Any]:
    locks = [Listed(Page(lock=a_lock(key=f"{number}-{count}.tflock")), True, False) for count in range(PAGE)]
    query = Query(everything=True, words=("a&b",), page=number)
    return listings.answer(
        Listing(now=TAKEN + timedelta(hours=1), query=query, routed=True, total=3 * PAGE, locks=tuple(locks))
    )


def whispered(slack: SlackStandIn, number: int = 2) -> str:
    """The ts of a list that only Alice sees."""
    client, page = WebClient("xoxb-made-up", base_url=slack.api_url), the_page(number)
    sent = client.chat_postEphemeral(channel=CHANNEL, user=ALICE, text=page["text"], blocks=page["blocks"])
    return str(sent["message_ts"])


def turned(slack: SlackStandIn, ts: str, action: str = NEXT_ACTION, **overrides: Any) -> PageTurn:
    turn = parse(slack.click_body(ALICE, CHANNEL, ts, action, **overrides), us(slack))
    assert isinstance(turn, PageTurn)
    return turn


def us(slack: SlackStandIn) -> Installation:
    return Installation(app=APP, team=TEAM, api_url=slack.api_url)


@pytest.mark.parametrize(("action", "text"), [(NEXT_ACTION, "all a&b page 3"), (PREVIOUS_ACTION, "all a&b")])
def test_a_click_says_which_list_it_asks_for_and_where_it_goes(slack: SlackStandIn, action: str, text: str) -> None:
    turn = turned(slack, whispered(slack), action)
    assert turn.request == ListRequest(ALICE, CHANNEL, text)
    assert usable(turn.response_url, slack.api_url)


def test_the_page_takes_the_place_of_the_list_for_the_one_who_sees_it(slack: SlackStandIn) -> None:
    ts = whispered(slack)
    respond(turned(slack, ts).response_url, the_page(3) | {"replace_original": True})
    [message] = slack.ephemerals(ALICE)
    assert (message.ts, message.edited) == (ts, 1)
    assert "acme-tfstate/3-0" in str(message.blocks)
    assert slack.ephemerals(BOB) == slack.messages() == []


def test_a_page_that_cannot_be_read_leaves_the_list_as_it_is(slack: SlackStandIn) -> None:
    ts = whispered(slack)
    respond(turned(slack, ts).response_url, listings.unreachable() | {"replace_original": False})
    first, second = slack.ephemerals(ALICE)
    assert (first.ts, first.edited) == (ts, 0)
    assert "could not be reached" in second.text


def test_an_address_that_takes_no_answer_is_a_failure_that_does_not_name_it(slack: SlackStandIn) -> None:
    for url in (f"{slack.url}/actions/unknown", "http://127.0.0.1:9/actions/nobody-there"):
        with pytest.raises(MessengerError) as caught:
            respond(url, the_page(1))
        assert url not in str(caught.value)


def test_a_click_on_a_lock_of_the_list_turns_no_page(slack: SlackStandIn) -> None:
    clicked = parse(slack.click_body(ALICE, CHANNEL, whispered(slack), "release_lock"), us(slack))
    assert isinstance(clicked, Click)


def test_a_page_turn_of_another_app_is_turned_away_in_words(slack: SlackStandIn) -> None:
    body = slack.click_body(ALICE, CHANNEL, whispered(slack), NEXT_ACTION, api_app_id="A0OTHER")
    turned_away = parse(body, us(slack))
    assert isinstance(turned_away, Unheard)
    assert turned_away.why is Unusable.MISDIRECTED


@pytest.mark.parametrize("url", ["", "https://evil.example/x"])
def test_a_page_is_shown_nowhere_but_at_slack_s_own_address(slack: SlackStandIn, url: str) -> None:
    body = slack.click_body(ALICE, CHANNEL, whispered(slack), NEXT_ACTION, response_url=url)
    with pytest.raises(MalformedError):
        parse(body, us(slack))
