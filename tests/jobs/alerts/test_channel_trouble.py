"""A channel that takes no alerts: they are told elsewhere, people hear of it once, and once more when it is over."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chalicelib.core.alerts.alert import Reply
from chalicelib.core.alerts.channel_trouble import ChannelNotice, NoticeKind
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Verb
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.joint.shown import JointReply
from chalicelib.core.policy import Route, Rules
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.people import Message
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, TAKEN, a_click, a_policy, sample, some_rules
from tests.fakes.slack import ANSWER, REQUEST, FakeMessenger
from tests.fakes.world import FakeWorld
from tests.sweeps import sweep

PROD, OTHER = "C0PROD", "C0OTHER"
RULES = some_rules(
    Route((f"{BUCKET}/prod/*",), a_policy(channel=PROD, mentions={1: ("here", BOB), 2: ("channel", "S0ONCALL")})),
    Route((f"{BUCKET}/other/*",), a_policy(channel=OTHER)),
)
BEGAN, BACK, OVER = NoticeKind.BEGAN, NoticeKind.BACK, NoticeKind.OVER


def a_world(prod: int = 1, other: int = 0, lock: str = "s3-apply-default") -> FakeWorld:
    world = FakeWorld(TAKEN)
    for team, count in (("prod", prod), ("other", other)):
        for number in range(count):
            world.store.put(BUCKET, f"{team}/{number}.tflock", sample(lock))
    return world


def a_refusing_world(prod: int = 1, other: int = 0) -> FakeWorld:
    """As the sweep leaves it, three hours after the locks were taken."""
    world = a_world(prod, other)
    world.messenger.channels_refused |= {PROD, *([OTHER] if other else [])}
    run(world, hours=3)
    return world


def run(world: FakeWorld, **ago: float) -> None:
    sweep(RULES.targets[0], world.ports, RULES, world.later(**ago))


def look(world: FakeWorld, rules: Rules = RULES, **ago: float) -> None:
    watch(world.ports, rules, world.later(**(ago or {"minutes": 15})))


def told(world: FakeWorld) -> list[tuple[NoticeKind, str, int]]:
    return [(one.kind, one.to, one.waiting) for one in world.messenger.notices.values()]


def stand(world: FakeWorld) -> list[tuple[str, str]]:
    return [(posted.channel, alert.instead_of) for posted, alert in world.messenger.shown.items()]


def test_the_alerts_of_a_channel_that_takes_none_are_posted_where_trouble_is_told_which_is_said_once() -> None:
    world = a_refusing_world(prod=2)
    assert stand(world) == [(CHANNEL, PROD)] * 2
    assert told(world) == [(BEGAN, CHANNEL, 2)]
    for _ in range(8):
        look(world)
        run(world, hours=1)
    assert stand(world) == [(CHANNEL, PROD)] * 2
    assert told(world) == [(BEGAN, CHANNEL, 2)]
    assert "not_in_channel" in next(iter(world.messenger.notices.values())).trouble.why


def test_when_it_takes_them_again_that_is_said_there_and_once_where_trouble_is_told_and_nothing_is_doubled() -> None:
    world = a_refusing_world()
    world.messenger.channels_refused.clear()
    for _ in range(4):
        look(world)
    assert stand(world) == [(CHANNEL, PROD)]
    assert told(world) == [(BEGAN, CHANNEL, 1), (BACK, PROD, 1), (OVER, CHANNEL, 1)]
    assert world.channels.known == {}
    world.store.put(BUCKET, "prod/new.tflock", sample("s3-apply-default"))
    run(world, hours=3)
    assert stand(world) == [(CHANNEL, PROD), (PROD, "")]


def test_a_channel_that_refuses_a_second_time_is_told_of_again() -> None:
    world = a_refusing_world()
    world.messenger.channels_refused.clear()
    look(world)
    world.messenger.channels_refused.add(PROD)
    world.store.put(BUCKET, "prod/new.tflock", sample("s3-apply-default"))
    run(world, hours=3)
    assert [kind for kind, _, _ in told(world)] == [BEGAN, BACK, OVER, BEGAN]
    assert told(world)[-1] == (BEGAN, CHANNEL, 2)


def test_each_channel_is_told_of_by_itself_with_its_own_number() -> None:
    world = a_refusing_world(prod=3, other=1)
    assert [(one.trouble.channel, one.waiting) for one in world.messenger.notices.values()] == [(OTHER, 1), (PROD, 3)]
    world.messenger.channels_refused.discard(OTHER)
    look(world)
    assert [one.trouble.channel for one in world.messenger.notices.values()] == [OTHER, PROD, OTHER, OTHER]


def test_one_channel_s_trouble_is_no_other_channel_s() -> None:
    world = a_world(prod=1, other=1)
    world.messenger.channels_refused.add(PROD)
    run(world, hours=3)
    assert sorted(stand(world)) == [(OTHER, ""), (CHANNEL, PROD)]


def test_a_refused_channel_is_tried_once_a_run_and_not_once_an_alert() -> None:
    world = a_world(prod=5)
    tried: list[str] = []
    world.messenger = Watched(tried=tried, channels_refused={PROD})
    run(world, hours=3)
    assert tried == [PROD, *[CHANNEL] * 5]


@dataclass
class Watched(FakeMessenger):
    tried: list[str] = field(default_factory=list)

    def post(self, message: Message, sending: Sending) -> Posted:
        self.tried.append(sending.channel)
        return super().post(message, sending)


def test_many_become_one_digest_where_trouble_is_told() -> None:
    world = a_refusing_world(prod=9)
    [(root, digest)] = world.messenger.digests.items()
    assert (root.channel, digest.instead_of, digest.total) == (CHANNEL, PROD, 9)
    assert {(posted.channel, posted.beneath) for posted in world.messenger.shown} == {(CHANNEL, root.handle)}
    assert told(world) == [(BEGAN, CHANNEL, 9)]


def test_a_channel_that_stops_taking_alerts_in_the_middle_of_a_digest_loses_none() -> None:
    world = a_world(prod=9)
    world.messenger = Closing(closing=PROD, after=4)
    run(world, hours=3)
    assert len(world.messenger.shown) == 9
    assert {page.posted is not None for page in world.book.open_pages()} == {True}


@dataclass
class Closing(FakeMessenger):
    """Takes so many posts in a channel and then none."""

    closing: str = ""
    after: int = 0

    def post(self, message: Message, sending: Sending) -> Posted:
        if sending.channel == self.closing:
            self.after -= 1
        if self.after < 0:
            self.channels_refused.add(self.closing)
        return super().post(message, sending)


def test_who_is_called_elsewhere_is_called_by_name_and_not_with_everybody_there() -> None:
    world = a_refusing_world()
    [alert] = world.messenger.shown.values()
    assert alert.called == (BOB,)
    look(world, hours=24)
    [reply] = world.messenger.replies.values()
    assert reply.called == ("S0ONCALL",)


def test_an_alert_s_levels_and_its_ending_stand_where_the_alert_stands() -> None:
    world = a_refusing_world()
    world.messenger.channels_refused.clear()
    look(world, hours=24)
    [posted] = world.messenger.replies
    [root] = world.messenger.shown
    assert (posted.channel, posted.beneath) == (CHANNEL, root.handle)
    world.store.remove(BUCKET, "prod/0.tflock")
    look(world)
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.outcome is Outcome.GONE


def test_a_lock_can_be_released_where_its_alert_stands_instead() -> None:
    world = a_refusing_world()
    [(posted, alert)] = world.messenger.shown.items()
    click = a_click(alert.lock, user=ALICE, message=posted.handle, verb=Verb.RELEASE)
    ending = release(click, world.ports, RULES, world.now)
    assert ending is not None
    assert ending.outcome is Outcome.RELEASED
    [shown] = world.messenger.shown.values()
    assert shown.ending is not None


def test_where_the_channel_for_trouble_refuses_as_well_only_the_alarm_and_the_journal_tell() -> None:
    world = a_world(prod=3)
    world.messenger.channels_refused |= {PROD, CHANNEL}
    run(world, hours=3)
    assert not stand(world)
    assert not told(world)
    for _ in range(3):
        with pytest.raises(WatchIncompleteError, match="not_in_channel"):
            look(world)
    assert world.journal.kinds().count(LineKind.ALERT_FAILED) >= 3
    world.messenger.channels_refused.discard(CHANNEL)
    look(world)
    assert stand(world) == [(CHANNEL, PROD)] * 3
    assert told(world) == [(BEGAN, CHANNEL, 3)]


def test_a_refusal_of_the_channel_for_trouble_itself_is_none_to_tell_it_of() -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, "any.tflock", sample("s3-apply-default"))
    world.messenger.channels_refused.add(CHANNEL)
    run(world, hours=3)
    assert world.channels.known == {}
    with pytest.raises(WatchIncompleteError):
        look(world)


@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_a_notice_whose_answer_is_lost_stands_there_once_in_the_end(lost: str) -> None:
    world = a_world()
    world.messenger = LosingNotices(channels_refused={PROD}, lost=[lost])
    run(world, hours=3)
    for _ in range(3):
        look(world)
    assert told(world) == [(BEGAN, CHANNEL, 1)]
    world.messenger.channels_refused.clear()
    world.messenger.lost = [lost, lost]
    for _ in range(9):
        try:
            look(world)
        except WatchIncompleteError:
            continue
    assert told(world) == [(BEGAN, CHANNEL, 1), (BACK, PROD, 1), (OVER, CHANNEL, 1)]


@dataclass
class LosingNotices(FakeMessenger):
    lost: list[str] = field(default_factory=list)

    def notify(self, notice: ChannelNotice) -> Posted:
        self.losing = self.lost.pop() if self.lost else ""
        try:
            return super().notify(notice)
        finally:
            self.losing = ""


def test_a_run_that_is_killed_between_the_claim_and_the_notice_has_it_told_by_a_later_one() -> None:
    world = a_world()
    world.messenger = Killing(channels_refused={PROD})
    with pytest.raises(KeyboardInterrupt):
        run(world, hours=3)
    world.messenger.killed = True
    look(world)
    assert told(world) == []  # the claim may still be another run's
    look(world, minutes=30)
    assert told(world) == [(BEGAN, CHANNEL, 1)]


@dataclass
class Killing(FakeMessenger):
    killed: bool = False

    def notify(self, notice: ChannelNotice) -> Posted:
        if not self.killed:
            raise KeyboardInterrupt
        return super().notify(notice)


@pytest.mark.parametrize("began", [True, False])
def test_of_two_runs_at_once_one_tells_a_channel_s_trouble(began: bool) -> None:
    world = a_world() if began else a_refusing_world()
    if not began:
        world.messenger.channels_refused.clear()
    messenger = Meanwhile(
        channels_refused=set(world.messenger.channels_refused) | ({PROD} if began else set()),
        shown=world.messenger.shown,
        notices=world.messenger.notices,
    )
    world.messenger = messenger
    messenger.meanwhile = [lambda: look(world, minutes=1)]
    run(world, hours=3)
    look(world, hours=1)
    assert [kind for kind, _, _ in told(world)] == [BEGAN] if began else [BEGAN, BACK, OVER]


@dataclass
class Meanwhile(FakeMessenger):
    """While it takes a notice, another run goes through."""

    meanwhile: list[Callable[[], None]] = field(default_factory=list)

    def notify(self, notice: ChannelNotice) -> Posted:
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().notify(notice)


def test_an_alert_that_stands_in_a_channel_which_takes_nothing_any_more_is_posted_elsewhere() -> None:
    world = a_world(lock="s3-plan-default")  # which has one level: what is due after a day is an edit
    run(world, hours=3)
    world.messenger.channels_refused.add(PROD)
    look(world, hours=24)
    assert stand(world) == [(PROD, ""), (CHANNEL, PROD)]
    assert told(world) == [(BEGAN, CHANNEL, 1)]


def test_an_ending_that_a_channel_does_not_take_is_told_when_it_does_and_people_hear_of_the_channel() -> None:
    world = a_world()
    run(world, hours=3)
    world.messenger.channels_refused.add(PROD)
    world.store.remove(BUCKET, "prod/0.tflock")
    with pytest.raises(WatchIncompleteError, match="not_in_channel"):
        look(world)
    assert told(world) == [(BEGAN, CHANNEL, 0)]
    world.messenger.channels_refused.clear()
    look(world)
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert [kind for kind, _, _ in told(world)] == [BEGAN, BACK, OVER]


def test_a_channel_that_takes_no_replies_gets_a_new_message_for_a_new_level() -> None:
    world = a_world()
    world.messenger = NoThreads()
    run(world, hours=3)
    look(world, hours=24)
    assert stand(world) == [(PROD, ""), (PROD, "")]
    assert told(world) == []


@dataclass
class NoThreads(FakeMessenger):
    def reply(self, reply: Reply | JointReply) -> Posted:
        self.channels_refused.add(reply.sending.channel)
        try:
            return super().reply(reply)
        finally:
            self.channels_refused.clear()


def test_a_channel_that_no_route_leads_to_any_more_is_not_tried_and_its_trouble_is_over() -> None:
    world = a_refusing_world()
    without = some_rules(Route((f"{BUCKET}/prod/*",), a_policy(channel=OTHER)))
    look(world, rules=without)
    [_, over] = world.messenger.notices.values()
    assert (over.kind, over.routed) == (OVER, False)
    assert world.channels.known == {}


def test_without_the_book_alerts_are_told_elsewhere_all_the_same() -> None:
    world = a_world()
    world.book.down = world.channels.down = True
    world.messenger.channels_refused.add(PROD)
    run(world, hours=3)
    assert stand(world) == [(CHANNEL, PROD)]


def test_a_channel_book_that_cannot_be_reached_is_said_by_the_watch() -> None:
    world = a_world()
    world.messenger.channels_refused.add(PROD)
    run(world, minutes=1)
    world.channels.down = True
    with pytest.raises(WatchIncompleteError, match=PROD):
        look(world, hours=3)
    assert stand(world) == [(CHANNEL, PROD)]


def test_a_message_that_is_gone_is_no_refusal_of_its_channel() -> None:
    world = a_world()
    run(world, hours=3)
    world.messenger.shown.clear()
    look(world, hours=24)
    assert stand(world) == [(PROD, "")]
    assert told(world) == []
