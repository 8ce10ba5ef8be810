"""People, functions, runs of Terraform and S3 at one lock at the same time, in some random orders (``tests/race``).

``python -m bench.race`` tries a hundred thousand others.
"""

import pytest

from tests.race.life import Race
from tests.race.verdict import WRONG_LOCK, deletes, wrong

pytestmark = pytest.mark.thorough

AT_ONCE = 300


@pytest.mark.parametrize("first", range(0, 8 * AT_ONCE, AT_ONCE))
def test_no_wrong_lock_is_deleted_no_name_is_wrong_and_nobody_waits_for_an_answer(first: int) -> None:
    faults = {seed: found for seed in range(first, first + AT_ONCE) if (found := wrong(Race(seed).run()))}
    assert faults == {}


def test_the_model_knows_a_wrong_delete_when_it_sees_one() -> None:
    races = [Race(seed, unconditional=True).run() for seed in range(100)]
    assert sum(deletes(race) for race in races) > 0
    assert WRONG_LOCK in {kind for race in races for kind, _ in wrong(race)}
