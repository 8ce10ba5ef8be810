"""Runs of the real Terraform that lock in a table, in S3 or in both, killed while they plan or apply."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from chalicelib.slack.words.parts.buttons import RELEASE_ACTION
from demo.deployed import ALICE, DeployedReaper
from demo.lock_table import Item
from demo.slack_standin import Message
from demo.terraform import Locking, TerraformState
from demo.waiting import wait_for
from tests.journal_schema import Line
from tests.local_cloud.asking import run_tflocks
from tests.local_cloud.conftest import VERSIONED, channel_of
from tests.local_cloud.steps import click, content, says

PLAN, APPLY = "plan", "apply"
EVERY_LOCKING = pytest.mark.parametrize("locking", Locking, ids=lambda one: one.name.lower())
EVERY_RUN = pytest.mark.parametrize("operation", [PLAN, APPLY])


@dataclass
class Lost:
    """A run that was killed, and what is at its state's places before anybody does anything."""

    module: TerraformState
    info: dict[str, str]
    digest: Item | None

    @property
    def path(self) -> str:
        return f"{VERSIONED}/{self.module.key}"


Runs = dict[tuple[Locking, str, str], Lost]


@pytest.fixture(scope="module")
def lost(reaper: DeployedReaper, program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """One killed run for each way of locking, operation, and way of release."""
    folder = tmp_path_factory.mktemp("locking")
    which = [(locking, run, by) for locking in Locking for run in (PLAN, APPLY) for by in ("slack", "operator")]

    def lose(one: tuple[Locking, str, str]) -> Lost:
        locking, run, by = one
        key = f"{topic_of(locking, run, by)}/app.tfstate"
        module = TerraformState(program, folder / key, bucket=VERSIONED, key=key, environment=reaper.cloud.environment)
        module.lock_in(locking)
        module.must("init")
        module.must("apply", "-auto-approve")
        return a_killed_run(reaper, module, run)

    with ThreadPoolExecutor(2) as threads:
        runs = dict(zip(which, threads.map(lose, which), strict=True))
    for one in runs.values():
        if one.module.locking.in_s3:  # those that lock the table alone come before these
            reaper.wait_until_held_for(VERSIONED, one.module.key, "1s")
    reaper.sweep()
    yield runs
    for one in runs.values():
        reaper.delete_lock(VERSIONED, one.module.key)
        reaper.table.delete(one.path)


def topic_of(locking: Locking, run: str, by: str) -> str:
    return f"{run}-{by}-{locking.name.lower()}"


def a_killed_run(reaper: DeployedReaper, module: TerraformState, run: str) -> Lost:
    """Its locks are left at all places where it locks."""
    path = f"{module.bucket}/{module.key}"
    digest = reaper.table.digest(path)
    module.start_plan() if run == PLAN else module.start_apply(600)
    where = module.locking
    if where.in_table:
        wait_for("the run has the table's lock", lambda: reaper.table.lock(path), every=0.05)
    if where.in_s3:
        wait_for("the run has S3's lock", lambda: reaper.lock_body(module.bucket, module.key), every=0.05)
    module.kill()
    item, body = reaper.table.lock(path), reaper.lock_body(module.bucket, module.key)
    info = body if where.in_s3 else (item or {})["Info"]["S"]
    return Lost(module, json.loads(info or "{}"), digest)


def alerts(reaper: DeployedReaper, topic: str, path: str) -> list[Message]:
    return [one for one in reaper.slack.messages(channel_of(topic)) if path in one.text]


def the_alert(reaper: DeployedReaper, topic: str, path: str) -> Message:
    """There is one, and no more after another watch."""
    wait_for(f"{path} is alerted", lambda: alerts(reaper, topic, path))
    [alert] = alerts(reaper, topic, path)
    return alert


def told(reaper: DeployedReaper, path: str, event: str) -> list[Line]:
    """The journal's lines of this kind about a state, each once."""
    lines = [line for line in reaper.journal() if line["event"] == event and line["state_path"] == path]
    return list({line["event_id"]: line for line in lines}.values())


def is_free(reaper: DeployedReaper, one: Lost) -> None:
    """Nothing is left, the next plan works, and the digest item is what it was."""
    wait_for(f"{one.path} is free", lambda: not held(reaper, one.path))
    one.module.must("plan")
    assert reaper.table.digest(one.path) == one.digest
    assert (one.digest is not None) == one.module.locking.in_table


def held(reaper: DeployedReaper, path: str) -> list[object]:
    """What is left at the two places of a state."""
    bucket, key = path.split("/", 1)
    left = (reaper.table.lock(path), reaper.lock_body(bucket, key))
    return [one for one in left if one is not None]


@EVERY_RUN
@EVERY_LOCKING
def test_a_killed_run_is_alerted_once_with_every_place_where_it_locks_and_one_click_frees_the_state(
    reaper: DeployedReaper, lost: Runs, locking: Locking, operation: str
) -> None:
    """What the project is for, for each way in which a team can lock its states."""
    one = lost[locking, operation, "slack"]
    topic = topic_of(locking, operation, "slack")
    alert = the_alert(reaper, topic, one.path)
    assert one.info["ID"] in content(alert)
    assert ("terraform-locks" in content(alert)) == locking.in_table
    click(reaper, says(reaper, alert, RELEASE_ACTION))
    says(reaper, alert, f"Released by <@{ALICE.id}>")
    is_free(reaper, one)
    assert len(alerts(reaper, topic, one.path)) == 1
    released = wait_for("the journal has the release", lambda: told(reaper, one.path, "release_answered"))
    assert [(line["outcome"], line["slack_user"], line["lock_id"]) for line in released] == [
        ("released", ALICE.id, one.info["ID"])
    ]
    assert {line["who"] for line in released} == {one.info["Who"]}


@EVERY_RUN
@EVERY_LOCKING
def test_an_operator_at_a_terminal_frees_the_state_and_the_alert_and_the_journal_say_by_whom(
    reaper: DeployedReaper, lost: Runs, locking: Locking, operation: str
) -> None:
    one = lost[locking, operation, "operator"]
    alert = the_alert(reaper, topic_of(locking, operation, "operator"), one.path)
    refused = run_tflocks(reaper, "release", one.path, "--id", "another")
    assert (refused.returncode, len(held(reaper, one.path))) == (1, len(places_of(locking)))
    done = run_tflocks(reaper, "release", one.path, "--id", one.info["ID"])
    assert done.returncode == 0, done.stdout + done.stderr
    is_free(reaper, one)
    says(reaper, alert, "Released by", "tflocks release")
    [line] = wait_for("the journal has the release", lambda: told(reaper, one.path, "release_answered"))
    assert (line["outcome"], line["lock_id"], line["who"]) == ("released", one.info["ID"], one.info["Who"])
    assert line["operator"].startswith("arn:aws:")
    assert "slack_user" not in line


@EVERY_LOCKING
def test_the_journal_has_each_acquire_and_release_of_each_place_once(
    reaper: DeployedReaper, lost: Runs, locking: Locking
) -> None:
    """After all the others: what they released is told by S3 and by the table's stream."""
    for run, by in ((PLAN, "slack"), (APPLY, "operator")):
        one = lost[locking, run, by]
        lines = wait_for(f"{one.path} is told", lambda: told_of(reaper, one, len(places_of(locking))))  # noqa: B023
        assert {line["who"] for line in lines} == {one.info["Who"]}


def told_of(reaper: DeployedReaper, one: Lost, places: int) -> list[Line] | None:
    """The lines of this lock's acquires and releases, once there is one of each for each place."""
    lines = [line for event in ("lock_acquired", "lock_released") for line in told(reaper, one.path, event)]
    ours = [line for line in lines if line.get("lock_id") == one.info["ID"]]
    assert len(ours) <= 2 * places
    return ours if len(ours) == 2 * places else None


def places_of(locking: Locking) -> list[str]:
    """Where a run has its lock."""
    return ["S3"] * locking.in_s3 + ["table"] * locking.in_table
