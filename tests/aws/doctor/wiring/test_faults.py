"""Each fault is found, and what the doctor says makes it well; whoever may see nothing gets no green."""

from collections.abc import Iterator

import pytest

from chalicelib.aws.doctor.wiring import bucket_wiring, table_wiring
from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour, Finding
from tests.aws.doctor.wiring.ground import healthy, looked, reach, stream_of
from tests.aws_fixtures import REGION
from tests.faults import Fault, Ground
from tests.faults.denied import DeniedClient
from tests.faults.wiring import AS_WELL, FAULTS
from tests.pasting import paste
from tests.tflocks.account import ENVIRONMENT

pytestmark = pytest.mark.thorough


def not_green(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.colour is not Colour.GREEN]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """One for all faults, as a fault leaves a set-up that is well. The commands of the fixes find it too."""
    with pytest.MonkeyPatch.context() as monkeypatch, healthy() as made:
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
        yield made


def test_a_healthy_set_up_is_all_green(ground: Ground) -> None:
    assert not_green(looked(ground, stream_of(ground))) == []


@pytest.mark.parametrize("fault", [*FAULTS, *AS_WELL], ids=lambda fault: fault.name)
def test_a_fault_is_found_and_what_the_doctor_says_mends_it(fault: Fault, ground: Ground) -> None:
    fault.seed(ground)
    [found] = [one for one in not_green(looked(ground, stream_of(ground))) if one.check == fault.check]
    assert found.colour is fault.colour, found
    assert found.fix
    if fault.mend:
        fault.mend(ground)
    else:
        paste(found.fix.cli)
    assert [one for one in not_green(looked(ground, stream_of(ground))) if one.check == fault.check] == []


def test_after_all_of_it_the_set_up_is_as_well_as_before(ground: Ground) -> None:
    assert not_green(looked(ground, stream_of(ground))) == []


def test_whoever_is_denied_everything_sees_only_grey_with_the_right_that_it_takes(ground: Ground) -> None:
    found = looked(ground, "arn:stream", reach(ground, lambda _service, _region: DeniedClient()))
    assert {one.colour for one in found} == {Colour.GREY}
    assert [one for one in found if one.right not in CHECKS[one.check].rights] == []


def test_without_a_deployed_reaper_there_is_no_wiring_to_look_at(ground: Ground) -> None:
    assert bucket_wiring(ground.bucket, (), reach(ground), None) == {}
    assert table_wiring(ground.table, REGION, "", reach(ground), None) == {}
