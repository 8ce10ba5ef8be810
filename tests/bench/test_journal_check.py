import json

from bench.journal_check import flaws

TAKEN, RELEASED = {"l1": "2026-11-21T03:18:57.250Z"}, {"l1": "2026-11-21T03:20:57.500Z"}


def a_line(event: str, time: str, acquired_at: str = TAKEN["l1"], lock_id: str = "l1") -> str:
    return json.dumps(
        {"event": event, "time": time, "lock_id": lock_id, "acquired_at": acquired_at}, separators=(",", ":")
    )


ACQUIRED, ENDED = a_line("lock_acquired", TAKEN["l1"]), a_line("lock_released", RELEASED["l1"])


def test_a_story_told_once_has_no_flaw_among_other_lines() -> None:
    assert flaws([ACQUIRED, "START RequestId: 0", '{"_aws":{}}', "", ENDED], TAKEN, RELEASED) == []


def test_a_line_that_is_missing_or_told_twice_is_a_flaw() -> None:
    assert flaws([ENDED], TAKEN, RELEASED) == ["the acquire of l1 is not in the journal exactly once"]
    assert flaws([ACQUIRED, ENDED, ENDED], TAKEN, RELEASED) == [
        "the release of l1 is not in the journal exactly once, with its hold"
    ]


def test_a_release_with_the_hold_of_another_lock_is_a_flaw() -> None:
    other = a_line("lock_released", RELEASED["l1"], acquired_at="2026-11-21T03:00:00Z")
    assert flaws([ACQUIRED, other], TAKEN, RELEASED) == [
        "the release of l1 is not in the journal exactly once, with its hold"
    ]


def test_a_release_without_its_hold_is_a_flaw_also_when_it_comes_beside_the_right_one() -> None:
    alone = '{"event":"lock_released","time":"2026-11-21T03:20:57.500Z"}'
    assert flaws([ACQUIRED, ENDED, alone], TAKEN, RELEASED) == ["1 lines are about no known lock"]
