"""What runs, waits, rings and was given up on is told in colours that a person can act by."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.reaper.running.alarms import NAMES, Alarm, judge_actions, judge_alarms, names_of
from chalicelib.core.doctor.reaper.running.beats import judge_night, judge_watch
from chalicelib.core.doctor.reaper.running.functions import FUNCTIONS, Counted, Function, judge_errors, judge_functions
from chalicelib.core.doctor.reaper.running.queues import (
    DEAD_OUTPUTS,
    KINDS,
    STREAMS,
    Mapping,
    Waiting,
    judge_dead_letters,
    judge_mappings,
    judge_waiting,
    streams_url,
)
from chalicelib.core.doctor.reaper.running.schedules import Rule, by_the_clock, judge_schedules
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.night import Night, Ordered, Result
from deploy.package.streams import resources as streams
from tests.aws.doctor.reaper.deployed import PARTS
from tests.deploy.stack_files import alarms as alarms_of_the_stack
from tests.deploy.stack_files import functions as functions_of_the_stack
from tests.deploy.stack_files import resources

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SUBJECT = "reaper tflock-reaper-prod"
RELEASES = KINDS[0]
ARN = "arn:aws:sqs:eu-central-1:123456789012:tflock-releases-prod"


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def colours(findings: list[Finding]) -> list[Colour]:
    assert all(one.fix for one in findings if one.colour in {Colour.RED, Colour.YELLOW})
    return [one.colour for one in findings]


# --- alarms


def an_alarm(name: str = "watch-failed", state: str = "OK", **more: object) -> Alarm:
    told: dict[str, object] = {"since": ago(hours=1), "configured": ago(days=9), "window": timedelta(minutes=5)}
    told |= {"actions": ("arn:aws:sns:eu-central-1:1:alarms",), "advice": "See the log group."} | more
    return Alarm(name=f"tflock-reaper-prod-{name}", state=state, **told)  # type: ignore[arg-type]


QUIET = [an_alarm(name) for name in NAMES]


def test_the_doctor_knows_all_alarms_of_the_stack() -> None:
    named = [one["AlarmName"]["Fn::Sub"] for one in alarms_of_the_stack().values()]
    assert sorted(named) == sorted(names_of("${Stage}"))
    of_streams = [
        one["Properties"]["AlarmName"]["Fn::Sub"]
        for one in streams().values()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert sorted(named + of_streams) == sorted(names_of("${Stage}", streams=True))


@pytest.mark.parametrize(
    ("alarm", "colour"),
    [
        (an_alarm(), Colour.GREEN),
        (an_alarm(state="ALARM"), Colour.RED),
        (an_alarm("old-lock", state="ALARM"), Colour.YELLOW),
        (an_alarm("no-sweep", state="ALARM", configured=ago(hours=2), window=timedelta(hours=25)), Colour.GREEN),
        (an_alarm("no-sweep", state="ALARM", configured=ago(hours=26), window=timedelta(hours=25)), Colour.RED),
        (an_alarm(state="INSUFFICIENT_DATA"), Colour.GREEN),
        (an_alarm(state="INSUFFICIENT_DATA", since=ago(days=3)), Colour.YELLOW),
    ],
)
def test_an_alarm_that_rings_or_could_not_is_told(alarm: Alarm, colour: Colour) -> None:
    others = [one for one in QUIET if one.name != alarm.name]
    assert colours(judge_alarms(SUBJECT, [*others, alarm], names_of("prod"), "prod", NOW)) == [colour]


def test_the_advice_of_an_alarm_that_rings_is_its_description() -> None:
    [one] = judge_alarms(SUBJECT, [*QUIET[1:], an_alarm(NAMES[0], state="ALARM")], names_of("prod"), "prod", NOW)
    assert one.fix
    assert one.fix.do == "See the log group."
    assert "1 h" in one.seen


def test_alarms_that_are_gone_are_named() -> None:
    [one] = judge_alarms(SUBJECT, QUIET[2:], names_of("prod"), "prod", NOW)
    assert (one.colour, one.details) == (Colour.YELLOW, tuple(sorted(names_of("prod")[:2])))


@pytest.mark.parametrize(
    ("alarm", "listeners", "said"),
    [
        (an_alarm(actions=()), {}, "sent to nobody"),
        (
            an_alarm(switched_on=False),
            {"arn:aws:sns:eu-central-1:1:alarms": 1},
            "switched off, so nobody would hear them",
        ),
        (an_alarm(), {"arn:aws:sns:eu-central-1:1:alarms": 0}, "which has no confirmed subscription"),
        (an_alarm(), {"arn:aws:sns:eu-central-1:1:alarms": None}, "which is gone"),
    ],
)
def test_alarms_that_nobody_hears_are_told(alarm: Alarm, listeners: dict[str, int | None], said: str) -> None:
    [one] = judge_actions(SUBJECT, [alarm], listeners, PARTS)
    assert colours([one]) == [Colour.YELLOW]
    assert said in one.seen


# --- functions


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (Function(called="ReleaseLock", name="f", there=False), "is gone"),
        (Function(called="ReleaseLock", name="f", reserved=0), "can never run"),
        (Function(called="ReleaseLock", name="f", state="Failed", why="no such image"), "no such image"),
        (Function(called="ReleaseLock", name="f", updated="Failed"), "last update Failed"),
    ],
)
def test_a_function_that_cannot_run_is_red(function: Function, said: str) -> None:
    [one] = judge_functions(SUBJECT, [function], PARTS)
    assert colours([one]) == [Colour.RED]
    assert said in one.seen


def test_the_doctor_knows_all_functions_of_the_stack() -> None:
    assert set(FUNCTIONS) == PARTS.functions.keys()
    named = {"APIHandler" if one == "api_handler" else one.title().replace("_", "") for one in functions_of_the_stack()}
    assert set(FUNCTIONS) == named


def test_a_function_with_some_reserved_concurrency_can_run() -> None:
    assert colours(judge_functions(SUBJECT, [Function(called="A", name="a", reserved=2)], PARTS)) == [Colour.GREEN]


def test_errors_and_throttles_of_the_last_day_are_yellow() -> None:
    found = judge_errors(SUBJECT, [Counted("A", "a", 0, 0), Counted("B", "b", 1, 0), Counted("C", "c", 0, 7)], "log")
    assert colours(found) == [Colour.YELLOW, Colour.YELLOW]
    assert "b failed once and was throttled 0 times" in found[0].seen


# --- queues


def test_the_doctor_knows_every_queue_of_the_stack_and_the_function_that_takes_from_it() -> None:
    outputs = {name for name in resources()["Outputs"] if name.endswith("QueueUrl")}
    assert outputs == {one.output for one in KINDS} | set(DEAD_OUTPUTS.values())
    assert {one.function for one in KINDS} <= PARTS.functions.keys()


def waiting(count: int, oldest: timedelta | None) -> Waiting:
    return Waiting(kind=RELEASES, arn=ARN, url="https://queue", count=count, oldest=oldest)


@pytest.mark.parametrize(
    ("queue", "colour"),
    [
        (waiting(0, None), Colour.GREEN),
        (waiting(3, timedelta(minutes=9)), Colour.GREEN),
        (waiting(3, timedelta(minutes=11)), Colour.RED),
        (waiting(3, None), Colour.GREEN),
    ],
)
def test_a_click_that_waits_longer_than_its_alarm_lets_it_is_red(queue: Waiting, colour: Colour) -> None:
    assert colours(judge_waiting(SUBJECT, [queue])) == [colour]


def test_dead_letters_are_red_with_their_age_and_the_command_that_has_them_tried_again() -> None:
    [one] = judge_dead_letters(SUBJECT, [waiting(2, timedelta(days=3)), waiting(0, None)], "/tflock-reaper/prod")
    assert colours([one]) == [Colour.RED]
    assert "2 in the queue tflock-releases-prod, the oldest 3 d old" in one.seen
    assert one.fix
    assert f"aws sqs start-message-move-task --source-arn {ARN}" in one.fix.cli


def test_dead_letters_of_a_stream_cannot_be_tried_again_and_are_shown_instead() -> None:
    letters = Waiting(kind=STREAMS, arn="arn:aws:sqs:a:1:tflock-streams-dead-prod", url="https://q", count=1)
    [one] = judge_dead_letters(SUBJECT, [letters], "/tflock-reaper/prod")
    assert one.fix
    assert "start-message-move-task" not in one.fix.cli
    named = streams()["TableStreamDeadLetterQueue"]
    queue = named["Properties"]["QueueName"]["Fn::Sub"].replace("${Stage}", PARTS.stage)
    assert streams_url(PARTS).endswith(f"/{queue}")


@pytest.mark.parametrize(
    ("mappings", "colour"),
    [
        ([Mapping(uuid="u", queue=ARN, state="Enabled")], Colour.GREEN),
        ([Mapping(uuid="u", queue=ARN, state="Updating")], Colour.GREEN),
        ([Mapping(uuid="u", queue=ARN, state="Disabled")], Colour.RED),
        ([Mapping(uuid="u", queue=ARN, state="Disabling")], Colour.RED),
        ([Mapping(uuid="u", queue=ARN + "-2", state="Enabled")], Colour.RED),
        ([], Colour.RED),
    ],
)
def test_a_queue_from_which_nobody_takes_is_red(mappings: list[Mapping], colour: Colour) -> None:
    assert colours(judge_mappings(SUBJECT, [(RELEASES, ARN, mappings)], PARTS)) == [colour]


# --- schedules


@pytest.mark.parametrize("doctor", ["weekly", "never"])
def test_each_function_that_the_stack_has_a_schedule_for_is_judged(doctor: str) -> None:
    parts = msgspec.structs.replace(PARTS, parameters=PARTS.parameters | {"Doctor": doctor})
    scheduled = {"ExamineSetup"} if doctor == "weekly" else set()
    assert set(by_the_clock(parts)) == {"NightlySweep", "WatchLocks"} | scheduled
    found = judge_schedules(SUBJECT, [(function, []) for function in by_the_clock(parts)], parts)
    assert colours(found) == [Colour.RED] * len(by_the_clock(parts))


@pytest.mark.parametrize(
    ("rules", "colour"),
    [
        ([Rule("r", enabled=True, expression="rate(15 minutes)")], Colour.GREEN),
        ([Rule("old", enabled=False, expression="rate(1 hour)"), Rule("r", True, "rate(15 minutes)")], Colour.GREEN),
        ([Rule("r", enabled=False, expression="rate(15 minutes)")], Colour.RED),
        ([Rule("a pattern, no schedule", enabled=True)], Colour.RED),
        ([], Colour.RED),
    ],
)
def test_a_function_that_no_schedule_starts_is_red(rules: list[Rule], colour: Colour) -> None:
    assert colours(judge_schedules(SUBJECT, [("WatchLocks", rules)], PARTS)) == [colour]


# --- the last night and the last watch


def home(number: int) -> str:
    return Target(Kind.S3, f"acme-{number}").home


def a_night(began: datetime, *results: Result, targets: int = 1) -> Night:
    return Night(began, tuple(Ordered(home(n), "Home") for n in range(targets)), results)


SWEPT = Result(home=home(0), finished=True)
FAILED = Result(home=home(0), finished=True, failure="access denied")


@pytest.mark.parametrize(
    ("night", "deployed", "colour", "said"),
    [
        (None, ago(hours=3), Colour.GREEN, "no night was swept yet"),
        (None, ago(days=3), Colour.RED, "no night was ever swept"),
        (None, None, Colour.RED, "no night was ever swept"),
        (a_night(ago(hours=6), SWEPT), ago(days=3), Colour.GREEN, "all 1 targets were swept"),
        (a_night(ago(hours=26), SWEPT), ago(hours=1), Colour.RED, "began 1 d 2 h ago"),
        (a_night(ago(hours=6), FAILED), ago(days=3), Colour.RED, "1 of 1 targets was not swept"),
        (a_night(ago(hours=6)), ago(days=3), Colour.RED, "was not heard of"),
        (a_night(ago(hours=1)), ago(days=3), Colour.GREEN, "still being swept"),
    ],
)
def test_the_last_night_is_told(night: Night | None, deployed: datetime | None, colour: Colour, said: str) -> None:
    [one] = judge_night(SUBJECT, night, PARTS, (deployed, NOW))
    assert colours([one]) == [colour]
    assert said in one.seen


@pytest.mark.parametrize(
    ("watched", "deployed", "colour"),
    [
        (ago(minutes=9), ago(days=3), Colour.GREEN),
        (None, ago(minutes=10), Colour.GREEN),
        (None, ago(minutes=41), Colour.RED),
        (None, None, Colour.RED),
    ],
)
def test_a_watch_that_is_missing_is_red(watched: datetime | None, deployed: datetime | None, colour: Colour) -> None:
    assert colours([judge_watch(SUBJECT, watched, PARTS, (deployed, NOW))]) == [colour]
