"""Judge the alarms: all there, quiet, and sent to somebody."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from shlex import join, quote

import msgspec

from chalicelib.core.brief import told_briefly
from chalicelib.core.doctor.finding import Finding, Fix, green, red, yellow
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.duration import in_words

ALARMS, HEARD = "reaper.alarms", "reaper.alarm-actions"
NAMES = (
    "sweeps-given-up",
    "sweeps-wait",
    "lock-events-wait",
    "releases-wait",
    "clicks-wait",
    "lock-events-given-up",
    "releases-given-up",
    "clicks-given-up",
    "nightly-sweep-failed",
    "weekly-look-failed",
    "watch-failed",
    "release-failed",
    "answer-failed",
    "watch-missing",
    "click-failed",
    "api-flood",
    "no-sweep",
    "target-failed-two-nights",
    "old-lock",
    "slack-turned-away",
    "slack-refuses",
)
"""The alarms of the stack, without what their names begin with."""
OF_STREAMS = ("table-stream-failed", "table-stream-given-up")
"""The alarms that the stack has too where a lock table has a stream."""
_ABOUT_LOCKS = "old-lock"
"""The alarm that tells of a lock, and not of the reaper."""
_BY_MAIL = ["--protocol", "email", "--notification-endpoint", "you@example.com"]
_UNMEASURED_FOR = timedelta(days=2)


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm as CloudWatch has it."""

    name: str
    state: str
    """OK, ALARM or INSUFFICIENT_DATA."""
    since: datetime
    """When it came into this state."""
    configured: datetime
    """When it was made or changed last."""
    window: timedelta
    """The time that it looks back."""
    advice: str = ""
    """What its description says to do."""
    actions: tuple[str, ...] = ()
    switched_on: bool = True
    """Whether its actions are."""


def names_of(stage: str, *, streams: bool = False) -> list[str]:
    """Return the names of all alarms of a stage; ``streams``: a lock table of its rules has a stream."""
    return [f"tflock-reaper-{stage}-{name}" for name in (*NAMES, *(OF_STREAMS if streams else ()))]


def judge_alarms(
    subject: str, alarms: Sequence[Alarm], expected: Sequence[str], stage: str, now: datetime
) -> list[Finding]:
    """Return a finding for each alarm that rings or would not, one for those that are gone, or one for all."""
    gone = sorted(set(expected) - {alarm.name for alarm in alarms})
    found = [_gone(subject, gone, stage)] if gone else []
    found += [one for alarm in alarms if (one := _judged(subject, alarm, now))]
    return found or [green(ALARMS, subject, f"all {len(alarms)} alarms are there and quiet")]


def _judged(subject: str, alarm: Alarm, now: datetime) -> Finding | None:
    if now - alarm.configured < alarm.window:
        return None  # it rang for what was before there was a reaper
    lasting = in_words(now - alarm.since)
    history = join(["aws", "cloudwatch", "describe-alarm-history", "--alarm-name", alarm.name])
    if alarm.state == "ALARM":
        judged = yellow if alarm.name.endswith(_ABOUT_LOCKS) else red
        fix = Fix(do=alarm.advice or "See the log group for what happened.", cli=history)
        return judged(ALARMS, subject, f"the alarm {alarm.name} has been ringing for {lasting}", fix)
    if alarm.state == "INSUFFICIENT_DATA" and now - alarm.since > _UNMEASURED_FOR:
        do = "See whether its metric is still written: a function that never runs writes none."
        seen = f"the alarm {alarm.name} has had no data for {lasting}: it would not ring"
        return yellow(ALARMS, subject, seen, Fix(do=do, cli=history))
    return None


def _gone(subject: str, gone: Sequence[str], stage: str) -> Finding:
    do = (
        "Deploy the reaper again from its checkout. If CloudFormation says that there is nothing to change, because it "
        "believes that the alarms are there, change a parameter of the stack (LogRetentionDays) and deploy it then."
    )
    seen = f"{len(gone)} of the reaper's alarms are gone: {told_briefly(gone)}"
    return yellow(ALARMS, subject, seen, Fix(do=do, cli=f"make deploy STAGE={quote(stage)}"), details=tuple(gone))


def judge_actions(
    subject: str, alarms: Sequence[Alarm], listeners: Mapping[str, int | None], parts: Parts
) -> list[Finding]:
    """Return whether somebody hears of the alarms.

    ``listeners`` has the confirmed subscriptions of each SNS topic; None: there is no such topic.
    """
    found = [
        *_unsent(subject, [alarm for alarm in alarms if not alarm.actions], parts),
        *_switched_off(subject, [alarm for alarm in alarms if alarm.actions and not alarm.switched_on]),
        *(_unheard(subject, topic, count) for topic, count in sorted(listeners.items()) if not count),
    ]
    told = sum(count or 0 for count in listeners.values())
    return found or [green(HEARD, subject, f"all {len(alarms)} alarms are sent to somebody ({told} subscriptions)")]


def _unsent(subject: str, alarms: Sequence[Alarm], parts: Parts) -> list[Finding]:
    if not alarms:
        return []
    topic = f"{parts.stack}-alarms"
    arn = parts.arn("sns", topic)
    do = (
        "Make an SNS topic, subscribe those who are to hear (put your own address in the second command, and confirm "
        "the mail that comes), and deploy the reaper with it."
    )
    lines = (
        join(["aws", "sns", "create-topic", "--name", topic]),
        join(["aws", "sns", "subscribe", "--topic-arn", arn, *_BY_MAIL]),
        f"make deploy STAGE={quote(parts.stage)} PARAMETERS={quote(f'AlarmTopicArn={arn}')}",
    )
    seen = f"{len(alarms)} alarms are sent to nobody: they only show on the dashboard"
    names = tuple(alarm.name for alarm in alarms)
    return [yellow(HEARD, subject, seen, Fix(do=do, cli="\n".join(lines)), details=names)]


def _switched_off(subject: str, alarms: Sequence[Alarm]) -> list[Finding]:
    if not alarms:
        return []
    names = [alarm.name for alarm in alarms]
    fix = Fix(
        do="Switch the actions of these alarms on again.",
        cli=join(["aws", "cloudwatch", "enable-alarm-actions", "--alarm-names", *names]),
    )
    return [
        yellow(
            HEARD,
            subject,
            f"the actions of these alarms are switched off, so nobody would hear them: {told_briefly(names)}",
            fix,
        )
    ]


def _unheard(subject: str, topic: str, count: int | None) -> Finding:
    listing = ["aws", "sns", "list-subscriptions-by-topic", "--topic-arn", topic]
    if count is None:
        fix = Fix(
            do="Make the topic again, and subscribe those who are to hear.",
            cli=join(["aws", "sns", "create-topic", "--name", topic.rpartition(":")[2]]),
        )
        return yellow(HEARD, subject, f"the alarms are sent to the topic {topic}, which is gone", fix)
    fix = Fix(
        do="Subscribe those who are to hear, and have them confirm it. The command shows who has not confirmed yet.",
        cli=join(listing),
    )
    return yellow(HEARD, subject, f"the alarms are sent to the topic {topic}, which has no confirmed subscription", fix)
