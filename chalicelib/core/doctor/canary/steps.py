"""The steps of a canary, in their order, and what came of each."""

from enum import StrEnum

import msgspec


class Step(StrEnum):
    """What a canary does, in this order; from EARLIER on for each bucket and table."""

    RULES = "rules"
    EARLIER = "earlier"
    CONDITIONS = "conditions"
    ACQUIRED = "acquired"
    ALERTED = "alerted"
    CLICKED = "clicked"
    RELEASED = "released"
    TOLD = "told"
    REPLACED = "replaced"
    JOURNALED = "journaled"
    LEFT = "left"


class About(msgspec.Struct, frozen=True):
    """What people read of a step."""

    title: str
    part: str
    """The part that is at fault if the step fails, and nothing tells better."""
    do: str
    """What to do then."""
    limit: float
    """Seconds until the step has failed."""


_DEAD = "look at the function's errors in the log group, and at its dead-letter queue"
STEPS: dict[Step, About] = {
    Step.EARLIER: About(
        "what earlier canaries left is removed",
        "your rights",
        "remove what is named here by hand; it says that it is a canary",
        60,
    ),
    Step.RULES: About(
        "the reaper's rules have the target, and know the channel",
        "reaper.toml",
        "add the target to reaper.toml, or name another one by --bucket or --table; then make deploy",
        30,
    ),
    Step.CONDITIONS: About(
        "a put over a lock, and a delete of another lock, are refused",
        "the store",
        "release no lock here by the reaper: a store without conditional requests cannot promise which lock it deletes",
        60,
    ),
    Step.ACQUIRED: About(
        "the journal has the acquire",
        "the notification, or the function record_lock_event",
        f"tflocks doctor --only wiring; {_DEAD}",
        180,
    ),
    Step.ALERTED: About(
        "its alert stands in the channel",
        "the function watch_locks, or Slack",
        f"tflocks doctor --only reaper --only slack; {_DEAD}",
        180,
    ),
    Step.CLICKED: About("somebody clicks on Release", "nobody", "", 120),
    Step.RELEASED: About(
        "the very lock is released",
        "the function release_lock",
        f"tflocks doctor --only reaper; {_DEAD}",
        180,
    ),
    Step.TOLD: About(
        "the message says that it is released",
        "Slack, or the function release_lock",
        f"tflocks doctor --only slack; {_DEAD}",
        120,
    ),
    Step.REPLACED: About(
        "a lock that was replaced under way is not released, and the message says so",
        "the function release_lock",
        "take the releasers out of reaper.toml until this is understood, and report it with --report",
        300,
    ),
    Step.JOURNALED: About(
        "the journal has the release, with its hold",
        "the notification of deletes, or the function record_lock_event",
        f"tflocks doctor --only wiring; {_DEAD}",
        420,
    ),
    Step.LEFT: About(
        "nothing is left",
        "your rights",
        "run the command again, or remove what is named here by hand",
        120,
    ),
}
UNTIL_THE_NEXT_WATCH = 960.0
"""Seconds to wait for an alert where the operator may not invoke the watch: it runs every 15 minutes."""


class Outcome(StrEnum):
    """The ends of a step."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_REACHED = "not reached"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one step."""

    step: Step
    target: str = ""
    """``bucket acme-tfstate``; "" for a step that is taken once."""
    outcome: Outcome
    seconds: float = 0.0
    seen: str = ""
    part: str = ""
    """The part that is at fault; "" unless it failed."""
    do: str = ""


ONCE = (Step.RULES,)
EACH = tuple(step for step in Step if step not in ONCE)
"""The steps for each target."""


def ended_well(results: list[Result]) -> bool:
    """Return whether no step failed, and none was not reached."""
    return bool(results) and all(one.outcome in {Outcome.PASSED, Outcome.SKIPPED} for one in results)
