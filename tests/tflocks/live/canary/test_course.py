"""The canary's steps against the real jobs: they pass, each fault fails the right step, and nothing is ever left."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from chalicelib.core.doctor.canary.assumptions import Assumption, Verdict
from chalicelib.core.doctor.canary.steps import EACH, Outcome, Result, Step
from tests.builders import BUCKET, CHANNEL, KEY, sample
from tests.tflocks.live.canary.reaper_at_work import (
    Ground,
    Killed,
    ReaperAtWork,
    a_bucket,
    a_lock_table,
    denying,
    killed_at,
    versions_refused,
)

pytestmark = pytest.mark.thorough

GROUNDS: dict[str, Callable[[], AbstractContextManager[Ground]]] = {
    "a bucket with versions": a_bucket,
    "a bucket without versions": lambda: a_bucket(versioned=False),
    "a table with a stream": a_lock_table,
    "a table without a stream": lambda: a_lock_table(stream=False),
}


@pytest.fixture(params=GROUNDS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    with GROUNDS[request.param]() as one:
        yield one


def outcomes(results: list[Result]) -> dict[Step, Outcome]:
    return {one.step: one.outcome for one in results}


def test_a_healthy_reaper_passes_every_step_and_nothing_is_left(ground: Ground) -> None:
    results = list(ground.course(limit=5).results())
    passed = dict.fromkeys(EACH, Outcome.PASSED) | {Step.CLICKED: Outcome.SKIPPED}
    assert outcomes(results) == passed, results
    assert ground.kept() == []


def test_a_click_of_somebody_releases_it_and_no_order_is_needed() -> None:
    with a_bucket() as ground:
        ground.reaper.clicking = True
        results = list(ground.course(wait_for_click=500).results())
        clicked, released = results[EACH.index(Step.CLICKED)], results[EACH.index(Step.RELEASED)]
        assert (clicked.outcome, released.seen) == (Outcome.PASSED, "released, by a click")
        assert "U0ALICE" in clicked.seen


def test_it_says_of_each_assumption_what_it_saw() -> None:
    with a_bucket() as ground:
        course = ground.course(limit=5)
        list(course.results())
        told = {one.assumption: one.verdict for one in course.flight.tested}
        proven = (Assumption.DELETE_REFUSED, Assumption.PUT_REFUSED, Assumption.OVER_A_MARKER, Assumption.EDITED)
        assert {told[one] for one in proven} == {Verdict.PROVEN}


def deaf(reaper: ReaperAtWork) -> None:
    reaper.deaf = True
    reaper.clues_are = {"wired": False}


def mapping_off(reaper: ReaperAtWork) -> None:
    reaper.deaf = True
    reaper.clues_are = {"wired": True, "mapping": "Disabled", "function": "record_lock_event"}


def watch_off(reaper: ReaperAtWork) -> None:
    reaper.watch_off = True
    reaper.clues_are = {"watch": "Lambda: Rate Exceeded"}


def wrong_token(reaper: ReaperAtWork) -> None:
    reaper.world.messenger.refusing = "Slack answered invalid_auth"
    reaper.clues_are = {"failures": ("Slack answered invalid_auth",)}


def no_app_in_channel(reaper: ReaperAtWork) -> None:
    reaper.world.messenger.channels_refused = {CHANNEL}


def releases_off(reaper: ReaperAtWork) -> None:
    reaper.releasing_off = True
    reaper.clues_are = {"mapping": "Disabled", "function": "release_lock"}


def may_not_delete(reaper: ReaperAtWork) -> None:
    reaper.world.__dict__["store"] = denying(reaper.store)


def deaf_to_releases(reaper: ReaperAtWork) -> None:
    reaper.mute = True


@pytest.mark.parametrize(
    ("fault", "step", "part"),
    [
        (deaf, Step.ACQUIRED, "the notification of the bucket"),
        (mapping_off, Step.ACQUIRED, "the event source mapping of record_lock_event"),
        (watch_off, Step.ALERTED, "the function watch_locks"),
        (wrong_token, Step.ALERTED, "Slack, or the bot token"),
        (no_app_in_channel, Step.ALERTED, "the function watch_locks, or Slack"),
        (releases_off, Step.RELEASED, "the event source mapping of release_lock"),
        (may_not_delete, Step.RELEASED, "the function release_lock"),
        (deaf_to_releases, Step.JOURNALED, "the notification of deletes, or the function record_lock_event"),
    ],
)
def test_a_broken_reaper_fails_at_the_right_step_and_the_canary_takes_everything_away(
    fault: Callable[[ReaperAtWork], None], step: Step, part: str
) -> None:
    with a_bucket() as ground:
        fault(ground.reaper)
        results = list(ground.course().results())
        [failed] = [one for one in results if one.outcome is Outcome.FAILED]
        assert (failed.step, failed.part) == (step, part), results
        assert failed.do
        assert ground.kept() == []


@pytest.mark.parametrize("versioned", [True, False])
def test_a_store_that_ignores_conditions_fails_before_the_reaper_has_to_do_anything(versioned: bool) -> None:
    with a_bucket(versioned=versioned) as ground:
        for operation in ("DeleteObject", "PutObject"):
            ground.client.meta.events.register(f"before-parameter-build.s3.{operation}", without_conditions)
        results = list(ground.course().results())
        [failed] = [one for one in results if one.outcome is Outcome.FAILED]
        assert failed.step is Step.CONDITIONS
        assert "a delete of another lock was DONE" in failed.seen
        assert ground.kept() == []


def without_conditions(params: dict[str, object], **_: object) -> None:
    params.pop("IfMatch", None)
    params.pop("IfNoneMatch", None)


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("name", GROUNDS)
def test_killed_at_any_request_it_leaves_nothing_that_the_next_run_does_not_remove(name: str, every: int) -> None:
    with GROUNDS[name]() as first, killed_at(first.client, 0) as count:
        list(first.course(limit=5).results())
        requests = count()
    for number in range(1, requests + 1, every):
        with GROUNDS[name]() as ground:
            with killed_at(ground.client, number), pytest.raises(Killed):
                list(ground.course(limit=5).results())
            earlier = next(ground.course().results())
            assert (earlier.step, earlier.outcome) == (Step.EARLIER, Outcome.PASSED), (number, earlier)
            assert ground.kept() == [], number


def test_the_next_run_touches_nothing_but_canaries() -> None:
    with a_bucket() as ground:
        alike = "tflock-reaper-canary/0123456789ab/C0X/real.tfstate.tflock"
        for key in (KEY, alike, "tflock-reaper-canary/notes.txt"):
            ground.client.put_object(Bucket=BUCKET, Key=key, Body=sample("s3-plan-default"))
        ground.client.put_object(Bucket=BUCKET, Key=alike, Body=sample("s3-apply-default"))
        earlier = next(ground.course().results())
        assert f"s3://{BUCKET}/{alike} is no canary's, and was left alone" in earlier.seen
        told = ground.client.list_object_versions(Bucket=BUCKET)
        assert len(told["Versions"]) == 4


@pytest.mark.parametrize(
    "body",
    [b"{}", *(pytest.param(one, marks=pytest.mark.thorough) for one in (sample("s3-apply-default"), b"", b"no JSON"))],
)
@pytest.mark.parametrize("name", ["a bucket with versions", "a bucket without versions"])
def test_a_lock_that_somebody_takes_at_the_canary_s_own_key_is_never_removed(name: str, body: bytes) -> None:
    """At each put of the canary: somebody else was there first."""
    for number in range(1, 6):
        with GROUNDS[name]() as ground, taken_before(ground, number, body) as taken:
            results = list(ground.course(limit=5).results())
            if not taken:
                continue
            there = [ground.client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in taken]
            assert there == [body], (number, results)
            assert Outcome.FAILED in outcomes(results).values()


@contextmanager
def taken_before(ground: Ground, number: int, body: bytes) -> Iterator[list[str]]:
    """Have somebody put a lock just before the put of that number; yield the keys that they took."""
    taken: list[str] = []
    puts = [0]

    def take(params: dict[str, str], **_: object) -> None:
        puts[0] += 1
        if puts[0] == number and not ground.client.list_objects_v2(Bucket=BUCKET, Prefix=params["Key"])["KeyCount"]:
            taken.append(params["Key"])
            ground.client.put_object(Bucket=BUCKET, Key=params["Key"], Body=body)

    ground.client.meta.events.register("provide-client-params.s3.PutObject", take)
    yield taken
    ground.client.meta.events.unregister("provide-client-params.s3.PutObject", take)


def test_a_state_that_somebody_keeps_among_canaries_is_not_even_read() -> None:
    with a_bucket() as ground:
        key = "tflock-reaper-canary/0123456789ab/C0X/real.tfstate"
        read: list[str] = []
        for body in (b"{}", b'{"version":4}'):
            ground.client.put_object(Bucket=BUCKET, Key=key, Body=body)
        ground.client.delete_object(Bucket=BUCKET, Key=key)
        ground.client.meta.events.register(
            "provide-client-params.s3.GetObject", lambda params, **_: read.append(params["Key"])
        )
        next(ground.course().results())
        assert read == []
        assert len(ground.client.list_object_versions(Bucket=BUCKET)["DeleteMarkers"]) == 1


def test_old_versions_that_it_may_not_remove_stay_hidden_and_are_counted() -> None:
    with a_bucket() as ground:
        with killed_at(ground.client, 30), pytest.raises(Killed):
            list(ground.course(limit=5).results())
        with versions_refused(ground.client):
            earlier = next(ground.course().results())
        assert "stay: you may not remove them" in earlier.seen
        assert earlier.outcome is Outcome.PASSED
        assert ground.client.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
