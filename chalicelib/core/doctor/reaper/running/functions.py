"""Judge the functions: whether they can run, and whether they failed in the last day."""

from collections.abc import Sequence
from datetime import datetime
from shlex import join, quote

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, red, yellow
from chalicelib.core.doctor.parts import Parts, plain

STATES, ERRORS = "reaper.functions", "reaper.errors"
FUNCTIONS = (
    "NightlySweep",
    "ExamineSetup",
    "SweepTarget",
    "WatchLocks",
    "RecordLockEvent",
    "TableChanged",
    "APIHandler",
    "ReleaseLock",
    "AnswerClick",
)
"""The functions of a reaper, by their logical IDs."""
_FAILED = "Failed"


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function as Lambda has it."""

    called: str
    """Its logical ID in the stack: ``ReleaseLock``."""
    name: str
    """"": the stack has none."""
    there: bool = True
    state: str = "Active"
    why: str = ""
    """Lambda's reason for its state, or for the failure of its last update."""
    updated: str = "Successful"
    """What came of its last update."""
    deployed: datetime | None = None
    """When it was deployed last."""
    reserved: int | None = None
    """How many of it may run at once; None: as many as the account lets."""


class Counted(msgspec.Struct, frozen=True):
    """What CloudWatch counted of a function in the last day."""

    called: str
    name: str
    errors: int
    throttles: int


def judge_functions(subject: str, functions: Sequence[Function], parts: Parts) -> list[Finding]:
    """Return a finding for each function that cannot run, or one for all."""
    found = [one for function in functions if (one := _judged(subject, function, parts))]
    return found or [green(STATES, subject, f"all {len(functions)} functions can run")]


def _judged(subject: str, function: Function, parts: Parts) -> Finding | None:
    called = plain(function.called)
    if not function.there:
        which = f"{called} ({function.name})" if function.name else called
        return red(STATES, subject, f"the function {which} is gone", _deploy(parts))
    if function.reserved == 0:
        seen = f"{called} can never run: its reserved concurrency is 0"
        do = f"Remove the reserved concurrency of the function {function.name}: 0 switches a function off."
        words = ["aws", "lambda", "delete-function-concurrency", "--function-name", function.name]
        return red(STATES, subject, seen, Fix(do=do, cli=join(words)))
    if _FAILED in (function.state, function.updated):
        seen = f"{called} cannot run: its state is {function.state}, its last update {function.updated}"
        return red(STATES, subject, f"{seen} ({function.why})" if function.why else seen, _deploy(parts))
    return None


def _deploy(parts: Parts) -> Fix:
    do = (
        "Deploy the reaper again from its checkout. If CloudFormation says that there is nothing to change, because it "
        "believes that the function is whole, change a parameter of the stack (LogRetentionDays) and deploy it then."
    )
    return Fix(do=do, cli=f"make deploy STAGE={quote(parts.stage)}")


def judge_errors(subject: str, counted: Sequence[Counted], log_group: str) -> list[Finding]:
    """Return a finding for each function that failed or was throttled in the last day, or one for all."""
    found = [_failed(subject, one, log_group) for one in counted if one.errors or one.throttles]
    return found or [green(ERRORS, subject, "no function failed or was throttled in the last day")]


def _failed(subject: str, one: Counted, log_group: str) -> Finding:
    seen = f"{plain(one.called)} failed {_times(one.errors)} and was throttled {_times(one.throttles)} in the last day"
    do = (
        "Read its errors, which the command shows. Throttled means that the account's limit of concurrent functions, "
        "or the function's own reserved concurrency, was reached: raise it (Lambda, the function, Concurrency)."
    )
    look = ["aws", "logs", "tail", log_group, "--since", "1d", "--filter-pattern", "ERROR"]
    return yellow(ERRORS, subject, seen, Fix(do=do, cli=join(look)), data={"function": one.name})


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
