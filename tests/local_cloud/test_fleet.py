"""One reaper for many accounts and regions, through four nights, with the real Terraform in each of them.

In the first night nothing is locked, and the target rules find what they name. In the second one there is a lock of a
killed run in each account and region, and the locks of a ``run-all`` that was killed half-way. Before the third one an
account joins the organisation's unit, and ten of a hundred targets hang. Before the fourth one an account is closed.
One account never lets the reaper in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.deployed import ALICE, Decided, DeployedReaper, demo_workspace
from demo.slack_standin import Message
from demo.terraform import Locking, TerraformState
from demo.waiting import wait_for
from tests.journal_schema import Line, flaws_of
from tests.local_cloud.conftest import secrets_of
from tests.local_cloud.fleet import DENIED, EU, REGIONS, SPARE, US, Fleet, Member, furnished
from tests.local_cloud.hanging_s3 import a_hanging_s3
from tests.local_cloud.steps import click, content, says

KEY = "network/terraform.tfstate"
LOOKED_AFTER = ("home", "named", "payments")
"""The accounts with real runs."""
RUN_ALL, STATES = "GitHubActions-7009999999", 60
TARGETS, HANGING = 100, 10
RELEASE_ALL, PUT_ALL_BACK = "release_joint", "put_joint_back"


@dataclass(frozen=True)
class Lost:
    """A lock that a killed run left behind."""

    member: Member
    region: str
    run: str

    @property
    def bucket(self) -> str:
        return self.member.bucket(self.region)

    @property
    def path(self) -> str:
        return f"{self.bucket}/{KEY}"

    @property
    def by_eventbridge(self) -> bool:
        return self.region == EU and self.member.id not in {"000000000000", "111111111111"}


Module = Callable[[Member, str, str], TerraformState]


@pytest.fixture(scope="module")
def module(program: str, tmp_path_factory: pytest.TempPathFactory) -> Module:
    """A root module of the real Terraform in an account and a region, for a run."""

    def make(member: Member, region: str, run: str) -> TerraformState:
        folder: Path = tmp_path_factory.mktemp("run") / "module"
        made = TerraformState(
            program, folder, bucket=member.bucket(region), key=KEY, environment=member.ci(region, run)
        )
        made.lock_in(Locking.BOTH if region == EU else Locking.S3)
        made.must("init")
        return made

    return make


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    decided = Decided((), workspace=demo_workspace())
    with DeployedReaper(tmp_path_factory.mktemp("fleet"), decided) as reaper:
        with a_hanging_s3(reaper.cloud.url) as hanging:
            fleet = furnished(reaper, hanging)
            fleet.deploy()
            yield fleet
        assert flaws_of(reaper.journal(), secrets_of(reaper)) == []


@dataclass(frozen=True)
class Quiet:
    """The first night: its summary, and all that people were told."""

    summary: Line
    told: list[str]


@pytest.fixture(scope="module")
def quiet_night(fleet: Fleet) -> Quiet:
    summary = fleet.night()
    return Quiet(summary, [message.text for message in fleet.reaper.slack.messages()])


@pytest.fixture(scope="module")
def lost(fleet: Fleet, module: Module, quiet_night: Quiet) -> list[Lost]:
    """A killed run in each of three accounts and two regions. In Europe they lock in a table too."""
    where = [(fleet.members[name], region) for name in LOOKED_AFTER for region in REGIONS]
    left = [Lost(member, region, f"GitHubActions-700100000{n}") for n, (member, region) in enumerate(where)]
    for one in left:
        module(one.member, one.region, one.run).kill_plans(["default"])
    return left


@pytest.fixture(scope="module")
def run_all(fleet: Fleet, module: Module) -> list[str]:
    """The states whose locks one killed run left behind, all in one account."""
    workspaces = [f"state-{n}" for n in range(STATES)]
    module(fleet.members["named"], US, RUN_ALL).kill_plans(workspaces)
    return [f"env:/{workspace}/{KEY}" for workspace in workspaces]


@pytest.fixture(scope="module")
def night_with_locks(fleet: Fleet, lost: list[Lost], run_all: list[str]) -> Line:
    """The summary of a night before which all acquires were told."""
    for one in lost:
        wait_for(f"{one.path} is told", lambda: told(fleet, "lock_acquired", one.path), 120)  # noqa: B023
    named = fleet.members["named"].bucket(US)
    wait_for("all of the run's locks are told", lambda: len(held_by_run(fleet, named)) == len(run_all), 120)
    return fleet.night()


def told(fleet: Fleet, event: str, path: str) -> list[Line]:
    """The journal's lines of an event of the lock in S3 of a state path."""
    lines = [line for line in fleet.reaper.journal() if line["event"] == event and line["state_path"] == path]
    return [line for line in lines if line["address"].startswith("s3:")]


def held_by_run(fleet: Fleet, bucket: str) -> list[Line]:
    ours = [line for line in fleet.reaper.journal() if line.get("session_name") == RUN_ALL]
    return [line for line in ours if line["state_path"].startswith(bucket) and line["operation"] == "OperationTypePlan"]


def offer(fleet: Fleet, one: Lost) -> Message:
    found = fleet.reaper.offer(one.bucket, KEY)
    assert found, f"nothing offers to release {one.path}"
    return found


def test_the_account_that_lets_nobody_in_is_named_in_the_one_summary_of_the_night_and_all_others_are_swept(
    fleet: Fleet, quiet_night: Quiet
) -> None:
    assert (quiet_night.summary["targets"], quiet_night.summary["failed"], quiet_night.summary["locks"]) == (10, 1, 0)
    [summary] = [text for text in quiet_night.told if "not swept" in text]
    assert fleet.members["denied"].bucket(US) in summary
    assert DENIED in summary
    assert "no lock was found" in summary


def test_a_target_rule_that_finds_nothing_is_told(fleet: Fleet, quiet_night: Quiet) -> None:
    assert any(SPARE in text for text in quiet_night.told)
    assert fleet.found("acme-*")["targets"] == 2


def test_each_lock_is_told_from_whichever_account_and_region_and_by_whichever_way(
    fleet: Fleet, night_with_locks: Line, lost: list[Lost]
) -> None:
    """By S3's own notification to the queue, by a topic in Europe, and by an event bus, which names no session."""
    for one in lost:
        [line] = told(fleet, "lock_acquired", one.path)
        assert line["lock_account"] == one.member.id
        if one.by_eventbridge:
            assert (line["told_by"], line.get("session_name")) == ("eventbridge", None)
        else:
            assert line["session_name"] == one.run


def test_a_lock_in_each_account_and_region_is_alerted_with_its_account(
    fleet: Fleet, night_with_locks: Line, lost: list[Lost]
) -> None:
    for one in lost:
        assert one.member.id in content(offer(fleet, one))


def test_a_click_releases_a_lock_by_a_session_that_is_named_after_who_clicked(
    fleet: Fleet, night_with_locks: Line, lost: list[Lost]
) -> None:
    for one in lost:
        click(fleet.reaper, offer(fleet, one))
    for one in lost:
        wait_for(f"{one.path} is journaled", lambda: told(fleet, "lock_released", one.path), 90)  # noqa: B023
        assert fleet.lock_body(one.member, one.region, KEY) is None
        [line] = told(fleet, "lock_released", one.path)
        assert (line["released_by"], line["slack_user"], line["lock_account"]) == ("slack", ALICE.id, one.member.id)
        if one.member.id != fleet.members["home"].id and not one.by_eventbridge:
            assert line["session_name"] == f"release-{ALICE.id}"


def test_the_locks_of_a_run_that_was_killed_in_sixty_states_are_one_alert_and_one_click_releases_them(
    fleet: Fleet, night_with_locks: Line, run_all: list[str]
) -> None:
    named = fleet.members["named"]
    [alert] = [one for one in fleet.reaper.slack.messages() if RUN_ALL in content(one) and "released" not in one.text]
    assert f"{STATES} locks" in alert.text
    click(fleet.reaper, alert, action=RELEASE_ALL)
    says(fleet.reaper, alert, f"{STATES} released")
    assert not [key for key in run_all if fleet.lock_body(named, US, key)]
    by_click = wait_for("each release is journaled", lambda: _released(fleet, named), 120)
    assert {line["session_name"] for line in by_click} == {f"release-{ALICE.id}"}
    click(fleet.reaper, alert, action=PUT_ALL_BACK)
    says(fleet.reaper, alert, f"{STATES} put back")
    assert all(fleet.lock_body(named, US, key) for key in run_all)


def _released(fleet: Fleet, member: Member) -> list[Line] | None:
    """The lines of the releases of all locks of the run; None while some are missing."""
    lines = [
        line
        for line in fleet.reaper.journal()
        if line["event"] == "lock_released" and line["state_path"].startswith(f"{member.bucket(US)}/env:/")
    ]
    by_slack = [line for line in lines if line["released_by"] == "slack"]
    return by_slack if len({line["state_path"] for line in by_slack}) == STATES else None


@pytest.fixture(scope="module")
def second_night(fleet: Fleet, night_with_locks: Line) -> list[str]:
    """The buckets that hang in it. Everything else has been swept, and the night is not over."""
    late = fleet.add("late", fleet.organisation.open_account("late"))
    late.let_the_reaper_in()
    fleet.organisation.join(late.id)
    spare = [f"{SPARE}{n}" for n in range(TARGETS - night_with_locks["targets"] - 3)]
    for bucket in spare:
        fleet.cloud.client("s3").create_bucket(Bucket=bucket)
    hang = spare[:: len(spare) // HANGING][:HANGING]
    fleet.hanging.hang.update(hang)
    fleet.sweep_at_once(HANGING + 4)
    before = len(_swept(fleet))
    fleet.reaper.sweep()
    wait_for("all others are swept", lambda: len(_swept(fleet)) - before == TARGETS - HANGING - 1, 120)
    return hang


def _swept(fleet: Fleet) -> list[Line]:
    return [line for line in fleet.reaper.journal() if line["event"] == "sweep_finished"]


def test_targets_that_hang_hold_up_no_other(fleet: Fleet, second_night: list[str]) -> None:
    assert set(fleet.hanging.hung) == set(second_night)


def test_an_account_that_joined_the_unit_is_found_in_the_next_night(fleet: Fleet, second_night: list[str]) -> None:
    line = fleet.found("acme-*")
    assert (line["targets"], line["new"], line["gone"]) == (4, 2, 0)
    assert all(fleet.members["late"].bucket(region) in line["changes"] for region in REGIONS)


@pytest.fixture(scope="module")
def third_night(fleet: Fleet, second_night: list[str]) -> Line:
    """The summary of the second night, which the third one has ended."""
    fleet.organisation.close(fleet.members["payments"].id)
    before = len(fleet.all_nights())
    fleet.reaper.sweep()
    fleet.reaper.watch()
    return wait_for("the second night is summed up", lambda: fleet.all_nights()[before:])[0]


def test_the_summary_names_the_targets_that_hung_apart_from_those_without_locks(
    fleet: Fleet, second_night: list[str], third_night: Line
) -> None:
    assert (third_night["targets"], third_night["failed"]) == (TARGETS, HANGING + 1)
    summary = fleet.reaper.alert(f"{HANGING + 1} of {TARGETS} targets")
    named = sum(f"`bucket {bucket}`" in summary.text for bucket in second_night)
    assert named >= HANGING // 2, "the first are named, the others are counted"
    assert f"{TARGETS - HANGING - 10} of" in summary.text, "so many of the account's targets were swept"


def test_an_account_that_is_closed_is_gone_in_the_next_night(fleet: Fleet, third_night: Line) -> None:
    line = fleet.found("acme-*")
    assert (line["new"], line["gone"]) == (0, 2)
    assert all(fleet.members["payments"].bucket(region) in line["changes"] for region in REGIONS)
