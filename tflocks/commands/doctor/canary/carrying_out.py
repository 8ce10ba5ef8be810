"""Carry out ``tflocks doctor --canary``: say what will be written, ask, take the steps, show them, clean up."""

import platform
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import FrameType
from typing import Any

import click

from chalicelib.core.canary import FOLDER
from chalicelib.core.doctor.canary.assumptions import Judged, Verdict
from chalicelib.core.doctor.canary.redaction import Redaction
from chalicelib.core.doctor.canary.report import Report, as_json, as_text, ended
from chalicelib.core.doctor.canary.steps import STEPS, Outcome, Result, ended_well
from chalicelib.core.visible import visible
from tflocks.commands.doctor.canary.question import Question
from tflocks.live.aws import Aws
from tflocks.live.canary.run import Carried, Plan, Wish, failed_plan, made_plan, planned
from tflocks.live.canary.waiting import StepFailedError, Waiting
from tflocks.live.operator import OperatorError, operator
from tflocks.output.asking import confirmed
from tflocks.output.terminal import tell
from tflocks.sources.clients import session_of

_MARKS = {Outcome.PASSED: "ok", Outcome.FAILED: "FAILED", Outcome.SKIPPED: "--", Outcome.NOT_REACHED: "not reached"}


class _Terminated(BaseException):
    """Somebody ended the program by SIGTERM."""


def carry_out(asked: Question, profile: str | None, region: str | None, waiting: Waiting | None = None) -> int:
    """Have a canary fly; return the exit status."""
    aws = Aws(session_of(profile, region))
    wish = Wish(
        stack=asked.stack,
        bucket=asked.bucket,
        table=asked.table,
        channel=asked.channel,
        wait_for_click=asked.wait_for_click,
    )
    try:
        plan = planned(wish, aws)
    except StepFailedError as error:
        failed = failed_plan(error)
        _show(failed)
        _write(asked.report, [failed], [], _redaction(wish, None, aws))
        return 1
    _tell_what_is_written(plan)
    if not asked.sure and not confirmed("Put these locks, and remove them afterwards?", sys.stdin):
        tell("nothing was written")
        return 1
    return _fly(asked, wish, plan, aws, waiting or Waiting())


def _fly(asked: Question, wish: Wish, plan: Plan, aws: Aws, waiting: Waiting) -> int:
    carried = Carried(plan, aws, waiting)
    results = [made_plan(plan)]
    _show(results[0])
    try:
        with _terminable():
            for result in carried.results():
                _show(result)
                results.append(result)
    except (KeyboardInterrupt, _Terminated):
        tell("interrupted: what the canary wrote is removed")
        carried.clean(tell)
        return 1
    except BaseException:
        carried.clean(tell)
        raise
    tested = carried.tested
    passed = ended_well(results) and not _contradicted(tested)
    _show_tested(tested, passed=passed)
    _write(asked.report, results, tested, _redaction(wish, plan, aws))
    return 0 if passed else 1


@contextmanager
def _terminable() -> Iterator[None]:
    """Clean up after SIGTERM too, as after Ctrl-C."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise _Terminated

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # only the main thread may
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell_what_is_written(plan: Plan) -> None:
    tell(f"The canary puts locks of its own, one after the other, and removes each (run {plan.run}):")
    for one in plan.canaries:
        tell(f"  {one.target.called}: below {one.place('first').address.partition(FOLDER)[0]}{FOLDER}/{plan.run}/")
    tell(f"Their alerts are posted in {plan.channel}. The watch is run, and a release is ordered, with your rights.")


def _show(result: Result) -> None:
    where = f"{result.target}: " if result.target else ""
    seen = f": {result.seen}" if result.seen else ""
    took = "" if result.outcome is Outcome.NOT_REACHED else f" ({result.seconds:.0f} s)"
    click.echo(visible(f"{_MARKS[result.outcome]:<12}{where}{STEPS[result.step].title}{took}{seen}"))
    if result.part:
        click.echo(visible(f"            at fault: {result.part}"))
    if result.do:
        click.echo(visible(f"            do: {result.do}"))


def _show_tested(tested: list[Judged], *, passed: bool) -> None:
    click.echo("\nAssumptions of docs/decisions.md:")
    for one in tested:
        seen = f": {one.seen}" if one.seen else ""
        click.echo(visible(f"{one.verdict:<15}{one.assumption}{seen}"))
    click.echo(f"\n{ended(passed=passed)}")


def _contradicted(tested: list[Judged]) -> bool:
    return any(one.verdict is Verdict.CONTRADICTED for one in tested)


def _write(file: Path | None, results: list[Result], tested: list[Judged], redaction: Redaction) -> None:
    if file is None:
        return
    report = Report(at=datetime.now(UTC), version=_version(), results=results, tested=tested)
    text = as_json(report, redaction) if file.suffix == ".json" else as_text(report, redaction)
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        tell(f"--report: {file} could not be written: {error.strerror or error}")


def _version() -> str:
    try:
        return version("tflock-reaper")
    except PackageNotFoundError:
        return "unknown"


def _redaction(wish: Wish, plan: Plan | None, aws: Aws) -> Redaction:
    """Return what replaces all names that this canary knows."""
    known: dict[str, list[str]] = {
        "stack": [wish.stack],
        "bucket": [wish.bucket],
        "table": [wish.table],
        "channel": [wish.channel],
        "machine": [platform.node()],
        "user": _operator(aws),
    }
    for name, names in (_names_of(plan) if plan else {}).items():
        known[name] = [*known.get(name, []), *names]
    return Redaction(known)


def _names_of(plan: Plan) -> dict[str, list[str]]:
    parts, rules = plan.parts, plan.rules
    people = [name for policy in rules.canaries.values() for name in policy.releasers if name != "*"]
    kinds: dict[str, Any] = {
        "account": {parts.account, *(target.account.id for target in rules.targets)},
        "account-name": {target.account.name for target in rules.targets},
        "bucket": [target.container for target in rules.targets if not target.is_small],
        "table": [target.container for target in rules.targets if target.is_small],
        "prefix": [prefix for target in rules.targets for prefix in target.prefixes],
        "channel": rules.canaries,
        "slack": [rules.team, rules.enterprise, *people],
        "function": parts.functions.values(),
        "role": parts.roles.values(),
        "output": parts.outputs.values(),
    }
    return {kind: sorted(filter(None, names)) for kind, names in kinds.items()}


def _operator(aws: Aws) -> list[str]:
    """Return the operator's ARN, and the names in it."""
    try:
        arn = operator(aws)
    except OperatorError:
        return []
    return [arn, *arn.partition("/")[2].split("/")]
