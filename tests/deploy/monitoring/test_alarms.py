"""Test the alarms: what each looks at, when it rings, and that it says what to do."""

import pytest

from tests.deploy.monitoring.written_metrics import emitted, own_metrics
from tests.deploy.stack_files import Document, alarms, resources


def test_dead_letters_failed_schedules_a_missing_watch_and_clicks_that_are_tried_again_raise_alarms() -> None:
    stack = resources()["Resources"]
    queues = [name for name, resource in stack.items() if "RedrivePolicy" in resource.get("Properties", {})]
    assert len(queues) == 4
    theirs = [alarm for alarm in alarms().values() if alarm.get("Namespace", "").startswith("AWS/")]
    metrics = sorted(alarm["MetricName"] for alarm in theirs)
    assert metrics == [
        "4XXError",
        "5XXError",
        *["ApproximateAgeOfOldestMessage"] * 4,
        *["ApproximateNumberOfMessagesVisible"] * 4,
        *["Errors"] * 5,
        "Invocations",
    ]
    failing = {alarm["Dimensions"][0]["Value"]["Ref"] for alarm in theirs if alarm["MetricName"] == "Errors"}
    assert failing == {"NightlySweep", "ExamineSetup", "WatchLocks", "ReleaseLock", "AnswerClick"}
    [missing] = [alarm for alarm in theirs if alarm["MetricName"] == "Invocations"]
    assert (missing["TreatMissingData"], missing["ComparisonOperator"]) == ("breaching", "LessThanThreshold")


@pytest.mark.parametrize("name", alarms())
def test_every_alarm_says_what_to_do_and_tells_the_topic(name: str) -> None:
    alarm = alarms()[name]
    assert len(alarm["AlarmDescription"]) > 40
    assert alarm["AlarmActions"] == {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    assert alarm["TreatMissingData"] in {"breaching", "notBreaching", "ignore"}


@pytest.mark.parametrize("name", alarms())
def test_cloudwatch_looks_back_as_far_as_an_alarm_asks(name: str) -> None:
    """It takes at most seven days in all, and one day where a period is shorter than an hour (PutMetricAlarm)."""
    alarm = alarms()[name]
    period = alarm["Period"]
    assert period * alarm["EvaluationPeriods"] <= (604_800 if period >= 3600 else 86_400)


@pytest.mark.parametrize("name", alarms())
def test_every_metric_of_ours_that_has_an_alarm_is_written_by_somebody(name: str) -> None:
    assert own_metrics(alarms()[name]) <= emitted()


def shape(alarm: Document) -> tuple[object, ...]:
    return (alarm["MetricName"], alarm["Period"], alarm["EvaluationPeriods"], alarm["TreatMissingData"])


def test_a_night_without_a_sweep_rings_after_25_hours() -> None:
    alarm = alarms()["NoSweepAlarm"]
    assert shape(alarm) == ("NightlySweeps", 3600, 25, "breaching")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")


def test_a_target_that_fails_rings_on_the_second_night() -> None:
    alarm = alarms()["TargetFailedAlarm"]
    assert shape(alarm) == ("TargetsFailed", 86400, 2, "notBreaching")
    assert "DatapointsToAlarm" not in alarm


def test_one_call_that_slack_does_not_take_rings_nothing() -> None:
    alarm = alarms()["SlackRefusesAlarm"]
    assert shape(alarm) == ("SlackFailures", 900, 3, "notBreaching")
    assert alarm["DatapointsToAlarm"] == 2


def test_a_lock_is_too_old_by_the_hours_that_the_stack_was_given() -> None:
    alarm = alarms()["OldLockAlarm"]
    assert shape(alarm) == ("OldestLockAge", 900, 1, "ignore")
    assert (alarm["Statistic"], alarm["ComparisonOperator"]) == ("Maximum", "GreaterThanThreshold")
    assert alarm["Threshold"] == {"Fn::FindInMap": ["Hours", {"Ref": "OldestLockHours"}, "Seconds"]}


def test_the_hours_of_a_lock_that_is_too_old_are_those_that_the_stack_can_count_in_seconds() -> None:
    stack = resources()
    hours = stack["Parameters"]["OldestLockHours"]
    assert hours["Default"] in hours["AllowedValues"]
    assert stack["Mappings"]["Hours"] == {str(hour): {"Seconds": hour * 3600} for hour in hours["AllowedValues"]}
