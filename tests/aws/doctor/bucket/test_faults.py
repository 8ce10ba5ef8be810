"""Each fault of a bucket is found and named, and its fix, pasted, mends it."""

from dataclasses import replace

import pytest

from chalicelib.aws.doctor.bucket.looks import bucket_looks
from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.doctor.bucket.checks import CHECKS as BUCKETS
from chalicelib.core.doctor.bucket.checks import DEBRIS, REAPER, REPLICATION, TERRAFORM
from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour, Finding
from tests.aws.doctor.bucket.bench import ACCOUNT, BUCKET, a_healthy_bucket, looked
from tests.aws_fixtures import REGION
from tests.faults import Fault
from tests.faults.bucket import FAULTS
from tests.faults.denied import DeniedClient
from tests.pasting import paste

pytestmark = pytest.mark.thorough

MOTO_FORGETS = {REPLICATION}
"""moto says of every rule that it replicates no delete markers. tests/core/doctor/bucket has this fix."""


def test_a_healthy_bucket_is_green_in_every_check() -> None:
    with a_healthy_bucket() as ground:
        found = looked(ground)
    assert {check: one.seen for check, [one] in found.items() if one.colour is not Colour.GREEN} == {}


def worst(found: list[Finding]) -> Colour:
    return min((one.colour for one in found), key=list(Colour).index)


SLOW = {DEBRIS}
"""A thousand requests, four seconds."""
EACH = [
    pytest.param(fault, id=fault.name, marks=[pytest.mark.thorough] if fault.check in SLOW else []) for fault in FAULTS
]


@pytest.mark.parametrize("fault", EACH)
def test_a_fault_is_found_and_its_fix_pasted_turns_it_green(fault: Fault) -> None:
    with a_healthy_bucket() as ground:
        fault.seed(ground)
        found = looked(ground)[fault.check]
        assert worst(found) is fault.colour, found
        fixes = [one.fix for one in found if one.fix]
        for fix in fixes:
            assert fix.do
            paste(fix.cli)
        after = looked(ground)[fault.check]
        if fault.check in MOTO_FORGETS:
            return
        assert {one.colour for one in after} == {Colour.GREEN}, after


@pytest.mark.thorough
@pytest.mark.parametrize("fault", EACH)
def test_a_fault_is_found_by_its_own_check_alone(fault: Fault) -> None:
    with a_healthy_bucket() as ground:
        fault.seed(ground)
        found = looked(ground)
    also = {TERRAFORM, REAPER} if fault.check in {TERRAFORM, REAPER} else {fault.check}  # one statement denies both
    others = {check: [one.colour for one in some] for check, some in found.items() if check not in also}
    assert {check for check, colours in others.items() if {*colours} & {Colour.RED, Colour.YELLOW}} == set()


def test_a_look_that_is_denied_is_grey_with_a_right_of_its_check() -> None:
    with a_healthy_bucket() as ground:
        found = looked(ground, client=lambda *_: DeniedClient())
    for check, [one] in found.items():
        assert one.colour is Colour.GREY, one
        assert one.right in CHECKS[check].rights, one


def test_a_healthy_bucket_takes_nine_requests_one_of_each_kind() -> None:
    asked: list[str] = []
    with a_healthy_bucket() as ground:
        ground.client("s3").meta.events.register("before-call", lambda model, **_: asked.append(model.name))
        looked(ground)
    assert len(asked) == len(set(asked)) == 9, asked


def test_without_a_deployed_reaper_only_what_is_about_its_roles_is_left_out() -> None:
    with a_healthy_bucket() as ground:
        reach = Reach(lambda service, _: ground.client(service), ACCOUNT, REGION)
        with_it = bucket_looks(BUCKET, (), reach, ground.parts)
        without = bucket_looks(BUCKET, (), reach, None)
        found = [one for look in without.values() for one in look()]
    assert with_it.keys() - without.keys() == {REAPER}
    assert {one.colour for one in found} == {Colour.GREEN}


def test_all_checks_of_buckets_are_looked_at() -> None:
    with a_healthy_bucket() as ground:
        assert looked(ground).keys() == {check.id for check in BUCKETS}


def test_a_bucket_that_is_not_there_is_no_green_anywhere() -> None:
    with a_healthy_bucket() as ground:
        found = looked(replace(ground, bucket="nobodys-bucket"))
    assert {one.colour for some in found.values() for one in some} == {Colour.GREY}
