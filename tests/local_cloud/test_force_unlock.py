"""``terraform force-unlock`` and the deployed reaper, side by side, on every lock that a run can leave behind."""

import pytest

from bench.force_unlock.leftovers import LEFTOVERS
from bench.force_unlock.record import Record, Seen, load
from bench.force_unlock.side_by_side import play
from demo.deployed import DeployedReaper
from tests.local_cloud.conftest import UNWIRED

RECORDED = load()


@pytest.fixture(scope="module")
def played(program: str, reaper: DeployedReaper, tmp_path_factory: pytest.TempPathFactory) -> Record:
    return play(program, tmp_path_factory.mktemp("forced"), reaper, UNWIRED)


@pytest.mark.parametrize("number", range(len(LEFTOVERS)), ids=[leftover.key for leftover in LEFTOVERS])
def test_both_do_what_the_docs_say(played: Record, number: int) -> None:
    """Worth its half minute: the docs claim of another program that it fails, and nobody should have to believe it."""
    assert without_words(played.seen[number]) == without_words(RECORDED.seen[number])


def without_words(seen: Seen) -> tuple[object, ...]:
    """Without the words of another program, which change with its version."""
    forced, ours = seen.force_unlock, seen.reaper
    return seen.where, seen.what, seen.was, forced.ended, forced.left, forced.plans, ours, seen.digest_kept
