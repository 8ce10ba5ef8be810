from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from chalicelib.core.alert import LockRecord, Posted, alert_for
from chalicelib.core.release import Ending, Refusal, ReleaseOutcome
from chalicelib.ports import MessageGoneError, Messenger, MessengerError
from chalicelib.slack.messenger import SlackMessenger
from demo.slack_standin import Channel, SlackStandIn, User, Workspace
from tests.builders import ALICE, APP, BOB, CHANNEL, TAKEN, TEAM, a_lock, a_policy
from tests.fakes import FakeMessenger

FOREIGN_CHANNEL = "C0FOREIGN"
ALERT = alert_for(LockRecord(lock=a_lock()), a_policy(), TAKEN + timedelta(hours=2), None)
ENDING = Ending(outcome=ReleaseOutcome.REFUSED, at=TAKEN, user=BOB, detail=Refusal.NOT_LISTED)
WORKSPACE = Workspace(
    team_id=TEAM,
    app_id=APP,
    bot_token="xoxb-made-up",
    signing_secret="made-up",
    users=(User(ALICE, "Alice"), User(BOB, "Bob")),
    channels=(
        Channel(CHANNEL, "platform-alerts", frozenset({ALICE, BOB})),
        Channel(FOREIGN_CHANNEL, "elsewhere", frozenset(), bot_is_member=False),
    ),
)


@dataclass
class Slack:
    """A messenger and ways to see what its Slack shows."""

    messenger: Messenger
    shown: Callable[[], int]
    whispered: Callable[[], int]


@pytest.fixture
def stand_in() -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE) as slack:
        yield slack


@pytest.fixture(params=["fake", "slack_sdk and the stand-in"])
def slack(request: pytest.FixtureRequest) -> Slack:
    if request.param == "fake":
        fake = FakeMessenger(channels_refused={FOREIGN_CHANNEL})
        return Slack(fake, lambda: len(fake.shown) + len(fake.reports), lambda: len(fake.whispers))
    real: SlackStandIn = request.getfixturevalue("stand_in")
    messenger = SlackMessenger(lambda: WORKSPACE.bot_token, real.api_url)
    return Slack(messenger, lambda: len(real.messages()), lambda: len(real.ephemerals(BOB)))


def test_an_alert_posted_can_be_edited_and_stays_one_message(slack: Slack) -> None:
    posted = slack.messenger.post(CHANNEL, ALERT)
    assert posted.channel == CHANNEL
    slack.messenger.edit(posted, ALERT)
    assert slack.shown() == 1


def test_an_edit_of_a_message_that_is_gone_says_so(slack: Slack) -> None:
    with pytest.raises(MessageGoneError):
        slack.messenger.edit(Posted(CHANNEL, "1763700000.000100"), ALERT)


def test_a_channel_that_refuses_is_an_error_that_names_what_to_do(slack: Slack) -> None:
    with pytest.raises(MessengerError, match="not_in_channel"):
        slack.messenger.post(FOREIGN_CHANNEL, ALERT)


def test_a_whisper_is_seen_by_one_person_and_is_no_message_of_the_channel(slack: Slack) -> None:
    slack.messenger.whisper(CHANNEL, BOB, ENDING, (ALICE,))
    assert (slack.shown(), slack.whispered()) == (0, 1)


def test_trouble_is_reported_as_a_message(slack: Slack) -> None:
    slack.messenger.report(CHANNEL, "bucket acme", "there is no such bucket")
    assert slack.shown() == 1


@pytest.fixture
def messenger(stand_in: SlackStandIn) -> SlackMessenger:
    return SlackMessenger(lambda: WORKSPACE.bot_token, stand_in.api_url)


def test_what_is_posted_is_what_messages_says(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    messenger.post(CHANNEL, ALERT)
    [message] = stand_in.messages()
    assert "Terraform lock held for 2 h" in message.text
    [(button, _)] = message.actions
    assert button["action_id"] == "release_lock"


def test_a_429_is_waited_for_and_then_sent_once(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    stand_in.refuse("chat.postMessage", "ratelimited", retry_after=1)
    messenger.post(CHANNEL, ALERT)
    assert len(stand_in.messages()) == 1


def test_a_long_429_is_left_to_the_next_delivery(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    stand_in.refuse("chat.postMessage", "ratelimited", retry_after=30)
    with pytest.raises(MessengerError, match="ratelimited"):
        messenger.post(CHANNEL, ALERT)
    assert len(stand_in.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("error", ["is_archived", "channel_not_found", "cant_update_message", "edit_window_closed"])
def test_a_message_that_can_never_be_edited_again_is_as_good_as_gone(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    posted = messenger.post(CHANNEL, ALERT)
    stand_in.refuse("chat.update", error)
    with pytest.raises(MessageGoneError, match=error):
        messenger.edit(posted, ALERT)


@pytest.mark.parametrize("error", ["http_500", "internal_error", "drop", "invalid_auth"])
def test_a_failure_of_slack_is_an_error_and_never_a_second_post(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    stand_in.refuse("chat.postMessage", error)
    with pytest.raises(MessengerError):
        messenger.post(CHANNEL, ALERT)
    assert len(stand_in.calls("chat.postMessage")) == 1


def test_somebody_outside_of_the_channel_cannot_be_told_and_that_is_no_failure(
    stand_in: SlackStandIn, messenger: SlackMessenger
) -> None:
    stand_in.refuse("chat.postEphemeral", "user_not_in_channel")
    messenger.whisper(CHANNEL, BOB, ENDING, ())


def test_a_slack_that_cannot_be_reached_is_an_error() -> None:
    with pytest.raises(MessengerError, match="could not be reached"):
        SlackMessenger(lambda: "xoxb", "http://127.0.0.1:9/").post(CHANNEL, ALERT)


def test_a_new_token_is_used_at_the_next_message(stand_in: SlackStandIn) -> None:
    tokens = ["the old one", WORKSPACE.bot_token]
    messenger = SlackMessenger(lambda: tokens.pop(0), stand_in.api_url)
    with pytest.raises(MessengerError, match="invalid_auth"):
        messenger.post(CHANNEL, ALERT)
    assert messenger.post(CHANNEL, ALERT)


def test_an_alert_is_never_a_link_preview(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    messenger.post(CHANNEL, ALERT)
    [call] = stand_in.calls("chat.postMessage")
    assert {str(call.arguments[name]).lower() for name in ("unfurl_links", "unfurl_media")} <= {"false", "0"}
