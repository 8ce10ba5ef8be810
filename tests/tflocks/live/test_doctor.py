"""All areas' looks together: each check is looked at, and none is green of what nobody may see."""

from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from chalicelib.checked_rules import Config
from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.reach.judges import there
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from tests.aws.doctor.reaper.deployed import ACCOUNT, PARTS, REGION
from tests.faults.denied import DeniedClient
from tests.faults.slack import RULES
from tflocks.live.aws import Aws
from tflocks.live.doctor.looks import Doctor
from tflocks.live.doctor.reaching import Reached
from tflocks.live.doctor.setup import Setup

FAR = Account("111122223333", role="tflock-reaper-member")
OURS = msgspec.structs.replace(RULES, targets=(*RULES.targets, Target(Kind.S3, "acme-far", account=FAR)))
CONFIG = Config("A0DEMO", "https://slack.com/api/", OURS)
DEPLOYED = Setup(subject=f"reaper {PARTS.stack}", parts=PARTS, config=CONFIG, rules=OURS)
TARGETS = (Target(Kind.S3, "acme-tfstate"), Target(Kind.DYNAMODB, "terraform-locks", stream="arn:aws:dynamodb:stream"))
FOR_THE_TOKEN = {"slack": {"ssm:GetParameter"}}
"""What all checks of an area take beside their own rights."""
READ_BEFORE = {"reaper.rules"}
"""The rules that run are read before anything is looked at (``reach.rules``)."""


class DeniedAws:
    """The clients of an operator who may do nothing."""

    account, region = ACCOUNT, REGION

    def client(self, service: str, region: str = "") -> Any:
        return _Denied(service)


class _Denied(DeniedClient):
    def __init__(self, service: str) -> None:
        self.meta = type("Meta", (), {"partition": "aws", "region_name": REGION, "endpoint_url": f"https://{service}"})


def looked_at(setup: Setup, *, itself: bool) -> list[Finding]:
    aws = cast("Aws", DeniedAws())
    doctor = Doctor(aws, aws, setup, CONFIG, datetime(2026, 11, 26, tzinfo=UTC))
    reached = [Reached(one, there(one.called, REGION), REGION) for one in TARGETS]
    return doctor.look_at(reached, lambda _: True, lambda _done, _of: None, itself=itself)


def test_each_check_of_the_catalogue_is_looked_at() -> None:
    found = {one.check for one in looked_at(DEPLOYED, itself=True)}
    assert found == {check for check in CHECKS if CHECKS[check].area != "reach"}


def test_who_may_do_nothing_sees_no_green_and_each_grey_line_names_a_right_that_the_check_says_it_takes() -> None:
    for one in looked_at(DEPLOYED, itself=True):
        check = CHECKS[one.check]
        rights = {*check.rights, *FOR_THE_TOKEN.get(check.area, ())}
        if rights and one.check not in READ_BEFORE:
            assert (one.colour, one.right in rights) == (Colour.GREY, True), one


def test_without_a_reaper_buckets_and_tables_are_looked_at_and_no_look_breaks() -> None:
    found = looked_at(Setup(), itself=False)
    assert not [one for one in found if "defect" in one.seen]
    assert {one.subject for one in found} <= {target.called for target in TARGETS}
