"""Each fault is found, and what the doctor says makes it well; whoever may see nothing gets no green."""

import pytest

from chalicelib.aws.doctor.wiring import bucket_wiring, table_wiring
from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour, Finding
from tests.aws.doctor.wiring.ground import healthy, looked, reach, stream_of
from tests.aws_fixtures import REGION
from tests.faults import Fault
from tests.faults.denied import DeniedClient
from tests.faults.wiring import FAULTS
from tests.pasting import paste


def not_green(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.colour is not Colour.GREEN]


def test_a_healthy_set_up_is_all_green() -> None:
    with healthy() as ground:
        assert not_green(looked(ground, stream_of(ground))) == []


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_is_found_and_what_the_doctor_says_mends_it(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with healthy() as ground:
        stream = stream_of(ground)
        fault.seed(ground)
        [found] = [one for one in not_green(looked(ground, stream)) if one.check == fault.check]
        assert (found.colour, found.fix is not None) == (fault.colour, True), found
        assert found.fix
        if fault.mend:
            fault.mend(ground)
        else:
            paste(found.fix.cli)
        assert [one for one in looked(ground, stream) if one.check == fault.check and one.colour != "green"] == []


def test_whoever_is_denied_everything_sees_only_grey_with_the_right_that_it_takes() -> None:
    with healthy() as ground:
        found = looked(ground, "arn:stream", reach(ground, lambda _service, _region: DeniedClient()))
        assert {one.colour for one in found} == {Colour.GREY}
        assert [one for one in found if one.right not in CHECKS[one.check].rights] == []


def test_without_a_deployed_reaper_there_is_no_wiring_to_look_at() -> None:
    with healthy() as ground:
        assert bucket_wiring(ground.bucket, (), reach(ground), None) == {}
        assert table_wiring(ground.table, REGION, "", reach(ground), None) == {}
