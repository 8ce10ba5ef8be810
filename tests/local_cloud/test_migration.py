"""A state goes from the table to S3 locks by way of both, while its runs are killed: ``docs/migration.md``, played."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.migration.looks import evidence_of
from chalicelib.aws.doctor.migration.table import describe
from chalicelib.aws.doctor.parts import parts_of
from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.doctor.migration.evidence import QUIET, Evidence
from chalicelib.core.doctor.migration.holds import TURNED_AWAY
from chalicelib.core.doctor.migration.judged import phase_finding
from chalicelib.core.doctor.migration.phase import Phase, Story, story
from chalicelib.core.doctor.migration.standing import SETTLED, Way
from chalicelib.slack.words.parts.buttons import RELEASE_ACTION
from demo.deployed import ALICE, STAGE, DeployedReaper
from demo.slack_standin import Message
from demo.terraform import Locking, TerraformState
from demo.waiting import wait_for
from tests.journal_schema import Line
from tests.local_cloud.conftest import VERSIONED, channel_of
from tests.local_cloud.steps import click, content, says
from tests.local_cloud.test_locking import APPLY, PLAN, Lost, a_killed_run, held, told

State = Callable[..., TerraformState]
TOPIC = "migration"
NEXT = {Locking.TABLE: Locking.BOTH, Locking.BOTH: Locking.S3, Locking.S3: Locking.S3}
"""The next phase of the migration, which may begin while a lock of this one is still there."""


@pytest.fixture
def moving(reaper: DeployedReaper, state: State) -> Iterator[TerraformState]:
    module = state(f"{TOPIC}/app.tfstate", locking=Locking.TABLE)
    module.must("apply", "-auto-approve")
    yield module
    reaper.delete_lock(VERSIONED, module.key)
    reaper.table.delete(f"{VERSIONED}/{module.key}")


def test_no_alert_is_lost_none_doubled_and_no_half_left_while_a_state_moves_from_the_table_to_s3(
    reaper: DeployedReaper, moving: TerraformState
) -> None:
    """Each phase begins under the open alert of a run that the phase before has lost, and other runs try meanwhile."""
    lost, told_in = zip(*(one for phase in Locking for one in phase_of(reaper, moving, phase)), strict=True)
    moving.must("apply", "-auto-approve")
    path = lost[0].path
    assert held(reaper, path) == []
    assert [alert.ts for alert in alerts(reaper, path)] == [alert.ts for alert in told_in]
    answers = wait_for("the journal has every release", lambda: answers_of(reaper, path, len(lost)))
    assert [(line["lock_id"], line["outcome"], line["slack_user"]) for line in answers] == [
        (one.info["ID"], "released", ALICE.id) for one in lost
    ]
    assert {line["who"] for line in answers} == {lost[0].info["Who"]}


def answers_of(reaper: DeployedReaper, path: str, expected: int) -> list[Line] | None:
    """The journal's answers to clicks, once there are this many: a line is readable when its function has ended."""
    answers = told(reaper, path, "release_answered")
    return answers if len(answers) >= expected else None


def phase_of(reaper: DeployedReaper, module: TerraformState, phase: Locking) -> Iterator[tuple[Lost, Message]]:
    """Two runs of a phase are killed; the second one's lock is released when the next phase has begun."""
    for run, then in ((PLAN, phase), (APPLY, NEXT[phase])):
        one = a_killed_run(reaper, module, run)
        alert = wait_for("it is alerted", lambda: watched(reaper, one), every=1)  # noqa: B023
        module.lock_in(then)
        module.must("init", "-reconfigure")
        assert_blocked(module, one)
        reaper.watch()
        click(reaper, says(reaper, alert, RELEASE_ACTION))
        says(reaper, alert, f"Released by <@{ALICE.id}>")
        module.must("plan")
        assert reaper.table.digest(one.path) == one.digest
        yield one, alert


def watched(reaper: DeployedReaper, one: Lost) -> Message | None:
    """The alert about this lock, after another watch; other alerts may name it as another holder."""
    reaper.watch()
    its_own = json.dumps(f"*Lock ID*\n`{one.info['ID']}`")[1:-1]
    return next((alert for alert in alerts(reaper, one.path) if its_own in content(alert)), None)


def assert_blocked(module: TerraformState, one: Lost) -> None:
    """Whatever the run locks now, the lock that is left is in its way, and is the one that the alert names."""
    refused = module.run("plan")
    assert refused.returncode == 1
    assert one.info["ID"] in refused.stderr


def alerts(reaper: DeployedReaper, path: str) -> list[Message]:
    """All messages of the topic's channel about a state, oldest first."""
    found = [one for one in reaper.slack.messages(channel_of(TOPIC)) if path in one.text]
    return sorted(found, key=lambda message: message.ts)


def test_a_run_of_the_old_configuration_and_one_of_the_new_are_told_as_two_holders(
    reaper: DeployedReaper, state: State
) -> None:
    """What a migration that skips its first phase does: neither of the two runs sees the other's lock."""
    key = f"{TOPIC}/two.tfstate"
    old, new = state(key, locking=Locking.TABLE), state(key)
    old.must("apply", "-auto-approve")
    first, second = (a_killed_run(reaper, module, APPLY) for module in (old, new))
    told_in = [wait_for("it is alerted", lambda: watched(reaper, one), every=1) for one in (first, second)]  # noqa: B023
    for alert in told_in:
        says(reaper, alert, "Another run holds this state too")
    for alert, left in zip(told_in, (1, 0), strict=True):
        click(reaper, says(reaper, alert, RELEASE_ACTION))
        says(reaper, alert, f"Released by <@{ALICE.id}>")
        assert len(held(reaper, first.path)) == left
    assert len(alerts(reaper, first.path)) == 2
    new.must("plan")


def test_a_state_that_was_written_without_the_table_stops_runs_with_it_until_its_digest_is_deleted(
    reaper: DeployedReaper, state: State
) -> None:
    """What the docs say of forgotten runs and of the way back: Terraform waits ten seconds before it says so."""
    key = f"{TOPIC}/back.tfstate"
    old, new = state(key, locking=Locking.BOTH), state(key)
    old.must("apply", "-auto-approve")
    new.must("apply", "-auto-approve")
    refused = old.run("plan")
    assert "state data in S3 does not have the expected content" in refused.stderr
    assert held(reaper, f"{VERSIONED}/{key}") == []
    reaper.table.delete(f"{VERSIONED}/{key}-md5")
    old.must("plan")
    old.must("apply", "-auto-approve")
    assert reaper.table.digest(f"{VERSIONED}/{key}")


THREE = tuple(f"{VERSIONED}/{TOPIC}/three/{name}.tfstate" for name in ("net", "app", "data"))
WAYS = {Locking.TABLE: (Way.TABLE, Way.TABLE_AT_LEAST), Locking.BOTH: (Way.BOTH,), Locking.S3: (Way.S3,)}
"""Before the first lock in S3 nobody knows whether the bucket would tell of one."""


def test_the_doctor_says_the_phase_of_three_states_after_each_step_and_never_too_early_that_the_table_may_go(
    reaper: DeployedReaper, state: State
) -> None:
    states = [state(path.partition("/")[2], locking=Locking.TABLE) for path in THREE]
    begun = {Locking.TABLE: Phase.TABLE, Locking.BOTH: Phase.BOTH, Locking.S3: Phase.S3}
    for locking in Locking:
        ended = datetime.now(UTC)
        # A lock in S3 so near to one in the table may be that of a run which the other one turned away.
        wait_for("the phase before is over", lambda: datetime.now(UTC) - ended > TURNED_AWAY)  # noqa: B023
        for number, module in enumerate(states, 1):
            step(module, locking)
            seen = wait_for("the doctor knows of the run", lambda: knows(reaper, locking, number), every=1)  # noqa: B023
            last = locking is Locking.S3 and number == len(states)
            assert seen.phase in ({begun[locking]} if not last else {Phase.DELETABLE})
            assert seen.under_way == (locking is not Locking.TABLE and number < len(states))
    patient = of_three(reaper, QUIET)
    assert (story(patient).phase, phase_finding(patient).data["safe_to_delete"]) == (Phase.S3, False)


def step(module: TerraformState, locking: Locking) -> None:
    """Run a state as it is locked from now on. Only its first run writes it."""
    if locking is Locking.TABLE:
        module.must("apply", "-auto-approve")
    else:
        module.lock_in(locking)
        module.must("init", "-reconfigure")
        module.must("plan")


def knows(reaper: DeployedReaper, locking: Locking, number: int) -> Story | None:
    """Where the table stands, once the doctor knows that so many states are locked in this way."""
    seen = story(of_three(reaper, SETTLED))
    if len(seen.of(*WAYS[locking])) < number:
        assert seen.phase is not Phase.DELETABLE
        return None
    return seen


def of_three(reaper: DeployedReaper, quiet: timedelta) -> Evidence:
    """What the doctor knows of the table in some minutes, as if only the three states were locked in it."""
    region = reaper.cloud.environment["AWS_REGION"]
    account = reaper.cloud.client("sts").get_caller_identity()["Account"]
    reach = Reach(lambda service, _: reaper.cloud.client(service), account, region)
    now = datetime.now(UTC) + 2 * SETTLED
    asking = Asking(reaper.table.name, region, reach, parts_of(f"tflock-reaper-{STAGE}", reach), now, quiet=quiet)
    described = describe(asking)
    assert described
    known = evidence_of(asking, described)
    holds = tuple(one for one in known.journal.holds if one.state_path in THREE)
    held = tuple(one for one in known.items.held if one.state_path in THREE)
    return msgspec.structs.replace(
        known,
        journal=msgspec.structs.replace(known.journal, holds=holds),
        items=msgspec.structs.replace(known.items, digests=known.items.digests & set(THREE), held=held),
    )
