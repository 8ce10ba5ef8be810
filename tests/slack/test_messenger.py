"""Test what only Slack's messenger does; what every messenger does is in ``tests/contracts``."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.clicks.click import Click, Person, SnoozeFor, Unheard, Unusable, Verb
from chalicelib.ports.people import (
    ChannelRefusedError,
    MaybePostedError,
    MessageFixedError,
    MessageGoneError,
    MessengerError,
    Way,
)
from chalicelib.slack.installation import Installation
from chalicelib.slack.messenger import SlackMessenger
from chalicelib.slack.requests import parse
from demo.slack_standin import SCOPES, SlackStandIn
from tests.builders import ALICE, APP, BOB, CHANNEL, TEAM, a_sending
from tests.slack.speaking import (
    ALERT_NOW,
    ANSWERED,
    DIGEST,
    ELSEWHERE,
    FOREIGN_CHANNEL,
    IN_CHANNEL,
    NOW,
    NOWHERE,
    REF,
    SENDING,
    US,
    WORKSPACE,
    Clock,
    a_reply,
    speaking_to,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stand_in(clock: Clock) -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE, clock=clock) as slack:
        yield slack


@pytest.fixture
def messenger(stand_in: SlackStandIn, clock: Clock) -> SlackMessenger:
    return speaking_to(stand_in, clock)


def test_without_the_right_to_look_nothing_is_found(clock: Clock) -> None:
    less = replace(WORKSPACE, scopes=SCOPES - {"channels:history", "groups:history"})
    with SlackStandIn(less, clock=clock) as stand_in:
        messenger = speaking_to(stand_in, clock)
        messenger.post(ALERT_NOW, SENDING)
        assert messenger.find(SENDING) is None


@pytest.mark.parametrize("error", ["not_in_channel", "channel_not_found", "is_archived"])
@pytest.mark.parametrize(("method", "thread"), [("conversations.history", ""), ("conversations.replies", NOWHERE)])
def test_where_the_app_cannot_look_nothing_is_found(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str, method: str, thread: str
) -> None:
    messenger.post(ALERT_NOW, SENDING)
    stand_in.refuse(method, error)
    assert messenger.find(msgspec.structs.replace(SENDING, beneath=thread)) is None


def test_what_is_posted_is_what_messages_says(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    messenger.post(ALERT_NOW, SENDING)
    [message] = stand_in.messages()
    assert "Terraform lock held too long" in message.text
    assert [element["action_id"] for element, _ in message.actions] == ["release_lock", "snooze_alert"]
    assert message.metadata == {"event_type": "tflock_reaper", "event_payload": {"trace": SENDING.trace}}


def test_slack_s_clicks_on_a_posted_alert_are_about_its_lock(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    posted = messenger.post(ALERT_NOW, SENDING)
    clicks = [
        parse(stand_in.click_body(ALICE, CHANNEL, posted.handle, action, option=option), US)
        for action, option in (("release_lock", None), ("snooze_alert", "morning"))
    ]
    asked = [(click.verb, click.snooze_for, click.lock, click.message) for click in clicks if isinstance(click, Click)]
    assert asked == [(Verb.RELEASE, None, REF, posted.handle), (Verb.SNOOZE, SnoozeFor.MORNING, REF, posted.handle)]


def test_people_are_told_by_a_post_and_by_a_reply_and_never_by_an_edit(
    stand_in: SlackStandIn, messenger: SlackMessenger
) -> None:
    alert = messenger.post(ALERT_NOW, SENDING)
    reply = messenger.reply(a_reply(alert.root, called=("S0ONCALL",)))
    messenger.edit(alert, ALERT_NOW)
    messenger.whisper(IN_CHANNEL, ANSWERED)
    assert [message.ts for message in stand_in.notifications(ALICE)] == [alert.handle, reply.handle]


def test_an_edit_keeps_the_metadata(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    messenger.edit(messenger.post(ALERT_NOW, SENDING), ALERT_NOW)
    assert messenger.find(SENDING)


def test_an_older_message_is_not_looked_for(stand_in: SlackStandIn, messenger: SlackMessenger, clock: Clock) -> None:
    messenger.post(ALERT_NOW, SENDING)
    assert messenger.find(msgspec.structs.replace(SENDING, at=NOW + timedelta(minutes=1)))
    assert messenger.find(msgspec.structs.replace(SENDING, at=NOW + timedelta(minutes=3))) is None


def test_another_app_s_message_with_the_same_metadata_is_not_taken_for_its_own(
    stand_in: SlackStandIn, messenger: SlackMessenger, clock: Clock
) -> None:
    messenger.post(ALERT_NOW, SENDING)
    assert speaking_to(stand_in, clock, app="A0OTHER").find(SENDING) is None


@pytest.mark.parametrize(("said_since", "found"), [(450, True), (2000, False)])
def test_a_busy_channel_is_read_page_by_page_but_not_without_end(
    stand_in: SlackStandIn, messenger: SlackMessenger, said_since: int, found: bool
) -> None:
    messenger.post(ALERT_NOW, SENDING)
    for _ in range(said_since):
        stand_in.say(ALICE, CHANNEL, "hello")
    assert (messenger.find(SENDING) is not None) is found
    assert len(stand_in.calls("conversations.history")) <= 10


def test_a_long_thread_is_read_page_by_page(stand_in: SlackStandIn, messenger: SlackMessenger, clock: Clock) -> None:
    alert = messenger.post(ALERT_NOW, SENDING)
    for count in range(201):
        messenger.reply(a_reply(alert.root, count))
    assert messenger.find(a_reply(alert.root, 200).sending)
    assert len(stand_in.calls("conversations.replies")) == 2


def test_a_look_that_fails_is_an_error(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    stand_in.refuse("conversations.history", "internal_error")
    with pytest.raises(MessengerError, match="internal_error"):
        messenger.find(SENDING)


def test_posts_are_paced_so_that_slack_refuses_none(
    stand_in: SlackStandIn, messenger: SlackMessenger, clock: Clock
) -> None:
    for _ in range(20):
        messenger.post(ALERT_NOW, SENDING)
    assert [call.status for call in stand_in.calls("chat.postMessage")] == [200] * 20
    assert clock.now - NOW.timestamp() == pytest.approx(16)


def test_edits_are_paced_in_all_channels_together(
    stand_in: SlackStandIn, messenger: SlackMessenger, clock: Clock
) -> None:
    posted = messenger.post(ALERT_NOW, SENDING)
    digest = messenger.post(DIGEST, DIGEST.sending)
    for _ in range(30):
        messenger.edit(posted, ALERT_NOW)
        messenger.edit(digest, DIGEST)
    assert len(stand_in.calls("chat.update")) == 60
    assert clock.now - NOW.timestamp() == pytest.approx(40 * 1.2)


def test_a_429_is_waited_for_and_then_sent_once(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    stand_in.refuse("chat.postMessage", "ratelimited", retry_after=1)
    messenger.post(ALERT_NOW, SENDING)
    assert len(stand_in.messages()) == 1


def test_a_long_429_is_left_to_the_next_delivery(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    stand_in.refuse("chat.postMessage", "ratelimited", retry_after=30)
    with pytest.raises(MessengerError, match="ratelimited"):
        messenger.post(ALERT_NOW, SENDING)
    assert len(stand_in.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("error", ["is_archived", "channel_not_found", "cant_update_message", "edit_window_closed"])
def test_a_message_that_can_never_be_edited_again_is_as_good_as_gone(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    posted = messenger.post(ALERT_NOW, SENDING)
    stand_in.refuse("chat.update", error)
    with pytest.raises(MessageGoneError, match=error):
        messenger.edit(posted, ALERT_NOW)


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed"])
def test_a_message_that_is_there_and_cannot_be_edited_is_told_from_one_that_was_deleted(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    posted = messenger.post(ALERT_NOW, SENDING)
    stand_in.refuse("chat.update", error)
    with pytest.raises(MessageFixedError, match=error):
        messenger.edit(posted, ALERT_NOW)


@pytest.mark.parametrize("error", ["thread_not_found", "cannot_reply_to_message", "is_archived", "channel_not_found"])
def test_a_thread_that_can_never_be_written_to_again_is_as_good_as_gone(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    alert = messenger.post(ALERT_NOW, SENDING)
    stand_in.refuse("chat.postMessage", error)
    with pytest.raises(MessageGoneError, match=error):
        messenger.reply(a_reply(alert.root))


@pytest.mark.parametrize("error", ["http_500", "internal_error", "fatal_error", "service_unavailable", "drop", "lost"])
def test_what_slack_may_have_done_all_the_same_is_a_lost_answer_and_never_a_second_post(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    alert = messenger.post(ALERT_NOW, SENDING)
    sends: list[Callable[[], Posted]] = [
        lambda: messenger.post(ALERT_NOW, SENDING),
        lambda: messenger.reply(a_reply(alert.root)),
        lambda: messenger.post(DIGEST, DIGEST.sending),
    ]
    for send in sends:
        stand_in.refuse("chat.postMessage", error)
        with pytest.raises(MaybePostedError):
            send()
    assert len(stand_in.calls("chat.postMessage")) == 4


@pytest.mark.parametrize(
    "error", ["invalid_auth", "is_archived", "request_timeout", "restricted_action_read_only_channel", "ratelimited"]
)
def test_what_slack_refuses_was_not_posted(stand_in: SlackStandIn, messenger: SlackMessenger, error: str) -> None:
    stand_in.refuse("chat.postMessage", error, retry_after=60)
    with pytest.raises(MessengerError, match=error) as caught:
        messenger.post(ALERT_NOW, SENDING)
    assert not isinstance(caught.value, MaybePostedError | MessageGoneError)
    assert stand_in.messages() == []


@pytest.mark.parametrize("error", ["user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived"])
def test_who_cannot_be_told_in_the_channel_is_told_the_same_in_a_direct_message(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    messenger.whisper(IN_CHANNEL, ANSWERED)
    stand_in.refuse("chat.postEphemeral", error)
    messenger.whisper(IN_CHANNEL, ANSWERED)
    assert [one.text for one in stand_in.direct_messages(BOB)] == [one.text for one in stand_in.ephemerals(BOB)]
    assert stand_in.direct_messages(ALICE) == stand_in.messages() == []


@pytest.mark.parametrize(
    "error", ["channel_not_found", "messages_tab_disabled", "user_not_found", "user_disabled", "cannot_dm_bot"]
)
def test_who_cannot_be_told_in_a_direct_message_either_is_not_tried_again(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    stand_in.refuse("chat.postMessage", error)
    messenger.whisper(ELSEWHERE, ANSWERED)
    assert len(stand_in.calls("chat.postMessage")) == 1


def test_a_stranger_cannot_be_told_and_that_is_no_failure(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    messenger.whisper(Person(user="U0STRANGER", channel=CHANNEL), ANSWERED)
    assert [call.response["error"] for call in stand_in.calls()] == ["user_not_in_channel", "channel_not_found"]


def an_address(slack: SlackStandIn, ts: str) -> str:
    """The one that Slack gives with Bob's click."""
    click = parse(
        slack.click_body(BOB, CHANNEL, ts, "release_lock"), Installation(app=APP, team=TEAM, api_url=slack.api_url)
    )
    assert isinstance(click, Click)
    return click.reply_to


def test_a_click_is_answered_at_its_own_address_for_five_answers_and_half_an_hour(
    stand_in: SlackStandIn, messenger: SlackMessenger, clock: Clock
) -> None:
    ts = messenger.post(ALERT_NOW, SENDING).handle
    bob = Person(user=BOB, channel=CHANNEL, reply_to=an_address(stand_in, ts))
    late = Person(user=BOB, channel=CHANNEL, reply_to=an_address(stand_in, ts))
    for _ in range(6):
        messenger.whisper(bob, ANSWERED)
    assert len(stand_in.calls("chat.postEphemeral")) == 1
    clock.now += 1801
    messenger.whisper(late, ANSWERED)
    assert len(stand_in.calls("chat.postEphemeral")) == 2
    assert len({one.text for one in stand_in.ephemerals(BOB)}) == 1
    assert len(stand_in.ephemerals(BOB)) == 7


def test_an_answer_at_its_own_address_needs_neither_a_token_nor_the_app_in_the_channel(
    stand_in: SlackStandIn, messenger: SlackMessenger
) -> None:
    address = an_address(stand_in, messenger.post(ALERT_NOW, SENDING).handle)
    with stand_in.down("invalid_auth"):
        messenger.whisper(Person(user=BOB, channel=FOREIGN_CHANNEL, reply_to=address), ANSWERED)
        messenger.turn_away(Unheard(why=Unusable.MISDIRECTED, detail="team T0X, app A0X", reply_to=address))
    first, second = stand_in.ephemerals(BOB)
    assert "among its releasers" in first.text
    assert "`team T0X, app A0X`" in second.text


@pytest.mark.parametrize(
    "address", ["https://hooks.slack.com/x", "http://127.0.0.1:9/x", "http://slack.invalid/x", "x"]
)
def test_an_address_that_is_not_of_this_slack_is_not_called(
    stand_in: SlackStandIn, messenger: SlackMessenger, address: str
) -> None:
    messenger.whisper(Person(user=BOB, channel=CHANNEL, reply_to=address), ANSWERED)
    assert [call.method for call in stand_in.calls()] == ["chat.postEphemeral"]


def test_an_address_of_another_slack_that_would_take_it_is_not_called(
    stand_in: SlackStandIn, messenger: SlackMessenger, clock: Clock
) -> None:
    with SlackStandIn(WORKSPACE, clock=clock) as another:
        ts = speaking_to(another, clock).post(ALERT_NOW, SENDING).handle
        messenger.whisper(Person(user=BOB, channel=CHANNEL, reply_to=an_address(another, ts)), ANSWERED)
        assert another.ephemerals(BOB) == []
    assert len(stand_in.ephemerals(BOB)) == 1


def test_who_clicked_nobody_knows_where_is_told_directly(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    messenger.turn_away(Unheard(user=BOB))
    assert len(stand_in.direct_messages(BOB)) == len(stand_in.calls()) == 1


def test_who_has_no_address_and_no_name_is_nobody_to_answer(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    messenger.turn_away(Unheard(why=Unusable.MISDIRECTED, detail="team T0X, app A0X"))
    assert stand_in.calls() == []


@pytest.mark.parametrize("method", ["chat.postEphemeral", "chat.postMessage"])
@pytest.mark.parametrize(("error", "said"), [("http_500", "HTTP 500"), ("missing_scope", "missing_scope")])
def test_a_whisper_that_slack_may_take_later_is_an_error(
    stand_in: SlackStandIn, messenger: SlackMessenger, method: str, error: str, said: str
) -> None:
    stand_in.refuse(method, error)
    with pytest.raises(MessengerError, match=said):
        messenger.whisper(ELSEWHERE, ANSWERED)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://slack.invalid/"])
def test_a_slack_that_was_not_even_reached_has_posted_nothing(address: str) -> None:
    with pytest.raises(MessengerError, match="could not be reached") as caught:
        SlackMessenger(lambda: "xoxb", address, APP).post(ALERT_NOW, SENDING)
    assert not isinstance(caught.value, MaybePostedError)


def test_a_new_token_is_used_at_the_next_message(stand_in: SlackStandIn) -> None:
    tokens = ["the old one", WORKSPACE.bot_token]
    messenger = SlackMessenger(lambda: tokens.pop(0), stand_in.api_url, APP)
    with pytest.raises(MessengerError, match="invalid_auth"):
        messenger.post(ALERT_NOW, SENDING)
    assert messenger.post(ALERT_NOW, SENDING)


def test_an_alert_is_never_a_link_preview(stand_in: SlackStandIn, messenger: SlackMessenger) -> None:
    messenger.post(ALERT_NOW, SENDING)
    [call] = stand_in.calls("chat.postMessage")
    assert {str(call.arguments[name]).lower() for name in ("unfurl_links", "unfurl_media")} <= {"false", "0"}


@pytest.mark.parametrize("error", ["not_in_channel", "restricted_action_read_only_channel", "team_access_not_granted"])
def test_an_edit_in_a_channel_that_takes_nothing_is_its_refusal_and_no_message_gone(
    stand_in: SlackStandIn, messenger: SlackMessenger, error: str
) -> None:
    posted = messenger.post(ALERT_NOW, SENDING)
    stand_in.refuse_in(CHANNEL, error)
    with pytest.raises(ChannelRefusedError, match=error) as caught:
        messenger.edit(posted, ALERT_NOW)
    assert not isinstance(caught.value, MessageGoneError)
    stand_in.refuse_in(CHANNEL, "")
    messenger.edit(posted, ALERT_NOW)


def test_a_messenger_says_how_long_slack_would_take_no_other_post_to_a_channel_and_no_other_edit(
    stand_in: SlackStandIn, messenger: SlackMessenger
) -> None:
    assert messenger.busy_for(Way.POST, CHANNEL) <= 0
    sendings = [replace_saying(number) for number in range(4)]
    posted = [messenger.post(ALERT_NOW, sending) for sending in sendings]
    assert 0 < messenger.busy_for(Way.POST, CHANNEL) <= 1
    assert messenger.busy_for(Way.POST, FOREIGN_CHANNEL) <= 0
    assert messenger.busy_for(Way.EDIT, CHANNEL) <= 0
    for _ in range(20):
        messenger.edit(posted[0], ALERT_NOW)
    assert 0 < messenger.busy_for(Way.EDIT, FOREIGN_CHANNEL) <= 1.2
    assert messenger.busy_for(Way.LOOK, CHANNEL) <= 0


def replace_saying(number: int) -> Sending:
    return a_sending(which=str(number), at=NOW, level=1)
