"""Prepare a canary against a deployed reaper, and take its steps in each target."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.doctor.parts import parts_of
from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.canary import NO_BUCKET, Canary
from chalicelib.core.doctor.canary.assumptions import Assumption, Judged, all_tested, verdict
from chalicelib.core.doctor.canary.steps import STEPS, Outcome, Result, Step
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.ports.doctor import NotAllowedError, NotKnownError
from tflocks.live.aws import Aws
from tflocks.live.canary.course import Course
from tflocks.live.canary.eyes import DeployedEyes
from tflocks.live.canary.flight import Flight
from tflocks.live.canary.hands import Hand, writer_for
from tflocks.live.canary.waiting import StepFailedError, Waiting
from tflocks.live.reaper import NoReaperError, ask, find_reaper

_RUN_BYTES = 6
_NEEDED = ("LockBookTable", "LogGroupName", "ReleaseQueueUrl", "WatchLocksFunction")
"""Outputs of the stack."""
_FAILURES = (ClientError, BotoCoreError)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator asks of a canary."""

    stack: str
    bucket: str = ""
    table: str = ""
    channel: str = ""
    wait_for_click: float = 120.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a canary will do."""

    run: str
    channel: str
    targets: tuple[Target, ...]
    parts: Parts
    rules: Rules
    wait_for_click: float

    @property
    def canaries(self) -> list[Canary]:
        """Return a canary for each target. A table's has the bucket of the bucket's in its ``LockID``."""
        bucket = next((one.container for one in self.targets if one.kind is Kind.S3), NO_BUCKET)
        return [Canary(run=self.run, channel=self.channel, target=target, bucket=bucket) for target in self.targets]


def planned(wish: Wish, aws: Aws) -> Plan:
    """Return what a canary will do.

    Raises:
        StepFailedError: there is no reaper, or its rules do not have what was asked for.
    """
    try:
        reaper = find_reaper(aws, wish.stack)
        knowledge = ask(reaper, aws)
        reach = Reach(aws.client, aws.account, aws.region, _partition(reaper.event_queue))
        parts = parts_of(wish.stack, reach)
    except (NoReaperError, NotAllowedError, NotKnownError) as error:
        do = "name the reaper by --stage or --stack, --region and --profile"
        raise StepFailedError(str(error), do, "the command line, or your rights") from error
    if knowledge.rules is None:
        do = "run this again after its first watch, in 15 minutes"
        raise StepFailedError("; ".join(knowledge.gaps), do, "nothing yet")
    rules = knowledge.rules
    if missing := [name for name in _NEEDED if name not in parts.outputs]:
        raise StepFailedError(f"stack {wish.stack} has no output {', '.join(missing)}", "deploy again: make deploy")
    return Plan(
        run=secrets.token_hex(_RUN_BYTES),
        channel=_channel(wish, rules),
        targets=_targets(wish, rules),
        parts=parts,
        rules=rules,
        wait_for_click=wish.wait_for_click,
    )


def _partition(arn: str) -> str:
    return arn.split(":")[1]


def _channel(wish: Wish, rules: Rules) -> str:
    channel = wish.channel or rules.trouble_channel
    if channel not in rules.canaries:
        known = ", ".join(sorted(rules.canaries))
        raise StepFailedError(
            f"the rules know no channel {channel}", f"name one of these by --channel: {known}", "--channel"
        )
    return channel


def _targets(wish: Wish, rules: Rules) -> tuple[Target, ...]:
    """Return the targets that are named; if none is, the first bucket of the reaper's account, or else its first table.

    A table has to be named, because each write to it puts off the day on which it is safe to delete.
    """
    home = [one for one in rules.targets if rules.account_of(one.place("")).id == rules.home.id]
    chosen: list[Target] = []
    for kind, name in ((Kind.S3, wish.bucket), (Kind.DYNAMODB, wish.table)):
        of_kind = [one for one in home if one.kind is kind]
        named = [one for one in of_kind if name in {"", one.container}]
        if name and not named:
            raise _no_target(kind, name, of_kind)
        if name or not (wish.bucket or wish.table or chosen):
            chosen += named[:1]
    if not chosen:
        raise StepFailedError("the rules have no target in the reaper's own account")
    return tuple(chosen)


def _no_target(kind: Kind, name: str, known: list[Target]) -> StepFailedError:
    called = Target(kind, name).called
    named = ", ".join(sorted(one.container for one in known)) or "none"
    return StepFailedError(
        f"{called} is no target of this reaper in its own account",
        f"add it to reaper.toml and make deploy, or name one of these: {named}",
    )


class Carried:
    """A canary that is carried out. ``tested`` has the assumptions, when it is over."""

    def __init__(self, plan: Plan, aws: Aws, waiting: Waiting) -> None:
        self._plan = plan
        self._aws = aws
        self._waiting = waiting
        self._courses: list[Course] = []
        self._tested: list[Judged] = []

    @property
    def tested(self) -> list[Judged]:
        """Return a line for each assumption."""
        found = [one for course in self._courses for one in course.flight.tested]
        return all_tested([*self._tested, *found])

    def results(self) -> Iterator[Result]:
        """Take all steps, and yield what came of each."""
        eyes = DeployedEyes(self._aws, self._plan.parts, self._plan.run, datetime.now(UTC))
        for canary in self._plan.canaries:
            client = self._client(canary.target)
            flight = Flight(
                canary, Hand(writer_for(canary.target.kind, client), self._aws.locks()), eyes, self._waiting
            )
            versioned = self._versioned(canary.target, client)
            course = Course(flight, client, self._plan.wait_for_click, versioned)
            self._courses.append(course)
            self._look_at_filters(canary.target, client)
            yield from course.results()

    def clean(self, told: Callable[[str], None]) -> None:
        """Remove what this canary put, when it was interrupted. What it cannot remove, the next run finds."""
        for course in self._courses:
            try:
                told(f"{course.target.called}: {course.left()}")
            except StepFailedError as error:
                told(str(error))

    def _client(self, target: Target) -> Any:
        if target.kind is Kind.S3:
            return self._aws.s3(target.container)
        return self._aws.client("dynamodb", target.region or "")

    def _versioned(self, target: Target, client: Any) -> bool | None:
        if target.kind is not Kind.S3:
            return None
        try:
            return bool(client.get_bucket_versioning(Bucket=target.container).get("Status") == "Enabled")
        except _FAILURES:
            return None

    def _look_at_filters(self, target: Target, client: Any) -> None:
        """Note whether S3 gives back a filter that ``tflocks connect`` encoded: with ``%`` or ``+``."""
        if target.kind is not Kind.S3 or not any(_is_odd(one) for one in target.prefixes):
            return
        try:
            told = client.get_bucket_notification_configuration(Bucket=target.container)
        except _FAILURES:
            return
        values = [rule["Value"] for one in told.get("QueueConfigurations", []) for rule in _rules_of(one)]
        odd = [value for value in values if "%" in value or "+" in value]
        plain = [value for value in values if _is_odd(value)]
        if odd or plain:
            seen = Judged(Assumption.FILTERS, verdict(holds=bool(odd) and not plain), ", ".join(odd or plain))
            self._tested.append(seen)


def _is_odd(text: str) -> bool:
    return not text.isascii() or any(one in text for one in " :=@")


def _rules_of(configuration: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return found


def failed_plan(error: StepFailedError) -> Result:
    """Return the result of a plan that could not be made."""
    about = STEPS[Step.RULES]
    do = error.do or about.do
    return Result(step=Step.RULES, outcome=Outcome.FAILED, seen=str(error), part=error.part or about.part, do=do)


def made_plan(plan: Plan) -> Result:
    """Return the result of a plan that was made."""
    named = ", ".join(target.called for target in plan.targets)
    return Result(step=Step.RULES, outcome=Outcome.PASSED, seen=f"{named}; channel {plan.channel}")
