"""Whoever may look at nothing learns for each check which right it takes, and never that all is well."""

from datetime import UTC, datetime

import msgspec

from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.reaper.looks import reaper_looks
from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.reaper.checks import CHECKS as REAPER
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination
from tests.aws.doctor.reaper.deployed import CONFIG, PARTS
from tests.faults.denied import DeniedClient


def test_a_stack_that_is_not_whole_is_looked_at_as_far_as_it_goes_and_is_never_green() -> None:
    nothing: dict[str, str] = {}
    parts = msgspec.structs.replace(PARTS, outputs=nothing, functions=nothing, parameters=nothing)
    reach = Reach(lambda _service, _region: DeniedClient(), PARTS.account, PARTS.region)
    looks = reaper_looks(parts, reach, CONFIG, None, datetime(2026, 11, 26, tzinfo=UTC))
    found = examine([Examination("reaper", looks)], lambda _: True, lambda _: None)
    assert Colour.GREEN not in {one.colour for one in found}


def test_every_look_that_is_denied_is_grey_with_a_right_of_its_check() -> None:
    reach = Reach(lambda _service, _region: DeniedClient(), PARTS.account, PARTS.region)
    looks = reaper_looks(PARTS, reach, CONFIG, CONFIG, datetime(2026, 11, 26, tzinfo=UTC))
    assert looks.keys() == {check.id for check in REAPER} - {"reaper.member"}
    found = examine([Examination("reaper", looks)], lambda check: check != "reaper.rules", lambda _: None)
    assert {one.colour for one in found} == {Colour.GREY}, [one for one in found if one.colour is not Colour.GREY]
    assert [one for one in found if one.right not in CHECKS[one.check].rights] == []
