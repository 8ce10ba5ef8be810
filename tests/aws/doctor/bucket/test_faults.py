"""Each fault of a bucket is found and named, and its fix, pasted, mends it."""

import pytest

from chalicelib.core.doctor.bucket.checks import REPLICATION
from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour, Finding
from tests.aws.doctor.bucket.bench import a_healthy_bucket, looked
from tests.faults import Fault
from tests.faults.bucket import FAULTS
from tests.faults.denied import DeniedClient
from tests.pasting import paste

MOTO_FORGETS = {REPLICATION}
"""moto says of every rule that it replicates no delete markers. tests/core/doctor/bucket has this fix."""


def test_a_healthy_bucket_is_green_in_every_check() -> None:
    with a_healthy_bucket() as ground:
        found = looked(ground)
    assert {check: one.seen for check, [one] in found.items() if one.colour is not Colour.GREEN} == {}


def worst(found: list[Finding]) -> Colour:
    return min((one.colour for one in found), key=list(Colour).index)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
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


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_by_its_own_check_alone(fault: Fault) -> None:
    with a_healthy_bucket() as ground:
        fault.seed(ground)
        found = looked(ground)
    others = {check: [one.colour for one in some] for check, some in found.items() if check != fault.check}
    assert {check for check, colours in others.items() if {*colours} & {Colour.RED, Colour.YELLOW}} == set()


def test_a_look_that_is_denied_is_grey_with_a_right_of_its_check() -> None:
    with a_healthy_bucket() as ground:
        found = looked(ground, client=lambda *_: DeniedClient())
    for check, [one] in found.items():
        assert one.colour is Colour.GREY, one
        assert one.right in CHECKS[check].rights, one
