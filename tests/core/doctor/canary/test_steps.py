"""The table of steps is whole, and whoever reads of a failure learns who is at fault and what to do."""

import pytest

from chalicelib.core.doctor.canary.assumptions import Assumption, Judged, Verdict, all_tested
from chalicelib.core.doctor.canary.blame import Clues, blame
from chalicelib.core.doctor.canary.steps import STEPS, Outcome, Result, Step, ended_well


def test_each_step_has_a_title_a_part_and_what_to_do() -> None:
    assert STEPS.keys() == set(Step)
    for step, about in STEPS.items():
        assert about.title, step
        assert about.part, step
        assert about.do or step is Step.CLICKED, step
        assert about.limit > 0, step


@pytest.mark.parametrize(
    ("step", "clues", "part"),
    [
        (Step.ACQUIRED, Clues(), "the notification, or the function record_lock_event"),
        (Step.ACQUIRED, Clues(wired=False, waiting=3), "the notification of the bucket"),
        (Step.ACQUIRED, Clues(wired=True, mapping="Disabled", function="f"), "the event source mapping of f"),
        (Step.ACQUIRED, Clues(mapping="missing", function="f"), "the event source mapping of f"),
        (Step.ACQUIRED, Clues(mapping="Enabled", waiting=3, function="f", queue="q"), "the function f"),
        (Step.ALERTED, Clues(elsewhere="C0OTHER"), "the channel"),
        (Step.ALERTED, Clues(failures=("invalid_auth",), watch="it failed"), "Slack, or the bot token"),
        (Step.ALERTED, Clues(watch="Rate Exceeded"), "the function watch_locks"),
        (Step.RELEASED, Clues(failures=("denied",)), "the rights of release_lock's role, or the store"),
        (Step.RELEASED, Clues(mapping="Disabled", function="release_lock"), "the event source mapping of release_lock"),
        (Step.JOURNALED, Clues(wired=False), "the notification of the bucket"),
        (Step.CONDITIONS, Clues(wired=False), "the store"),
    ],
)
def test_the_first_clue_says_who_is_at_fault_else_the_table_does(step: Step, clues: Clues, part: str) -> None:
    found = blame(step, "not within 180 s", clues)
    assert found.part == part
    assert found.seen.startswith("not within 180 s")
    assert found.do


def test_a_canary_ended_well_only_if_no_step_failed_or_was_not_reached() -> None:
    def ended(*outcomes: Outcome) -> bool:
        return ended_well([Result(step=Step.RULES, outcome=outcome) for outcome in outcomes])

    assert ended(Outcome.PASSED, Outcome.SKIPPED)
    assert not ended(Outcome.PASSED, Outcome.NOT_REACHED)
    assert not ended(Outcome.FAILED)
    assert not ended()


def test_each_assumption_has_one_line_with_the_worst_that_was_seen() -> None:
    seen = [Judged(Assumption.KEYS, verdict) for verdict in (Verdict.PROVEN, Verdict.CONTRADICTED, Verdict.PROVEN)]
    told = {one.assumption: one.verdict for one in all_tested(seen)}
    assert list(told) == list(Assumption)
    assert told[Assumption.KEYS] is Verdict.CONTRADICTED
    assert told[Assumption.ABSENT] is Verdict.NOT_LOOKED_AT
