"""A run with more to do than it has time for: what is new first, what is left is said, and the next run does it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf

import pytest

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.digest import LINES, Digest
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Route, Rules
from chalicelib.jobs.alerts.endings import tell_endings
from chalicelib.jobs.record import record_event
from chalicelib.jobs.runs.agenda import GIVEN_UP_AFTER
from chalicelib.jobs.runs.run import Threads, run_of
from chalicelib.jobs.settle import settle
from chalicelib.jobs.sweep import SweepIncompleteError
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import Message, MessengerError, Way
from chalicelib.slack.words.digests import message
from tests.builders import BUCKET, TAKEN, a_policy, a_sending, sample, some_rules
from tests.fakes.slack import FakeMessenger
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeWorld
from tests.jobs.alerts.slow_slack import SlowSlack, Time
from tests.jobs.recording import an_event, case_of_event
from tests.slack.reading import said
from tests.sweeps import sweep

FOUR = some_rules(*(Route((f"{BUCKET}/c{number}/*",), a_policy(channel=f"C{number}")) for number in range(4)))
TARGET = Target(Kind.S3, BUCKET)


def a_world(locks: int, channels: int = 1, known: bool = True) -> FakeWorld:
    """So many locks that are due, in channels C0 and so on."""
    world = FakeWorld(TAKEN, messenger=SlowSlack())
    for number in range(locks):
        take(world, f"c{number % channels}/{number:04}.tflock", known=known)
    world.later(hours=2)
    return world


def take(world: FakeWorld, key: str, known: bool = True) -> None:
    world.store.put(BUCKET, key, sample("s3-apply-default"))
    lock = world.store.read(Place(Kind.S3, BUCKET, key))
    if lock and known:
        world.book.write(telling.remember(lock))


def slack_of(world: FakeWorld) -> SlowSlack:
    assert isinstance(world.messenger, SlowSlack)
    return world.messenger


def watch_for(world: FakeWorld, seconds: float, rules: Rules = FOUR) -> JournalLine:
    """One watch with so much time; its line."""
    watch(world.ports, rules, world.now, slack_of(world).time.run(seconds))
    return world.journal.lines[-1]


def next_watch(world: FakeWorld, seconds: float = 10_000, rules: Rules = FOUR) -> JournalLine:
    slack_of(world).time.now += 900
    world.later(minutes=15)
    return watch_for(world, seconds, rules)


def test_a_run_tells_as_many_as_its_time_allows_says_how_many_wait_and_the_next_one_tells_them() -> None:
    world = a_world(200)
    line = watch_for(world, 60)
    told = len(world.messenger.shown)
    assert 55 <= told <= 70
    assert (line.event, line.alerts, line.waiting) == (LineKind.WATCH_FINISHED, told, 200 - told)
    assert slack_of(world).time.now < 62
    assert [next_watch(world).waiting, len(world.messenger.shown)] == [0, 200]
    assert len({alert.lock.ref for alert in world.messenger.shown.values()}) == 200


def test_the_oldest_are_told_first() -> None:
    world = a_world(0)
    for minutes in (5, 3, 9, 1):
        world.store.now = TAKEN + timedelta(minutes=minutes)
        take(world, f"c0/{9 - minutes}.tflock")  # not in the order of their names
    world.later(minutes=10)
    watch_for(world, 1000)
    assert [alert.lock.ref.place.key for alert in world.messenger.shown.values()] == [
        f"c0/{9 - minutes}.tflock" for minutes in (1, 3, 5, 9)
    ]


def test_what_a_digest_says_is_true_when_it_is_posted_while_its_lines_come_and_when_the_run_had_no_more_time() -> None:
    world = a_world(300)
    slack = slack_of(world)
    read: list[str] = []

    def count() -> None:
        for digest in world.messenger.digests.values():
            lines = len(world.messenger.shown)
            assert lines >= digest.held - digest.coming >= lines - 130
            read.append(said(message(digest)[1]))

    slack.meanwhile = count
    watch_for(world, 250)
    [digest] = world.messenger.digests.values()
    assert (digest.total, digest.held) == (300, 300)
    assert "0 of 300 are there as of" in read[0]
    assert 100 < 300 - digest.coming < 250
    next_watch(world)
    [digest] = world.messenger.digests.values()
    assert (digest.total, digest.coming, digest.waiting, len(world.messenger.shown)) == (300, 0, 0, 300)
    assert "Each has its own message" in said(message(digest)[1])
    assert {posted.beneath for posted in world.messenger.shown} == {digest.posted.handle if digest.posted else ""}


def test_a_digest_does_not_count_a_line_that_another_run_is_at_or_whose_lock_was_let_go() -> None:
    world = a_world(120)
    slack = slack_of(world)
    [taken, gone] = [
        page.lock
        for page in world.book.open_pages()
        if "0118" in page.lock.ref.place.key or "0119" in page.lock.ref.place.key
    ]

    def meanwhile() -> None:
        world.book.write(telling.claim(taken, a_sending(at=world.now, channel="C0")))
        world.store.objects.pop((BUCKET, gone.ref.place.key), None)

    slack.meanwhile = meanwhile
    watch_for(world, 1000)
    [digest] = world.messenger.digests.values()
    assert (digest.total - digest.coming, len(world.messenger.shown)) == (118, 118)


@pytest.mark.thorough
def test_a_digest_without_room_for_all_says_how_many_follow_and_they_do() -> None:
    world = a_world(LINES + 30)
    assert watch_for(world, 10_000).waiting == 30
    assert [digest.waiting for digest in world.messenger.digests.values()] == [30]
    for _ in range(2):
        next_watch(world)
    assert [(digest.total, digest.waiting) for digest in world.messenger.digests.values()] == [
        (LINES, 0),
        (30, 0),
    ]
    assert len(world.messenger.shown) == LINES + 30


def test_channels_are_told_in_turn_and_none_waits_for_another_s_pace() -> None:
    world = a_world(40, channels=4)
    watch_for(world, 1000)
    posts = [channel for what, channel, _ in slack_of(world).said if what == "post"]
    assert max(Counter(posts[:20]).values()) <= 6
    assert slack_of(world).time.now < 20  # one channel alone takes 37 seconds


def test_three_hundred_closings_keep_no_new_alert_waiting() -> None:
    world = a_world(300, channels=4)
    watch_for(world, 10_000)
    world.store.objects.clear()
    for number in range(8):
        world.store.now = TAKEN
        take(world, f"c{number % 4}/new{number}.tflock")
    slack = slack_of(world)
    slack.said.clear()
    began = slack.time.now + 900
    next_watch(world)
    posted = [at - began for what, _, at in slack.said if what == "post"]
    assert (len(posted), max(posted) < 15) == (8, True)
    closed = [at - began for what, _, at in slack.said if what == "close"]
    assert (len(closed), 250 < max(closed) < 400) == (300, True)


def test_closings_come_before_messages_that_are_only_brought_up_to_date() -> None:
    world = a_world(60)
    watch_for(world, 1000)
    world.later(hours=2)
    for number in range(0, 60, 2):
        world.store.remove(BUCKET, f"c0/{number:04}.tflock")
        world.store.put(BUCKET, f"c0/{number + 1:04}", b"a state that was written meanwhile")
    slack_of(world).said.clear()
    line = next_watch(world, 40)
    edits = Counter(what for what, _, _ in slack_of(world).said)
    assert (edits["close"], 0 < edits["edit"] < 30, (line.not_reached or 0) >= 30 - edits["edit"]) == (30, True, True)


def test_endings_for_which_there_was_no_time_are_told_by_the_next_watch() -> None:
    world = a_world(100)
    watch_for(world, 1000)
    world.store.objects.clear()
    assert (next_watch(world, 30).not_reached or 0) > 40
    assert {page.ending.outcome for page in world.book.open_pages() if page.ending} == {Outcome.GONE}
    next_watch(world)
    assert all(alert.ending for alert in world.messenger.shown.values())
    assert world.book.open_pages() == []


def test_a_channel_that_refuses_takes_nothing_from_the_others_and_is_left_alone_after_a_few_tries() -> None:
    world = a_world(80, channels=4)
    world.messenger.channels_refused |= {"C1", FOUR.trouble_channel}
    with pytest.raises(WatchIncompleteError, match="not_in_channel"):
        watch_for(world, 1000, msgspec_digest_never(FOUR))
    assert len(world.messenger.shown) == 60
    tried = Counter(channel for _, channel, _ in slack_of(world).said)
    assert (tried["C1"], tried[FOUR.trouble_channel]) == (1, GIVEN_UP_AFTER)
    detail = world.journal.lines[-1].detail
    assert f"left to the next run, because C1 failed {GIVEN_UP_AFTER} times" in detail
    world.messenger.channels_refused.clear()
    next_watch(world)
    assert len(world.messenger.shown) == 80


def test_the_alerts_of_a_channel_that_refuses_are_all_told_elsewhere_beside_those_of_the_others() -> None:
    world = a_world(80, channels=4)
    world.messenger.channels_refused.add("C1")
    watch_for(world, 1000, msgspec_digest_never(FOUR))
    assert Counter(posted.channel for posted in world.messenger.shown) == {
        "C0": 20,
        "C2": 20,
        "C3": 20,
        FOUR.trouble_channel: 20,
    }
    assert [notice.waiting for notice in world.messenger.notices.values()] == [20]


def msgspec_digest_never(rules: Rules) -> Rules:
    return some_rules(*rules.routes[:-1], digest_over=1000)


@dataclass
class HangingStore(FakeStore):
    """S3 that takes long before it fails, for some keys."""

    time: Time = field(default_factory=Time)
    hanging: str = ""

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        if self.hanging and place.key.startswith(self.hanging):
            self.time.sleep(4)  # as if several were looked at side by side
            raise StoreError(f"reading {place.key}: read timeout")
        return super().read(place, version)

    def state_written(self, ref: LockRef) -> StateWritten:
        return StateWritten(None)


def hanging(world: FakeWorld, begin: str) -> None:
    store = HangingStore(world.now, time=slack_of(world).time, hanging=begin)
    store.objects = world.store.objects
    world.store = store


def test_locks_that_hang_cost_a_sweep_a_few_tries_and_the_healthy_ones_are_told_and_journaled() -> None:
    world = a_world(40, channels=4, known=False)
    for number in range(60):
        take(world, f"hanging/{number}.tflock", known=False)
    hanging(world, "hanging")
    time = slack_of(world).time
    for _ in range(2):  # deliveries
        with pytest.raises(SweepIncompleteError, match="read timeout"):
            sweep(TARGET, world.ports, FOUR, world.later(minutes=16), time.run(840))
    assert len(world.messenger.shown) == 40
    assert world.journal.kinds().count(LineKind.ALERT_POSTED) == 40
    line = world.journal.lines[-1]
    assert line.event is LineKind.SWEEP_FINISHED
    assert len(line.detail) < 10_000


def test_a_sweep_that_could_not_look_at_all_comes_again() -> None:
    world = a_world(30, known=False)
    time = slack_of(world).time
    with pytest.raises(SweepIncompleteError, match="30 locks were not looked at in time"):
        sweep(TARGET, world.ports, FOUR, world.now, time.run(-1))
    assert world.journal.lines[-1].not_reached == 30


def test_a_bucket_that_takes_too_long_to_list_has_its_first_locks_told_and_another_order_goes_on_with_it() -> None:
    world = a_world(0)
    for number in range(20):
        take(world, f"c0/{number:04}.tflock", known=False)
    slack = slack_of(world)

    def slowly(_target: Target, _after: str) -> Iterator[Scanned]:
        for number in range(20):
            slack.time.sleep(60)
            yield Scanned((Place(Kind.S3, BUCKET, f"c0/{number:04}.tflock"),), 1000, "more")

    world.store.scan = slowly  # type: ignore[method-assign, assignment]
    sweep(TARGET, world.ports, FOUR, world.later(hours=3), slack.time.run(850))
    assert len(world.messenger.shown) == 7
    handed_on = world.journal.lines[-1]
    assert (handed_on.event, handed_on.part, handed_on.objects) == (LineKind.SWEEP_HANDED_ON, 2, 7000)
    assert [(rest.after, rest.part) for rest in world.orders.sweeps] == [("more", 2)]


def test_many_threads_tell_each_lock_once() -> None:
    world = a_world(60, channels=4)
    world.messenger = FakeMessenger()
    watch(world.ports, FOUR, world.now, run_of(Threads(12), 840))
    assert len(world.messenger.shown) == 60
    assert {page.posted is not None for page in world.book.open_pages()} == {True}
    assert {digest.coming for digest in world.messenger.digests.values()} == {0}


def test_a_sweep_leaves_what_it_has_no_time_to_tell_to_the_watch() -> None:
    world = a_world(100, known=False)
    sweep(TARGET, world.ports, FOUR, world.now, slack_of(world).time.run(30))
    line = world.journal.lines[-1]
    assert (line.locks, (line.alerts or 0) + (line.waiting or 0)) == (100, 100)
    next_watch(world)
    assert len(world.messenger.shown) == 100


def test_a_lock_that_was_let_go_while_it_waited_for_its_alert_calls_nobody() -> None:
    world = a_world(150)
    slack = slack_of(world)

    def let_go() -> None:
        if slack.time.now > 30:
            world.store.objects.pop((BUCKET, "c0/0149.tflock"), None)

    slack.meanwhile = let_go
    watch_for(world, 10_000)
    assert len(world.messenger.shown) == 149
    assert all(alert.lock.ref.place.key != "c0/0149.tflock" for alert in world.messenger.shown.values())


@dataclass
class BuggySlack(SlowSlack):
    """Something that nobody expected, for one lock."""

    def post(self, message: Message, sending: Sending) -> Posted:
        if isinstance(message, Alert) and message.lock.ref.place.key == "c0/0001.tflock":
            raise ZeroDivisionError("a mistake of ours")
        return super().post(message, sending)


def test_an_error_that_nobody_expected_stops_no_other_lock_and_is_raised_in_the_end() -> None:
    world = a_world(4)
    world.messenger = BuggySlack()
    with pytest.raises(WatchIncompleteError, match="a mistake of ours") as raised:
        watch_for(world, 1000)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert len(world.messenger.shown) == 3
    assert "a mistake of ours" in world.journal.lines[-1].detail


@dataclass
class OnlyRefusedEdits(SlowSlack):
    """No post may come yet, and no edit is taken."""

    def busy_for(self, way: Way, channel: str) -> float:
        return inf if way is Way.POST else 0.0

    def edit(self, posted: Posted, message: Message) -> None:
        raise MessengerError("no edits")


def test_a_new_lock_still_waits_when_the_message_of_an_earlier_one_there_could_not_be_closed() -> None:
    world = a_world(1)
    watch_for(world, 1000)
    world.store.put(BUCKET, "c0/0000.tflock", sample("s3-plan-default"))
    if lock := world.store.read(Place(Kind.S3, BUCKET, "c0/0000.tflock")):
        world.book.write(telling.remember(lock))
    world.later(hours=3)
    world.messenger = OnlyRefusedEdits()
    with pytest.raises(WatchIncompleteError, match="no edits"):
        watch_for(world, 60)
    line = world.journal.lines[-1]
    assert (line.alerts, line.waiting, line.not_reached) == (0, 1, 0)


def test_the_journal_of_events_does_not_wait_for_slack() -> None:
    world = a_world(60)
    watch_for(world, 1000)
    world.store.objects.clear()
    slack = slack_of(world)
    slack.said.clear()
    gone = [an_event(world.later(seconds=1), acquired=False, key=f"c0/{number:04}.tflock") for number in range(60)]
    ended = [case for event in gone for case in record_event(case_of_event(event, world, FOUR))]
    for release in world.orders.settling:
        settle(case_of_event(release, world, FOUR))
    assert world.journal.kinds().count(LineKind.LOCK_RELEASED) == 60
    assert slack.said == []
    left = tell_endings(ended, world.ports, slack.time.run(20))
    closed = sum(what == "close" for what, _, _ in slack.said)
    assert (0 < closed < 60, len(left)) == (True, 60 - closed)
    next_watch(world)
    assert all(alert.ending for alert in world.messenger.shown.values())


def test_a_digest_counted_by_an_older_run_is_put_right_by_the_next_watch() -> None:
    world = a_world(8)
    watch_for(world, 1000)
    [digest] = world.digests.open()
    stale = Digest(**{**{name: getattr(digest, name) for name in digest.__struct_fields__}, "coming": 5})
    world.digests.save(stale)
    next_watch(world)
    assert [one.coming for one in world.messenger.digests.values()] == [0]
