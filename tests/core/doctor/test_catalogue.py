"""The table of all checks is whole, and each line of it says what people need."""

import re

import pytest

from chalicelib.core.doctor.bucket.checks import CHECKS as BUCKET
from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.migration.checks import CHECKS as MIGRATION
from chalicelib.core.doctor.reach.checks import CHECKS as REACH
from chalicelib.core.doctor.reaper.checks import CHECKS as REAPER
from chalicelib.core.doctor.slack.checks import CHECKS as SLACK
from chalicelib.core.doctor.wiring.checks import CHECKS as WIRING

AREAS = {"reach": REACH, "bucket": BUCKET, "wiring": WIRING, "migration": MIGRATION, "reaper": REAPER, "slack": SLACK}
EACH = [check for area in AREAS.values() for check in area]
A_RIGHT = re.compile(r"[a-z0-9-]+:[A-Za-z*]+|[a-z]+(?:[:.][a-z]+)+")


def test_no_id_is_there_twice() -> None:
    assert len(CHECKS) == len(EACH)


@pytest.mark.parametrize("area", AREAS)
def test_a_check_has_the_area_of_its_table(area: str) -> None:
    assert {check.area for check in AREAS[area]} <= {area}


def test_each_check_says_what_it_is_why_it_matters_and_what_looking_takes() -> None:
    for check in EACH:
        assert re.fullmatch(r"[a-z]+\.[a-z0-9-]+", check.id), check
        assert check.title, check
        assert check.why.endswith("."), check
        assert ". " not in check.why, f"one sentence: {check.why}"
        assert all(A_RIGHT.fullmatch(right) for right in check.rights), check
