"""Look at the alarms, and at who hears of them."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.running.alarms import (
    ALARMS,
    HEARD,
    Alarm,
    judge_actions,
    judge_alarms,
    names_of,
)
from chalicelib.ports.doctor import Look

_SNS = "sns"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class AlarmReader:
    """Reads the alarms of one reaper, once for both looks."""

    def __init__(self, parts: Parts, reach: Reach, now: datetime, *, streams: bool) -> None:
        self._expected = names_of(parts.stage, streams=streams)
        self._parts = parts
        self._reach = reach
        self._now = now

    def looks(self, subject: str) -> dict[str, Look]:
        """Return the looks at the alarms."""
        return {
            ALARMS: lambda: judge_alarms(subject, self._alarms, self._expected, self._parts.stage, self._now),
            HEARD: lambda: self._heard(subject),
        }

    def _heard(self, subject: str) -> list[Finding]:
        topics = {action for alarm in self._alarms for action in alarm.actions if action.split(":")[2:3] == [_SNS]}
        sns = self._reach.client(_SNS, "")
        return judge_actions(subject, self._alarms, {topic: _listeners(sns, topic) for topic in topics}, self._parts)

    @cached_property
    def _alarms(self) -> list[Alarm]:
        cloudwatch = self._reach.client("cloudwatch", "")
        pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=self._expected)
        found = asked(
            "CloudWatch", "cloudwatch:DescribeAlarms", lambda: [one for page in pages for one in page["MetricAlarms"]]
        )
        return [_alarm(one) for one in found]


def _alarm(one: dict[str, Any]) -> Alarm:
    return Alarm(
        name=one["AlarmName"],
        state=str(one.get("StateValue")),
        since=one.get("StateUpdatedTimestamp") or _LONG_AGO,
        configured=one.get("AlarmConfigurationUpdatedTimestamp") or _LONG_AGO,
        window=timedelta(seconds=int(one.get("Period") or 0) * int(one.get("EvaluationPeriods") or 1)),
        advice=str(one.get("AlarmDescription") or ""),
        actions=tuple(one.get("AlarmActions") or ()),
        switched_on=one.get("ActionsEnabled") is not False,
    )


def _listeners(sns: Any, topic: str) -> int | None:
    """Return how many confirmed subscriptions a topic has; None: it is gone."""
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    listed = asked(
        "SNS",
        "sns:ListSubscriptionsByTopic",
        lambda: [one for page in pages for one in page["Subscriptions"]],
        {"NotFound": None, "NotFoundException": None},
    )
    return None if listed is None else sum(str(one.get("SubscriptionArn", "")).startswith("arn:") for one in listed)
