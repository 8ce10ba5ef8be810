"""Find all held locks, and what the reaper knows of them."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from chalicelib.core.policy import Rules
from chalicelib.core.visible import visible
from tflocks.commands.list.question import LookError, Question
from tflocks.live.aws import Aws
from tflocks.live.containers import Containers, find_containers
from tflocks.live.looking import Looking, Seen
from tflocks.live.reaper import Knowledge, NoReaperError, as_ruled, ask, find_reaper
from tflocks.locks.standing import Standing, standings

_NAME_SOME = "name buckets, or --table, or look at --all"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found."""

    standings: list[Standing]
    problems: list[str]
    """What could not be looked at, and why."""
    notes: list[str]
    looked_into: int
    """Number of buckets and tables."""
    now: datetime


def find_locks(asked: Question, aws: Aws, now: datetime, told: Callable[[Seen, int], None]) -> Found:
    """Return every lock that is held in what was asked for.

    Raises:
        LookError: there is nothing to look at.
    """
    knowledge = _knowledge(asked, aws)
    found = _containers(asked, aws, knowledge.rules)
    named = bool(asked.targets)
    targets = [as_ruled(target, knowledge.rules, aws.region, named=named) for target in found.targets]
    seen = Looking(aws.locks(), lambda progress: told(progress, len(targets))).at(targets)
    return Found(
        standings=standings(seen.locks, knowledge.pages, knowledge.rules, now),
        problems=[*found.problems, *sorted(seen.problems)],
        notes=[*knowledge.gaps, *found.notes],
        looked_into=len(targets),
        now=now,
    )


def _knowledge(asked: Question, aws: Aws) -> Knowledge:
    """Ask the reaper what it knows. Only who names no bucket and no table needs one."""
    try:
        return ask(find_reaper(aws, asked.stack), aws)
    except NoReaperError as error:
        if asked.of_reaper:
            raise LookError(visible(f"{error}. To look without a reaper: {_NAME_SOME}")) from error
        return Knowledge(gaps=(f"{error}; so no thresholds and alerts are shown",))


def _containers(asked: Question, aws: Aws, rules: Rules | None) -> Containers:
    if asked.everything:
        return find_containers(aws)
    if asked.targets:
        return Containers(targets=list(asked.targets))
    if rules is None:
        raise LookError(f"the reaper's targets could not be read, so {_NAME_SOME}")
    return Containers(targets=list(rules.targets))
