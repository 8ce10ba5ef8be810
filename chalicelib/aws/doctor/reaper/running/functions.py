"""Look at the functions and at the schedules that start two of them."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cached_property
from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.aws.doctor.reaper.running.metrics import Metrics
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.running.functions import (
    ERRORS,
    FUNCTIONS,
    STATES,
    Counted,
    Function,
    judge_errors,
    judge_functions,
)
from chalicelib.core.doctor.reaper.running.schedules import SCHEDULES, Rule, by_the_clock, judge_schedules
from chalicelib.ports.doctor import Look, NotAllowedError, NotKnownError

_GONE: dict[str, Any] = {"ResourceNotFoundException": None}


class FunctionReader:
    """Reads the functions of one reaper, once for all looks."""

    def __init__(self, parts: Parts, reach: Reach, metrics: Metrics) -> None:
        self._parts = parts
        self._reach = reach
        self._metrics = metrics

    def looks(self, subject: str) -> dict[str, Look]:
        """Return the looks at the functions."""
        return {
            STATES: lambda: judge_functions(subject, self._functions, self._parts),
            ERRORS: lambda: judge_errors(subject, self._counted(), self._parts.outputs["LogGroupName"]),
            SCHEDULES: lambda: judge_schedules(subject, list(self._scheduled()), self._parts),
        }

    @property
    def deployed(self) -> datetime | None:
        """Return when the reaper was deployed last; None: that is not known."""
        try:
            times = [one.deployed for one in self._functions if one.deployed]
        except (NotAllowedError, NotKnownError):
            return None
        return max(times, default=None)

    @cached_property
    def _functions(self) -> list[Function]:
        client, names = self._reach.client("lambda", ""), self._parts.functions
        with ThreadPoolExecutor(len(FUNCTIONS)) as pool:
            return list(pool.map(lambda called: _read(client, called, names.get(called, "")), FUNCTIONS))

    def _counted(self) -> list[Counted]:
        if not self._parts.functions:
            raise NotKnownError("the stack is not whole: it has no functions")
        return [
            Counted(called, name, self._metrics.counted(name, "Errors"), self._metrics.counted(name, "Throttles"))
            for called, name in sorted(self._parts.functions.items())
        ]

    def _scheduled(self) -> Iterable[tuple[str, list[Rule]]]:
        events = self._reach.client("events", "")
        where = self._parts.arn("lambda", "function")
        for function in by_the_clock(self._parts):
            yield function, _rules(events, f"{where}:{self._parts.functions[function]}")


def _read(client: Any, called: str, name: str) -> Function:
    if not name:
        return Function(called=called, name=name, there=False)
    configuration = "lambda:GetFunctionConfiguration"
    told = asked("Lambda", configuration, lambda: client.get_function_configuration(FunctionName=name), _GONE)
    if told is None:
        return Function(called=called, name=name, there=False)
    limited = asked(
        "Lambda",
        "lambda:GetFunctionConcurrency",
        lambda: client.get_function_concurrency(FunctionName=name),
        {"ResourceNotFoundException": {}},
    )
    return Function(
        called=called,
        name=name,
        state=str(told.get("State") or "Active"),
        why=str(told.get("LastUpdateStatusReason") or told.get("StateReason") or ""),
        updated=str(told.get("LastUpdateStatus") or "Successful"),
        deployed=_time(str(told.get("LastModified", ""))),
        reserved=limited.get("ReservedConcurrentExecutions"),
    )


def _time(written: str) -> datetime | None:
    """Read Lambda's time, ``2026-11-26T03:52:40.123+0000``."""
    try:
        told = datetime.fromisoformat(written)
    except ValueError:
        return None
    return told if told.tzinfo else None


def _rules(events: Any, function: str) -> list[Rule]:
    names = asked(
        "EventBridge",
        "events:ListRuleNamesByTarget",
        lambda: events.list_rule_names_by_target(TargetArn=function)["RuleNames"],
        _NO_RULES,
    )
    return [_rule(events, name) for name in names]


_NO_RULES: dict[str, Any] = {"ResourceNotFoundException": []}


def _rule(events: Any, name: str) -> Rule:
    told = asked("EventBridge", "events:DescribeRule", lambda: events.describe_rule(Name=name))
    return Rule(name, told.get("State") == "ENABLED", str(told.get("ScheduleExpression") or ""))
