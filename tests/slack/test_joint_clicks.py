"""What a click on each button of a joint alert says, as Slack sends it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient

from chalicelib.core.alerts.listing import Listed
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.click import Click, SnoozeFor, Unheard, Unusable, Verb
from chalicelib.core.joint.click import JointClick
from chalicelib.core.joint.shown import JointAlert, JointListing
from chalicelib.core.joint.verb import JointVerb
from chalicelib.slack.in_words import words_of
from chalicelib.slack.installation import Installation
from chalicelib.slack.requests import MalformedError, parse
from chalicelib.slack.words.joint import buttons
from chalicelib.slack.words.joint.values import JointValue, encode
from chalicelib.slack.words.parts.buttons import LISTED_RELEASE_ACTION
from demo.slack_standin import SlackStandIn
from tests.builders import ALICE, APP, BOB, CHANNEL, TEAM, a_lock
from tests.slack.speaking import WORKSPACE
from tests.slack.words.joint.test_joint_words import NOW, SOON, a_joint, an_act

US = Installation(app=APP, team=TEAM)
OPEN = a_joint(40, asked=Asked(BOB, NOW, "1"))
ENDED = a_joint(20, act=an_act(), gone=frozenset(range(2, 20)))
SNOOZED = a_joint(3, snooze=Snooze(BOB, SOON))


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE) as slack:
        yield slack


def posted(slack: SlackStandIn, message: Any) -> str:
    text, blocks = words_of(message)
    sent = WebClient("xoxb-made-up", base_url=slack.api_url).chat_postMessage(channel=CHANNEL, text=text, blocks=blocks)
    return str(sent["ts"])


def us(slack: SlackStandIn) -> Installation:
    return Installation(app=APP, team=TEAM, api_url=slack.api_url)


@pytest.mark.parametrize(
    ("joint", "action", "verb", "shown"),
    [
        (OPEN, buttons.RELEASE_ACTION, JointVerb.RELEASE, OPEN.shown),
        (OPEN, buttons.LIST_ACTION, JointVerb.LIST, ""),
        (OPEN, buttons.WITHDRAW_ACTION, JointVerb.WITHDRAW, ""),
        (SNOOZED, buttons.WAKE_ACTION, JointVerb.WAKE, ""),
        (ENDED, buttons.PUT_BACK_ACTION, JointVerb.PUT_BACK, ENDED.released),
    ],
)
def test_a_click_says_what_is_asked_of_which_locks(
    slack: SlackStandIn, joint: Any, action: str, verb: JointVerb, shown: str
) -> None:
    ts = posted(slack, JointAlert(joint=joint, now=NOW, undo=timedelta(minutes=10)))
    click = parse(slack.click_body(ALICE, CHANNEL, ts, action), us(slack))
    assert isinstance(click, JointClick)
    assert (click.joint, click.verb, click.shown) == (joint.id, verb, shown)
    assert (click.user, click.user_team, click.channel, click.message) == (ALICE, TEAM, CHANNEL, ts)
    assert click.click.startswith(f"{ALICE} ")
    assert click.reply_to


def test_a_snooze_says_for_how_long(slack: SlackStandIn) -> None:
    ts = posted(slack, JointAlert(joint=OPEN, now=NOW))
    value = encode(JointValue(OPEN.id, "", SnoozeFor.WEEK))
    click = parse(slack.click_body(ALICE, CHANNEL, ts, buttons.SNOOZE_ACTION, option=value), us(slack))
    assert isinstance(click, JointClick)
    assert (click.verb, click.snooze_for) == (JointVerb.SNOOZE, SnoozeFor.WEEK)


def test_a_page_button_says_which_page_and_a_lock_s_own_button_which_lock(slack: SlackStandIn) -> None:
    page = Page(lock=a_lock())
    listing = JointListing(joint=OPEN, now=NOW, page=2, locks=(Listed(page, releasable=True, second_person=False),))
    ts = posted(slack, listing)
    turns = [parse(slack.click_body(ALICE, CHANNEL, ts, one), us(slack)) for one in _PAGES]
    assert [turn.page for turn in turns if isinstance(turn, JointClick)] == [1, 3]
    one = parse(slack.click_body(ALICE, CHANNEL, ts, LISTED_RELEASE_ACTION), us(slack))
    assert isinstance(one, Click)
    assert (one.verb, one.lock, one.message) == (Verb.RELEASE, page.lock.ref, "")


_PAGES = (buttons.PREVIOUS_ACTION, buttons.NEXT_ACTION)


@pytest.mark.parametrize("value", ["", "nonsense", f"9 {OPEN.id} - 1", f"1 {OPEN.id} - 1w"])
def test_a_button_of_another_version_is_answered_and_does_nothing(value: str) -> None:
    action = {"action_id": buttons.LIST_ACTION, "action_ts": "1763695137.000001", "value": value}
    payload = {
        "type": "block_actions",
        "api_app_id": APP,
        "team": {"id": TEAM},
        "user": {"id": ALICE, "team_id": TEAM},
        "container": {"channel_id": CHANNEL, "message_ts": "1.1"},
        "actions": [action],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    with pytest.raises(MalformedError):
        parse(body, US)
    answered = parse(urlencode({"payload": json.dumps(payload | {"response_url": _URL})}).encode(), US)
    assert isinstance(answered, Unheard)
    assert answered.why is Unusable.UNREADABLE


_URL = "https://hooks.slack.com/actions/T0DEMO/17/secret"
