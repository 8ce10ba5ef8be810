"""Judge the schedules of the functions that run by the clock."""

from collections.abc import Sequence
from shlex import join

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, red
from chalicelib.core.doctor.parts import Parts, plain
from chalicelib.core.partitions import service

SCHEDULES = "reaper.schedules"
_HARM = {
    "NightlySweep": "no night is swept, so locks that S3 does not tell of are not found",
    "WatchLocks": "nobody looks at the ages of locks, so nobody is alerted",
    "ExamineSetup": "nobody hears when the set-up becomes worse",
}
_SERVICE = service("events")
"""EventBridge's name as a principal."""
_EXPRESSIONS = {
    "NightlySweep": "cron(0 3 * * ? *)",
    "WatchLocks": "rate(15 minutes)",
    "ExamineSetup": "cron(30 4 * * ? *)",
}
_PARAMETERS = {"NightlySweep": "NightlySweepSchedule", "ExamineSetup": "DoctorSchedule"}
"""The stack's parameters that say when; the watch's time is fixed."""


class Rule(msgspec.Struct, frozen=True):
    """A rule of EventBridge that starts a function."""

    name: str
    enabled: bool
    expression: str = ""
    """When it starts it; "": it is no schedule."""


def by_the_clock(parts: Parts) -> tuple[str, ...]:
    """Return the functions that have a schedule, by their logical IDs; the weekly look has one where it is on."""
    weekly = ("ExamineSetup",) if parts.parameters.get("Doctor") == "weekly" else ()
    return ("NightlySweep", "WatchLocks", *weekly)


def judge_schedules(subject: str, rules: Sequence[tuple[str, Sequence[Rule]]], parts: Parts) -> list[Finding]:
    """Return a finding for each function (its logical ID and its rules) that nothing starts, or one for all."""
    found = [one for function, some in rules if (one := _judged(subject, function, some, parts))]
    when = ", ".join(
        f"{plain(function)} {rule.expression}" for function, some in rules for rule in some if rule.expression
    )
    return found or [green(SCHEDULES, subject, f"the schedules are on: {when}")]


def _judged(subject: str, function: str, rules: Sequence[Rule], parts: Parts) -> Finding | None:
    schedules = [rule for rule in rules if rule.expression]
    if any(rule.enabled for rule in schedules):
        return None
    if not schedules:
        return red(SCHEDULES, subject, f"{_HARM[function]}: {plain(function)} has no schedule", _again(function, parts))
    seen = f"{_HARM[function]}: the schedule {schedules[0].name} of {plain(function)} is switched off"
    words = ["aws", "events", "enable-rule", "--name", schedules[0].name]
    return red(SCHEDULES, subject, seen, Fix(do="Switch the schedule on again.", cli=join(words)))


def _again(function: str, parts: Parts) -> Fix:
    """Return how to make a schedule that is gone: a rule, its target, and the right to call the function."""
    name = parts.functions.get(function, function)
    rule = f"{parts.stack}-{function}"
    arn = parts.arn("lambda", f"function:{name}")
    source = parts.arn("events", f"rule/{rule}")
    when = parts.parameters.get(_PARAMETERS.get(function, ""), "") or _EXPRESSIONS[function]
    permission = ["--statement-id", rule, "--action", "lambda:InvokeFunction", "--source-arn", source]
    lines = (
        ["aws", "events", "put-rule", "--name", rule, "--schedule-expression", when],
        ["aws", "events", "put-targets", "--rule", rule, "--targets", f"Id=1,Arn={arn}"],
        ["aws", "lambda", "add-permission", "--function-name", name, *permission, "--principal", _SERVICE],
    )
    return Fix(do=f"Make the schedule of {plain(function)} again.", cli="\n".join(map(join, lines)))
