from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass

import msgspec
import pytest

from chalicelib.core.alerts.channel_trouble import ChannelNotice, ChannelTrouble, NoticeKind
from chalicelib.core.alerts.message import Posted
from chalicelib.core.clicks.click import Unheard, Unusable
from chalicelib.ports.people import (
    Ability,
    ChannelRefusedError,
    MaybePostedError,
    MessageFixedError,
    MessageGoneError,
    Messenger,
    MessengerError,
    Way,
)
from demo.slack_standin import SlackStandIn
from tests.builders import BOB, CHANNEL
from tests.fakes.slack import ANSWER, REQUEST, FakeMessenger
from tests.slack.speaking import (
    ALERT_NOW,
    ANSWERED,
    DIGEST,
    ELSEWHERE,
    FOREIGN_CHANNEL,
    IN_CHANNEL,
    NOW,
    NOWHERE,
    SENDING,
    WORKSPACE,
    Clock,
    a_reply,
    speaking_to,
)

EVERYTHING = frozenset(Ability)
REAL = "slack_sdk and the stand-in"
MESSENGERS: dict[str, frozenset[Ability]] = {
    "fake": EVERYTHING,
    **{f"fake without {ability}": EVERYTHING - {ability} for ability in Ability},
    "fake that can only post": frozenset(),
    REAL: EVERYTHING,
}
"""Every messenger, with what it can do."""


@dataclass
class Slack:
    """A messenger and ways to see what its Slack shows."""

    messenger: Messenger
    shown: Callable[[], int]
    """How many messages everybody can read."""
    whispered: Callable[[], int]
    """How many messages only Bob can read."""
    lose: Callable[[str], None]
    """What becomes of the next post: ANSWER or REQUEST."""


@pytest.fixture(params=MESSENGERS)
def slack(request: pytest.FixtureRequest) -> Iterator[Slack]:
    if request.param != REAL:
        yield of_fake(FakeMessenger(channels_refused={FOREIGN_CHANNEL}, can=MESSENGERS[request.param]))
        return
    clock = Clock()
    with SlackStandIn(WORKSPACE, clock=clock) as stand_in:
        yield of_real(stand_in, speaking_to(stand_in, clock))


def of_fake(fake: FakeMessenger) -> Slack:
    public: tuple[Sized, ...] = (fake.shown, fake.replies, fake.digests, fake.notices, fake.reports, fake.overheard)
    return Slack(
        messenger=fake,
        shown=lambda: sum(map(len, public)),
        whispered=lambda: len(fake.whispers) + len(fake.turned_away),
        lose=lambda what: setattr(fake, "losing", what),
    )


def of_real(real: SlackStandIn, messenger: Messenger) -> Slack:
    losses = {ANSWER: "drop", REQUEST: "lost"}
    return Slack(
        messenger=messenger,
        shown=lambda: len(real.messages()),
        whispered=lambda: len(real.ephemerals(BOB) + real.direct_messages(BOB)),
        lose=lambda what: real.refuse("chat.postMessage", losses[what]),
    )


def who_can(*abilities: Ability) -> pytest.MarkDecorator:
    """Run a test for the messengers that can do all of this."""
    able = [name for name, can in MESSENGERS.items() if can >= {*abilities}]
    return pytest.mark.parametrize("slack", able, indirect=True)


def who_cannot(ability: Ability) -> pytest.MarkDecorator:
    """Run a test for the messengers that cannot do this."""
    unable = [name for name, can in MESSENGERS.items() if ability not in can]
    return pytest.mark.parametrize("slack", unable, indirect=True)


def test_a_messenger_says_what_it_can_do(slack: Slack, request: pytest.FixtureRequest) -> None:
    assert slack.messenger.can == MESSENGERS[request.node.callspec.params["slack"]]


def test_who_has_said_nothing_yet_is_not_busy(slack: Slack) -> None:
    assert all(slack.messenger.busy_for(way, CHANNEL) <= 0 for way in Way)


@who_can(Ability.EDIT)
def test_an_alert_posted_can_be_edited_and_stays_one_message(slack: Slack) -> None:
    posted = slack.messenger.post(ALERT_NOW, SENDING)
    assert (posted.channel, posted.beneath) == (CHANNEL, "")
    slack.messenger.edit(posted, ALERT_NOW)
    assert slack.shown() == 1


@who_cannot(Ability.EDIT)
def test_an_edit_where_nothing_can_be_edited_says_that_another_message_is_needed(slack: Slack) -> None:
    posted = slack.messenger.post(ALERT_NOW, SENDING)
    digest = slack.messenger.post(DIGEST, DIGEST.sending)
    with pytest.raises(MessageFixedError):
        slack.messenger.edit(posted, ALERT_NOW)
    with pytest.raises(MessageFixedError):
        slack.messenger.edit(digest, DIGEST)


@who_cannot(Ability.THREAD)
def test_where_there_are_no_threads_a_reply_is_one_more_message_of_the_channel(slack: Slack) -> None:
    posted = slack.messenger.post(ALERT_NOW, SENDING)
    assert slack.messenger.reply(a_reply(posted.root)).beneath == ""
    assert slack.shown() == 2


@who_cannot(Ability.FIND)
def test_where_nothing_can_be_looked_for_nothing_is_found(slack: Slack) -> None:
    slack.messenger.post(ALERT_NOW, SENDING)
    assert slack.messenger.find(SENDING) is None


@who_can(Ability.EDIT)
def test_an_edit_of_a_message_that_is_gone_says_so(slack: Slack) -> None:
    with pytest.raises(MessageGoneError):
        slack.messenger.edit(Posted(CHANNEL, NOWHERE), ALERT_NOW)


@who_can(Ability.CHANNELS)
def test_a_channel_that_refuses_is_an_error_that_names_what_to_do(slack: Slack) -> None:
    elsewhere = msgspec.structs.replace(SENDING, channel=FOREIGN_CHANNEL)
    with pytest.raises(MessengerError, match="not_in_channel") as caught:
        slack.messenger.post(ALERT_NOW, elsewhere)
    assert not isinstance(caught.value, MaybePostedError | MessageGoneError)


@who_can(Ability.THREAD)
def test_a_reply_stands_beneath_its_alert(slack: Slack) -> None:
    alert = slack.messenger.post(ALERT_NOW, SENDING)
    reply = slack.messenger.reply(a_reply(alert.root))
    assert (reply.channel, reply.beneath) == (CHANNEL, alert.handle)
    assert slack.shown() == 2


@who_can(Ability.THREAD)
def test_a_reply_to_a_message_that_is_gone_says_so(slack: Slack) -> None:
    with pytest.raises(MessageGoneError):
        slack.messenger.reply(a_reply(NOWHERE))


@who_can(Ability.THREAD, Ability.EDIT)
def test_the_lines_of_a_digest_and_their_replies_stand_beneath_it(slack: Slack) -> None:
    digest = slack.messenger.post(DIGEST, DIGEST.sending)
    line = slack.messenger.post(ALERT_NOW, msgspec.structs.replace(SENDING, beneath=digest.root))
    reply = slack.messenger.reply(a_reply(line.root))
    assert (digest.beneath, line.beneath, reply.beneath) == ("", digest.handle, digest.handle)
    slack.messenger.edit(line, ALERT_NOW)
    slack.messenger.edit(digest, msgspec.structs.replace(DIGEST, held=0))
    assert slack.shown() == 3


@who_can(Ability.EDIT)
def test_an_alert_beneath_a_digest_that_is_gone_becomes_a_message_of_the_channel(slack: Slack) -> None:
    posted = slack.messenger.post(ALERT_NOW, msgspec.structs.replace(SENDING, beneath=NOWHERE))
    assert posted.beneath == ""
    slack.messenger.edit(posted, ALERT_NOW)


@who_can(Ability.EDIT)
def test_an_edit_of_a_digest_that_is_gone_says_so(slack: Slack) -> None:
    with pytest.raises(MessageGoneError):
        slack.messenger.edit(Posted(CHANNEL, NOWHERE), DIGEST)


@who_can(Ability.FIND, Ability.EDIT)
@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_an_alert_whose_answer_is_lost_is_found_if_it_stands_there(slack: Slack, lost: str) -> None:
    slack.lose(lost)
    with pytest.raises(MaybePostedError):
        slack.messenger.post(ALERT_NOW, SENDING)
    found = slack.messenger.find(SENDING)
    assert (found is not None) is (lost == ANSWER) is (slack.shown() == 1)
    if found:
        slack.messenger.edit(found, ALERT_NOW)


@who_can(Ability.FIND)
@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_a_digest_whose_answer_is_lost_is_found_if_it_stands_there(slack: Slack, lost: str) -> None:
    slack.lose(lost)
    with pytest.raises(MaybePostedError):
        slack.messenger.post(DIGEST, DIGEST.sending)
    found = slack.messenger.find(DIGEST.sending)
    assert (found is not None) is (lost == ANSWER) is (slack.shown() == 1)


@who_can(Ability.FIND, Ability.THREAD)
@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_a_reply_whose_answer_is_lost_is_found_in_its_thread_if_it_stands_there(slack: Slack, lost: str) -> None:
    alert = slack.messenger.post(ALERT_NOW, SENDING)
    reply = a_reply(alert.root)
    slack.lose(lost)
    with pytest.raises(MaybePostedError):
        slack.messenger.reply(reply)
    found = slack.messenger.find(reply.sending)
    assert (found is not None) is (lost == ANSWER) is (slack.shown() == 2)
    if found:
        assert found.beneath == alert.handle


@who_can(Ability.FIND, Ability.THREAD)
def test_only_the_message_that_says_it_of_that_lock_in_that_place_is_found(slack: Slack) -> None:
    alert = slack.messenger.post(ALERT_NOW, SENDING)
    reply = slack.messenger.reply(a_reply(alert.root))
    other = a_reply(alert.root).sending
    assert slack.messenger.find(SENDING) == alert
    assert slack.messenger.find(other) == reply
    assert slack.messenger.find(msgspec.structs.replace(other, beneath="")) is None
    assert slack.messenger.find(msgspec.structs.replace(other, about="another lock")) is None
    assert slack.messenger.find(msgspec.structs.replace(other, beneath=NOWHERE)) is None


@who_cannot(Ability.CHANNELS)
def test_where_there_is_one_channel_it_takes_what_the_rules_have_for_any_other(slack: Slack) -> None:
    elsewhere = msgspec.structs.replace(SENDING, channel=FOREIGN_CHANNEL)
    slack.messenger.post(ALERT_NOW, elsewhere)
    slack.messenger.report(FOREIGN_CHANNEL, "bucket acme", "there is no such bucket")
    assert slack.shown() == 2


@who_cannot(Ability.ALONE)
def test_where_nobody_can_be_told_alone_everybody_reads_it(slack: Slack) -> None:
    slack.messenger.whisper(IN_CHANNEL, ANSWERED)
    slack.messenger.turn_away(Unheard(why=Unusable.UNKNOWN, user=BOB, channel=CHANNEL))
    assert (slack.shown(), slack.whispered()) == (2, 0)


@who_can(Ability.ALONE)
def test_a_whisper_is_seen_by_one_person_and_is_no_message_of_the_channel(slack: Slack) -> None:
    slack.messenger.whisper(IN_CHANNEL, ANSWERED)
    assert (slack.shown(), slack.whispered()) == (0, 1)


@who_can(Ability.ALONE)
def test_a_whisper_reaches_a_person_in_a_channel_that_the_app_is_not_in_as_well(slack: Slack) -> None:
    slack.messenger.whisper(ELSEWHERE, ANSWERED)
    assert (slack.shown(), slack.whispered()) == (0, 1)


@who_can(Ability.ALONE)
def test_why_nothing_was_done_is_told_to_one_person_alone(slack: Slack) -> None:
    slack.messenger.turn_away(Unheard(why=Unusable.UNKNOWN, user=BOB, channel=CHANNEL))
    assert (slack.shown(), slack.whispered()) == (0, 1)


def test_trouble_is_reported_as_a_message(slack: Slack) -> None:
    slack.messenger.report(CHANNEL, "bucket acme", "there is no such bucket")
    assert slack.shown() == 1


def test_in_a_channel_that_the_app_has_left_nothing_is_found_so_that_nothing_waits_for_it_for_ever(
    slack: Slack,
) -> None:
    assert slack.messenger.find(msgspec.structs.replace(SENDING, channel=FOREIGN_CHANNEL)) is None


NOTICE = ChannelNotice(
    kind=NoticeKind.BEGAN,
    trouble=ChannelTrouble(channel=FOREIGN_CHANNEL, why="Slack answered not_in_channel", since=NOW),
    instead=CHANNEL,
    waiting=2,
)


@who_can(Ability.FIND)
def test_a_notice_about_a_channel_is_a_message_that_can_be_found_again(slack: Slack) -> None:
    slack.messenger.notify(NOTICE)
    assert slack.shown() == 1
    assert slack.messenger.find(NOTICE.sending)


@who_can(Ability.CHANNELS)
def test_a_notice_to_a_channel_that_takes_nothing_says_so(slack: Slack) -> None:
    with pytest.raises(ChannelRefusedError) as caught:
        slack.messenger.notify(msgspec.structs.replace(NOTICE, kind=NoticeKind.BACK))
    assert caught.value.channel == FOREIGN_CHANNEL


@who_can(Ability.FIND)
@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_a_notice_whose_answer_is_lost_is_found_if_it_stands_there(slack: Slack, lost: str) -> None:
    slack.lose(lost)
    with pytest.raises(MaybePostedError):
        slack.messenger.notify(NOTICE)
    assert (slack.messenger.find(NOTICE.sending) is not None) is (lost == ANSWER)


@who_can(Ability.CHANNELS)
def test_whatever_a_channel_takes_nothing_of_it_is_told_as_that_channel_s_refusal(slack: Slack) -> None:
    elsewhere = msgspec.structs.replace(SENDING, channel=FOREIGN_CHANNEL)
    reply = msgspec.structs.replace(a_reply(""), sending=msgspec.structs.replace(elsewhere, beneath=NOWHERE))
    tries: list[Callable[[], object]] = [
        lambda: slack.messenger.post(ALERT_NOW, elsewhere),
        lambda: slack.messenger.reply(reply),
        lambda: slack.messenger.post(DIGEST, elsewhere),
        lambda: slack.messenger.report(FOREIGN_CHANNEL, "bucket acme", "no such bucket"),
    ]
    for one in tries:
        with pytest.raises(ChannelRefusedError, match="not_in_channel") as caught:
            one()
        assert caught.value.channel == FOREIGN_CHANNEL


@who_can(Ability.EDIT)
def test_a_message_that_says_where_it_was_meant_for_is_edited_where_it_stands(slack: Slack) -> None:
    posted = slack.messenger.post(ALERT_NOW, msgspec.structs.replace(SENDING, instead_of=FOREIGN_CHANNEL))
    slack.messenger.edit(msgspec.structs.replace(posted, instead_of=FOREIGN_CHANNEL), ALERT_NOW)
    assert slack.shown() == 1
