from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.ending import LetGoBy, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.ports.book import Written
from chalicelib.ports.locks import StoreError
from tests.book_writes import say
from tests.builders import (
    ALICE,
    BUCKET,
    CHANNEL,
    KEY,
    TAKEN,
    a_claim,
    a_click,
    a_lock,
    a_policy,
    a_sending,
    sample,
    some_rules,
)
from tests.fakes.book import FakeBook
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeWorld
from tests.jobs.recording import RELEASE_ROLE, an_event, record, settle_all
from tests.sweeps import sweep

RULES = some_rules()
TARGET = RULES.targets[0]
REAPER = f"AWS:{RELEASE_ROLE}:tflock-reaper-prod-ReleaseLock"


def an_acquired_world() -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    record(world, an_event(TAKEN, acquired=True))
    return world


def test_an_acquire_is_one_line_that_says_who_what_where_and_from_where() -> None:
    [line] = an_acquired_world().journal.lines
    assert line.event is LineKind.LOCK_ACQUIRED
    assert line.state_path == "acme-tfstate/prod/network/terraform.tfstate"
    assert (line.lock_id, line.operation) == ("78653438-8ad9-5195-0db7-201620792a67", "OperationTypeApply")
    assert (line.who, line.principal, line.source_address) == ("root@vm", "AWS:AROAEXAMPLE:ci-run-7", "203.0.113.9")
    assert line.acquired_at == TAKEN


def test_an_acquire_delivered_twice_is_one_line() -> None:
    world = an_acquired_world()
    record(world, an_event(TAKEN, acquired=True))
    assert world.journal.kinds() == [LineKind.LOCK_ACQUIRED]


def test_a_release_is_one_line_with_the_time_held_in_seconds() -> None:
    world = an_acquired_world()
    world.store.remove(BUCKET, KEY)
    for _ in range(2):
        record(world, an_event(TAKEN + timedelta(seconds=90), acquired=False))
        settle_all(world)
    _, released = world.journal.lines
    assert (released.event, released.held_seconds, released.lock_id[:8]) == (LineKind.LOCK_RELEASED, 90, "78653438")
    assert world.book.open_pages() == []


def test_a_lock_gone_before_its_event_came_is_read_from_its_version() -> None:
    world = FakeWorld(TAKEN)
    version = world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    world.store.remove(BUCKET, KEY)
    record(world, an_event(TAKEN, version, acquired=True))
    record(world, an_event(TAKEN + timedelta(seconds=1), acquired=False))
    settle_all(world)
    acquired, released = world.journal.lines
    assert (acquired.operation, acquired.incomplete, released.held_seconds) == ("OperationTypePlan", False, 1)


def test_without_versions_such_a_lock_is_marked_incomplete_and_its_time_is_known_all_the_same() -> None:
    world = FakeWorld(TAKEN)
    record(world, an_event(TAKEN + timedelta(milliseconds=1500), acquired=False))
    record(world, an_event(TAKEN, acquired=True))
    settle_all(world)
    assert [line.incomplete for line in world.journal.lines] == [True, True]
    assert world.journal.kinds() == [LineKind.LOCK_ACQUIRED, LineKind.LOCK_RELEASED]
    assert [line.held_seconds for line in world.journal.lines] == [None, 1.5]


def test_without_versions_a_lock_that_a_sweep_has_seen_keeps_its_story_however_late_its_acquire_is_told() -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    sweep(TARGET, world.ports, RULES, world.later(seconds=5))
    world.store.remove(BUCKET, KEY)
    etag = a_lock().ref.stamp
    record(world, an_event(TAKEN + timedelta(milliseconds=300), acquired=True, stamp=etag))
    [line] = [line for line in world.journal.lines if line.event is LineKind.LOCK_ACQUIRED]
    assert (line.lock_id[:8], line.incomplete) == ("78653438", False)


def test_a_release_settled_before_its_acquire_could_be_read_is_not_taken_for_the_end_of_the_hold_before() -> None:
    """S3 fails for the second acquire, which is told again only after both releases are settled."""
    world = FakeWorld(TAKEN)
    times = [TAKEN + timedelta(milliseconds=200 * number) for number in range(4)]
    versions = [world.store.put(BUCKET, KEY, sample(name)) for name in ("s3-plan-default", "s3-apply-default")]
    world.store.remove(BUCKET, KEY)
    record(world, an_event(times[0], versions[0], acquired=True))
    world.store.keys_failing.add(KEY)
    with pytest.raises(StoreError):
        record(world, an_event(times[2], versions[1], acquired=True))
    world.store.keys_failing.clear()
    record(world, an_event(times[3], acquired=False))
    settle_all(world)
    record(world, an_event(times[1], acquired=False))
    record(world, an_event(times[2], versions[1], acquired=True))
    settle_all(world)
    lines = sorted(world.journal.lines, key=lambda line: line.time)
    assert [line.time for line in lines] == times
    assert [lines[1].acquired_at, lines[3].acquired_at] == [times[0], times[2]]


def test_the_other_half_of_a_dual_lock_does_not_end_with_this_one() -> None:
    """Two places can be of one state path: here an object and its like under another address."""
    world = an_acquired_world()
    other = Place(Kind.S3, BUCKET, KEY, account="111122223333")
    half = HeldLock(LockRef(other, a_lock().ref.stamp, TAKEN), a_lock().info)
    world.book.write(telling.acquire_recorded(half, TAKEN, ""))
    world.store.remove(BUCKET, KEY)
    record(world, an_event(TAKEN + timedelta(seconds=90), acquired=False))
    settle_all(world)
    assert [line.lock_id[:8] for line in world.journal.lines if line.event is LineKind.LOCK_RELEASED] == ["78653438"]
    assert [page.lock.ref for page in world.book.open_pages()] == [half.ref]


def test_an_acquire_whose_lock_another_one_has_followed_is_not_taken_for_the_other() -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    earlier = msgspec.structs.replace(an_event(TAKEN, acquired=True), stamp=a_lock().ref.stamp)
    record(world, earlier)
    assert [line.incomplete for line in world.journal.lines] == [True]
    assert world.book.open_pages() == []


def test_a_release_that_is_told_while_the_lock_is_still_there_ends_nothing() -> None:
    world = an_acquired_world()
    record(world, an_event(TAKEN, acquired=False))
    assert len(world.book.open_pages()) == 1


def test_a_late_release_ends_the_old_lock_and_not_the_one_held_now() -> None:
    world = an_acquired_world()
    world.later(seconds=30)
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    record(world, an_event(world.now, acquired=True))
    record(world, an_event(TAKEN + timedelta(seconds=20), acquired=False))
    settle_all(world)
    [still] = world.book.open_pages()
    assert still.lock.operation == "plan"
    assert world.journal.lines[-1].held_seconds == 20


@pytest.mark.parametrize(
    ("principal", "who"),
    [("AWS:AROAEXAMPLE:ci-run-7", LetGoBy.HOLDER), ("AWS:AIDAEXAMPLE", LetGoBy.OTHER), ("", LetGoBy.UNKNOWN)],
)
def test_a_release_by_anyone_closes_the_open_message_and_says_who(principal: str, who: LetGoBy) -> None:
    world = an_acquired_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.store.remove(BUCKET, KEY)
    released = msgspec.structs.replace(an_event(world.later(minutes=1), acquired=False), principal=principal)
    record(world, released)
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert (alert.ending.outcome, alert.ending.principal, alert.ending.let_go_by) == (Outcome.GONE, principal, who)


def test_a_release_under_way_from_slack_is_named_after_its_clicker_and_told_by_the_release() -> None:
    world = an_acquired_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.book.write(endings.begin_release(a_lock(), a_claim(), None, None))
    world.store.remove(BUCKET, KEY)
    record(world, an_event(world.now, acquired=False, principal=REAPER))
    settle_all(world)
    assert (world.journal.lines[-1].slack_user, world.journal.lines[-1].released_by) == (ALICE, "slack")
    assert [alert.ending for alert in world.messenger.shown.values()] == [None]


def test_when_slack_refuses_the_event_is_journaled_all_the_same_and_the_next_watch_tells_it() -> None:
    world = an_acquired_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.store.remove(BUCKET, KEY)
    world.messenger.refusing = "Slack answered internal_error"
    record(world, an_event(world.now, acquired=False))
    settle_all(world)
    assert world.journal.kinds().count(LineKind.LOCK_RELEASED) == 1
    world.messenger.refusing = ""
    watch(world.ports, RULES, world.later(minutes=15))
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert world.book.open_pages() == []


@pytest.mark.parametrize(
    "event",
    [
        an_event(TAKEN, acquired=False, permanent=True),
        an_event(TAKEN, acquired=True, key="outside/terraform.tfstate.tflock"),
        msgspec.structs.replace(an_event(TAKEN, acquired=True), place=Place(Kind.S3, "somebody-elses", KEY)),
        an_event(TAKEN, acquired=True, key="prod/network/terraform.tfstate"),
    ],
    ids=["history cleared away", "outside the prefixes", "another bucket", "not a lock"],
)
def test_what_is_no_event_of_ours_is_no_line(event: LockEvent) -> None:
    world = FakeWorld(TAKEN)
    record(world, event, rules=some_rules(prefixes=("prod/",)))
    assert world.journal.lines == []


def test_a_lock_acquired_while_an_older_one_s_release_is_recorded_is_not_taken_for_gone() -> None:
    world = an_acquired_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.store.remove(BUCKET, KEY)
    younger = a_lock("s3-plan-default", taken=world.now + timedelta(seconds=30))

    class Acquiring(FakeStore):
        """Another run takes the state right after the look into the bucket."""

        def read(self, place: Place, version: str = "") -> HeldLock | None:
            found = super().read(place, version)
            world.book.write(telling.acquire_recorded(younger, younger.ref.since, ""))
            return found

    world.store = Acquiring(world.now)
    record(world, an_event(world.later(seconds=20), acquired=False))
    assert [page.lock for page in world.book.open_pages()] == [younger]


def test_an_event_is_of_the_youngest_lock_and_an_older_one_whose_event_was_lost_ends_unattributed() -> None:
    world = an_acquired_world()
    younger = a_lock("s3-plan-default", taken=TAKEN + timedelta(hours=1))
    world.book.write(telling.remember(younger))
    world.store.remove(BUCKET, KEY)
    record(world, an_event(TAKEN + timedelta(hours=2), acquired=False))
    settle_all(world)
    [_, line] = world.journal.lines
    assert (line.lock_id, line.held_seconds) == (younger.info and younger.info.ID, 3600)
    older, ended = world.book.pages_of(younger.ref.state_path, world.now + timedelta(days=1))
    assert older.ending is not None
    assert ended.ending is not None
    assert (older.ending.principal, ended.ending.principal) == ("", "AWS:AROAEXAMPLE:ci-run-7")


def test_an_ending_told_while_the_alert_was_being_posted_reaches_the_new_message() -> None:
    world = an_acquired_world()
    world.store.remove(BUCKET, KEY)

    class Posting(FakeBook):
        """The watch posts the alert between the page's look and its note of the ending."""

        def write(self, transition: Transition) -> Written:
            if "ending" in transition.put and not world.messenger.shown:
                page = self.pages[transition.ref]
                sending = a_sending(at=world.now, channel=CHANNEL, level=1)
                posted = world.messenger.post(alert_for(page, a_policy(), world.now, None), sending)
                say(self, page.lock, sending, posted)
            return super().write(transition)

    world.book = Posting(stored=world.book.stored)
    record(world, an_event(TAKEN + timedelta(hours=3), acquired=False))
    settle_all(world)
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None


def test_of_two_locks_in_one_second_each_release_is_the_one_before_it() -> None:
    world = FakeWorld(TAKEN)
    times = [TAKEN + timedelta(milliseconds=taken) for taken in (100, 400, 500, 900)]
    versions = [world.store.put(BUCKET, KEY, sample(name)) for name in ("s3-plan-default", "s3-apply-default")]
    world.store.remove(BUCKET, KEY)
    record(world, an_event(times[0], versions[0], acquired=True))
    record(world, an_event(times[2], versions[1], acquired=True))
    record(world, an_event(times[1], acquired=False))
    record(world, an_event(times[3], acquired=False))
    settle_all(world)
    released = [(line.operation, line.held_seconds) for line in world.journal.lines[2:]]
    assert released == [("OperationTypePlan", 0.3), ("OperationTypeApply", 0.4)]


def test_a_click_that_came_after_the_holder_s_own_release_is_not_named_as_the_releaser() -> None:
    world = an_acquired_world()
    world.store.remove(BUCKET, KEY)
    release(a_click(a_lock()), world.ports, RULES, world.later(hours=3))
    record(world, an_event(world.now, acquired=False))
    settle_all(world)
    line = world.journal.lines[-1]
    assert (line.event, line.slack_user, line.released_by) == (LineKind.LOCK_RELEASED, "", "holder")
