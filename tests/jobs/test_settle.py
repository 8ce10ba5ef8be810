"""The journal's line of a release: when it is written, which hold it ended, and who let the lock go."""

from datetime import timedelta

import pytest

from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.hold import NotedEvent
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.ports.book import UnderWayError
from tests.builders import ALICE, BUCKET, KEY, TAKEN, a_claim, a_lock, sample
from tests.fakes.world import FakeWorld
from tests.jobs.recording import RECORDING, RELEASE_ROLE, an_event, record, settle_all
from tests.jobs.test_record import RULES, TARGET, an_acquired_world
from tests.sweeps import sweep

REAPER = f"AWS:{RELEASE_ROLE}:tflock-reaper-prod-ReleaseLock"


@pytest.mark.parametrize(
    ("principal", "by_lifecycle", "kind", "user"),
    [
        ("AWS:AROAEXAMPLE:ci-run-7", False, "holder", ""),
        ("AWS:AIDABOB", False, "other", ""),
        (REAPER, False, "slack", ALICE),
        (f"AWS:AROAELSE:{REAPER.rpartition(':')[2]}", False, "other", ""),
        ("", False, "unknown", ""),
        ("", True, "lifecycle", ""),
    ],
    ids=["its holder", "somebody else", "the reaper", "one who calls himself the reaper", "EventBridge", "a rule"],
)
def test_while_a_click_is_carried_out_the_identity_says_who_released_the_lock(
    principal: str, by_lifecycle: bool, kind: str, user: str
) -> None:
    world = an_acquired_world()
    world.book.write(endings.begin_release(a_lock(), a_claim(), None, None))
    world.store.remove(BUCKET, KEY)
    gone = an_event(world.later(hours=1), acquired=False, principal=principal, by_lifecycle=by_lifecycle)
    record(world, gone)
    settle_all(world)
    line = world.journal.lines[-1]
    assert (line.released_by, line.slack_user) == (kind, user)


def test_where_no_identity_is_told_the_click_is_named_whose_delete_s3_confirmed() -> None:
    world = an_acquired_world()
    ending = Ending(outcome=Outcome.RELEASED, at=world.later(hours=1), user=ALICE)
    world.book.write(endings.end(a_lock(), ending))
    world.store.remove(BUCKET, KEY)
    record(world, an_event(world.now, acquired=False, principal=""))
    settle_all(world)
    line = world.journal.lines[-1]
    assert (line.released_by, line.slack_user) == ("slack", ALICE)


def test_a_lock_deleted_by_its_version_s_id_is_released_and_an_old_version_is_not() -> None:
    world = FakeWorld(TAKEN)
    old, current = (world.store.put(BUCKET, KEY, sample(name)) for name in ("s3-plan-default", "s3-apply-default"))
    record(world, an_event(TAKEN, old, acquired=True))
    record(world, an_event(TAKEN + timedelta(seconds=9), acquired=False))
    record(world, an_event(TAKEN + timedelta(seconds=10), current, acquired=True))
    world.store.remove(BUCKET, KEY)
    for seconds, version in ((20, old), (30, current), (40, current)):
        record(world, an_event(TAKEN + timedelta(seconds=seconds), version, acquired=False, permanent=True))
    settle_all(world)
    released = [line for line in world.journal.lines if line.event is LineKind.LOCK_RELEASED]
    assert [(line.operation, line.held_seconds) for line in released] == [
        ("OperationTypePlan", 9),
        ("OperationTypeApply", 20),
    ]


def test_a_release_that_ended_nothing_known_is_a_line_that_says_so() -> None:
    world = FakeWorld(TAKEN)
    record(world, an_event(TAKEN, acquired=False))
    settle_all(world)
    [line] = world.journal.lines
    assert (line.incomplete, line.held_seconds, line.released_by) == (True, None, "unknown")
    assert line.detail == "no lock is known that this release ended"


def test_the_release_of_a_lock_older_than_the_reaper_has_the_story_that_the_sweep_saw() -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    sweep(TARGET, world.ports, RULES, world.later(hours=1))
    world.store.remove(BUCKET, KEY)
    record(world, an_event(world.later(hours=1), acquired=False))
    settle_all(world)
    line = world.journal.lines[-1]
    assert (line.operation, line.held_seconds, line.incomplete) == ("OperationTypeApply", 7200, False)


def test_a_short_lock_whose_release_is_told_first_is_not_taken_for_held_once_that_is_settled() -> None:
    world = FakeWorld(TAKEN)
    version = world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    world.store.remove(BUCKET, KEY)
    record(world, an_event(TAKEN + timedelta(seconds=1), acquired=False))
    record(world, an_event(TAKEN, version, acquired=True))
    settle_all(world)
    assert world.book.open_pages() == []


def test_an_acquire_told_after_its_release_was_settled_leaves_no_lock_that_seems_held() -> None:
    world = FakeWorld(TAKEN)
    version = world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    world.store.remove(BUCKET, KEY)
    record(world, an_event(TAKEN + timedelta(seconds=1), acquired=False))
    world.later(minutes=2)
    settle_all(world)
    record(world, an_event(TAKEN, version, acquired=True))
    assert world.book.open_pages() == []
    assert world.journal.kinds() == [LineKind.LOCK_RELEASED, LineKind.LOCK_ACQUIRED]


def test_an_acquire_told_late_of_a_lock_that_is_held_is_watched_all_the_same() -> None:
    world = FakeWorld(TAKEN)
    version = world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    world.later(hours=1)
    record(world, an_event(TAKEN, version, acquired=True))
    assert [found.lock.ref.place.key for found in world.book.open_pages()] == [KEY]


def test_a_release_waits_for_what_happened_before_it() -> None:
    world = an_acquired_world()
    record(world, an_event(world.later(minutes=1), acquired=False))
    assert world.journal.kinds() == [LineKind.LOCK_ACQUIRED]
    assert world.orders.delays == [RECORDING.settled_after]


def test_an_event_that_another_process_is_journaling_is_left_for_later() -> None:
    world = FakeWorld(TAKEN)
    version = world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    event = an_event(TAKEN, version, acquired=True)
    world.events.claim(NotedEvent(event), TAKEN)
    with pytest.raises(UnderWayError):
        record(world, event)
    world.later(minutes=2)
    record(world, event, event)
    assert world.journal.kinds() == [LineKind.LOCK_ACQUIRED]


def test_a_line_of_a_role_names_its_session() -> None:
    [line] = an_acquired_world().journal.lines
    assert (line.session_name, line.account, line.told_by) == ("ci-run-7", "", "s3")


def test_an_acquire_that_is_told_while_its_release_is_settled_is_not_taken_for_the_one_before_it() -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    record(world, an_event(TAKEN, acquired=True))
    version = world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    second = world.later(minutes=1)
    world.store.versions[version] = (sample("s3-apply-default"), second)
    world.book.write(telling.remember(a_lock(taken=second)))
    world.store.remove(BUCKET, KEY)

    class Crowded(type(world.events)):  # type: ignore[misc]
        """The acquire is told right after the events were read."""

        def before(self, event: LockEvent) -> NotedEvent | None:
            found = super().before(event)
            record(world, an_event(second, version, acquired=True))
            return found  # type: ignore[no-any-return]

    world.events.__class__ = Crowded
    record(world, an_event(world.later(minutes=1), acquired=False))
    settle_all(world)
    [released] = [line for line in world.journal.lines if line.event is LineKind.LOCK_RELEASED]
    assert (released.operation, released.held_seconds) == ("OperationTypeApply", 60)
