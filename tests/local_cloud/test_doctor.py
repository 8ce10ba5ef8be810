"""Each fault alone and some in pairs: the doctor finds it, says what to do, and that makes it well again."""

from collections.abc import Iterator

import pytest

from chalicelib.core.doctor.finding import Colour
from demo.deployed import DeployedReaper
from tests.faults import Fault
from tests.faults.bucket import FAULTS as BUCKET
from tests.local_cloud.doctoring import Ward, a_ward

NOT_HERE = {
    "locks left a thousand versions and markers": "a thousand requests take a minute",
    "no default encryption": "S3 always has one, here as on AWS since 2023",
}
"""Faults that the local cloud cannot have, or not cheaply. The areas' own tests have them."""
FAULTS = tuple(fault for fault in BUCKET if fault.name not in NOT_HERE)
UNKNOWN_HERE = {"bucket.conditions": "the endpoint is not AWS's, so only the canary can tell"}
NAMES = [f"{fault.check}: {fault.name}" for fault in FAULTS]
PAIRS = [(one, other) for one, other in zip(FAULTS[::3], FAULTS[1::3], strict=False) if one.check != other.check]
"""Every fault but each third one, with its neighbour: they are most likely to be in one document."""
PAIR_NAMES = [f"{one.name} + {other.name}" for one, other in PAIRS]


@pytest.fixture(scope="module")
def ward(reaper: DeployedReaper) -> Iterator[Ward]:
    with pytest.MonkeyPatch.context() as monkeypatch, a_ward(reaper, monkeypatch) as made:
        yield made


def not_well(ward: Ward) -> list[tuple[str, str, str]]:
    found = ward.looked_at(lambda _check: True)
    bad = [(one.check, one.subject, one.seen) for one in found if one.colour is not Colour.GREEN]
    return [one for one in bad if one[0] not in UNKNOWN_HERE]


def test_a_healthy_set_up_is_all_green(ward: Ward) -> None:
    assert not_well(ward) == []


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
def test_a_fault_is_found_and_what_the_doctor_says_mends_it(ward: Ward, fault: Fault) -> None:
    fault.seed(ward.ground)
    found = ward.found(fault)
    assert found.colour is fault.colour, found
    ward.mend(fault, found)
    assert ward.found(fault).colour is Colour.GREEN, ward.found(fault)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=PAIR_NAMES)
def test_two_faults_are_both_found_and_mended_one_after_the_other(ward: Ward, one: Fault, other: Fault) -> None:
    one.seed(ward.ground)
    other.seed(ward.ground)
    assert [ward.found(one).colour, ward.found(other).colour] == [one.colour, other.colour]
    for fault in (one, other):
        found = ward.found(fault)
        if found.colour is not Colour.GREEN:  # one document may have both, and then one fix mends both
            ward.mend(fault, found)
    assert [ward.found(fault).colour for fault in (one, other)] == [Colour.GREEN] * 2


def test_after_all_of_it_the_set_up_is_as_healthy_as_before(ward: Ward) -> None:
    assert not_well(ward) == []
