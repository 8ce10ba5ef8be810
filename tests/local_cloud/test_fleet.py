"""One reaper for many accounts and regions, and the real Terraform in each of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from demo.deployed import Decided, DeployedReaper, demo_workspace
from demo.slack_standin import Message
from demo.terraform import Locking, TerraformState
from demo.waiting import wait_for
from tests.journal_schema import flaws_of
from tests.local_cloud.conftest import secrets_of
from tests.local_cloud.fleet import EU, REGIONS, Fleet, Member, furnished
from tests.local_cloud.hanging_s3 import a_hanging_s3
from tests.local_cloud.steps import click

KEY = "network/terraform.tfstate"
LOOKED_AFTER = ("home", "named", "payments")
"""The accounts with real runs."""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    decided = Decided((), workspace=demo_workspace())
    with DeployedReaper(tmp_path_factory.mktemp("fleet"), decided) as reaper:
        with a_hanging_s3(reaper.cloud.url) as hanging:
            fleet = furnished(reaper, hanging)
            reaper.deploy(fleet.toml())
            yield fleet
        assert flaws_of(reaper.journal(), secrets_of(reaper)) == []


@dataclass(frozen=True)
class Lost:
    """A lock that a killed run left behind."""

    member: Member
    region: str

    @property
    def path(self) -> str:
        return f"{self.member.bucket(self.region)}/{KEY}"


@pytest.fixture(scope="module")
def lost(fleet: Fleet, program: str, tmp_path_factory: pytest.TempPathFactory) -> list[Lost]:
    """Locks of killed runs in three accounts and two regions; in Europe they are in a table too."""
    left = [Lost(fleet.members[name], region) for name in LOOKED_AFTER for region in REGIONS]
    for one in left:
        folder = tmp_path_factory.mktemp("run") / "module"
        environment = one.member.ci(one.region)
        module = TerraformState(program, folder, bucket=one.member.bucket(one.region), key=KEY, environment=environment)
        module.lock_in(Locking.BOTH if one.region == EU else Locking.S3)
        module.must("init")
        module.kill_plans(["default"])
    return left


@pytest.fixture(scope="module")
def first_night(fleet: Fleet, lost: list[Lost]) -> Fleet:
    """The fleet after its first night."""
    fleet.reaper.sweep()
    for one in lost:
        wait_for(f"{one.path} is alerted", lambda: offer(fleet, one))  # noqa: B023
    return fleet


def offer(fleet: Fleet, one: Lost) -> Message | None:
    return fleet.reaper.offer(one.member.bucket(one.region), KEY)


def test_a_lock_of_each_account_and_region_is_alerted_with_its_account(first_night: Fleet, lost: list[Lost]) -> None:
    for one in lost:
        message = offer(first_night, one)
        assert message
        assert one.member.id in message.text


def test_a_click_releases_it_by_a_session_that_is_named_after_who_clicked(first_night: Fleet, lost: list[Lost]) -> None:
    for one in lost:
        message = offer(first_night, one)
        assert message
        click(first_night.reaper, message)
    for one in lost:
        wait_for(f"{one.path} is free", lambda: not first_night.lock_body(one.member, one.region, KEY))  # noqa: B023
