"""Lock debris is counted after a sweep, where it is asked for, and delays and loses nothing."""

import msgspec

from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.nights.debris import Debris
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.jobs.runs.run import OneByOne, run_of
from chalicelib.jobs.sweep import sweep
from tests.builders import BUCKET, KEY, TAKEN, sample
from tests.fakes.world import FakeWorld
from tests.jobs.test_sweep import RULES, TARGET

ASKED = msgspec.structs.replace(TARGET, debris=True)


def a_world(cycles: int = 3) -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    for _ in range(cycles):
        world.debris.put(BUCKET, KEY)
        world.debris.remove(BUCKET, KEY)
    world.later(hours=3)
    return world


def swept(world: FakeWorld, seconds: float = 900) -> Debris | None:
    run = run_of(OneByOne(clock=lambda: world.debris.pages * 100.0), seconds)
    sweep(SweepOrder(ASKED, TAKEN), world.ports, RULES, world.now, run)
    return world.nights.results[TAKEN, ASKED.home].debris


def lines(world: FakeWorld) -> list[JournalLine]:
    return [line for line in world.journal.lines if line.event is LineKind.DEBRIS_COUNTED]


def test_what_locks_left_behind_is_in_the_night_and_in_the_journal_with_what_helps() -> None:
    world = a_world()
    assert swept(world) == Debris(versions=3, markers=3, whole=True)
    [line] = lines(world)
    assert (line.target, line.versions, line.markers) == (BUCKET, 3, 3)
    assert line.detail.startswith("3 old versions of locks and 3 delete markers: they slow listings down; a lifecycle")
    assert len(world.messenger.shown) == 1


def test_where_nobody_asked_nothing_is_counted() -> None:
    world = a_world()
    sweep(SweepOrder(TARGET, TAKEN), world.ports, RULES, world.now)
    assert (world.debris.pages, lines(world)) == (0, [])


def test_where_versions_may_not_be_listed_it_says_which_right_is_missing_and_the_sweep_is_whole() -> None:
    world = a_world()
    world.debris.refused[BUCKET] = "needs the right s3:ListBucketVersions"
    swept(world)
    assert lines(world)[0].detail == "not counted: needs the right s3:ListBucketVersions"
    result = world.nights.results[TAKEN, ASKED.home]
    assert (result.finished, result.failure, result.found.locks) == (True, "", 1)


def test_a_count_that_fails_or_takes_too_long_says_how_far_it_came() -> None:
    world = a_world(cycles=500)
    world.debris.a_page, world.debris.failing_after[BUCKET] = 100, 2
    assert swept(world) == Debris(versions=200, markers=0, refusal="S3 did not answer in time")
    world = a_world(cycles=500)
    world.debris.a_page = 100
    counted = swept(world)
    assert counted is not None
    assert not counted.whole
    assert world.debris.pages == 3  # of 100 seconds each
    assert lines(world)[0].detail.startswith("at least ")


def test_a_sweep_that_used_up_its_time_counts_nothing() -> None:
    world = a_world()
    assert swept(world, seconds=60) == Debris(refusal="the sweep left no time for it")
    assert world.debris.pages == 0


def test_a_function_that_is_killed_while_it_counts_has_told_what_it_swept() -> None:
    world = a_world()

    def killed(_target: object) -> None:
        raise SystemExit

    world.debris.count = killed  # type: ignore[method-assign, assignment]
    try:
        swept(world)
    except SystemExit:
        assert world.nights.results[TAKEN, ASKED.home].finished
