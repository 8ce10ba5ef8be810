"""Each fault of a deployed reaper is found by its check, and the doctor's own fix mends it; a healthy one is green."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from chalicelib.aws.doctor.reaper.looks import reaper_looks
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.reaper.roles.organisation import HIGHER
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination
from tests.aws.doctor.reaper.deployed import CONFIG, REGION
from tests.aws.doctor.reaper.in_moto import deploy, reach_of
from tests.faults import Fault, Ground
from tests.faults.reaper import FAULTS
from tests.pasting import paste

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """One reaper for all faults: each is mended before the next, and it is well again after all of them."""
    credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name, value in credentials.items():
            environment.setenv(name, value)
        deployed = deploy()
        yield deployed
        assert [one for one in found(deployed, lambda check: check != HIGHER) if one.colour is not Colour.GREEN] == []


def found(ground: Ground, wanted: Callable[[str], bool]) -> list[Finding]:
    looks = reaper_looks(ground.parts, reach_of(ground.parts), CONFIG, CONFIG, datetime.now(UTC))
    return examine([Examination("reaper", looks)], wanted, lambda _: None)


def test_a_healthy_reaper_is_all_green(ground: Ground) -> None:
    findings = found(ground, lambda check: check != HIGHER)  # moto has no simulator
    assert [one for one in findings if one.colour is not Colour.GREEN] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_and_the_doctors_fix_mends_it(ground: Ground, fault: Fault) -> None:
    fault.seed(ground)
    one = next(one for one in found(ground, lambda check: check == fault.check) if one.colour is not Colour.GREEN)
    assert (one.check, one.colour) == (fault.check, fault.colour), one.seen
    assert one.fix
    if fault.mend:
        fault.mend(ground)
    else:
        paste(one.fix.cli)
    assert [one.colour for one in found(ground, lambda check: check == fault.check)] == [Colour.GREEN]
