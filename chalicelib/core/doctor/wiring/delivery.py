"""Judge whether what a bucket tells arrives in the reaper's queue, for each way that it takes; pure."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.iam.verdict import Standing
from chalicelib.core.doctor.pasted.shell import aws, compact
from chalicelib.core.doctor.wiring import pattern
from chalicelib.core.doctor.wiring.case import Bus, Case, Document, Queue, Rule, Topic, Way
from chalicelib.core.doctor.wiring.checks import DELIVERY, NOTIFICATION
from chalicelib.core.doctor.wiring.fixes import subscribed, terraform_keeps
from chalicelib.core.doctor.wiring.routes import stack_elsewhere, subscription
from chalicelib.core.doctor.wiring.senders import (
    EVENTS,
    PUBLISH,
    S3,
    SEND,
    SNS,
    lets_in,
    lets_in_too,
    sends,
    set_policy,
)
from chalicelib.core.doctor.wiring.ways import Heard
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX

_DEPLOY = "`make deploy` with the values of the last time"


class Fault(msgspec.Struct, frozen=True):
    """Why a way does not lead to the queue, and what to do. Without a fix it is not certain."""

    seen: str
    fix: Fix | None = None


def delivery(case: Case, found: Heard, queue: Queue, bus: Bus) -> Iterator[Finding]:
    """Yield whether each way of a bucket leads to the queue. A broken one beside a sound one is yellow."""
    if not found.ways:
        yield grey(DELIVERY.id, case.subject, f"it sends nothing that could be followed ({NOTIFICATION.id})")
    faults = {way.called: list(_faults(case, way, queue, bus)) for way in found.ways}
    sound = frozenset[Any]().union(*(way.told for way in found.ways if not faults[way.called]))
    for called, seen in faults.items():
        colour = yellow if sound == case.needed else red
        for fault in seen:
            told = f"{called}: {fault.seen}"
            yield (
                colour(DELIVERY.id, case.subject, told, fault.fix)
                if fault.fix
                else grey(DELIVERY.id, case.subject, told)
            )
        if not seen:
            yield green(DELIVERY.id, case.subject, f"{called} leads to the queue")


def _faults(case: Case, way: Way, queue: Queue, bus: Bus) -> Iterator[Fault]:
    if not queue.exists:
        yield Fault(f"the queue {case.queue} does not exist", Fix(do="See the line `wiring.queue` of the reaper."))
    elif way.topic:
        yield from _of_topic(case, way.topic, queue)
    elif way.rule:
        yield from _of_rule(case, way.rule, queue, bus)
    else:
        yield from _let_in(case, queue, (S3, case.arn, case.account), "the bucket")


def _let_in(case: Case, queue: Queue, sender: tuple[str, str, str], called: str) -> Iterator[Fault]:
    """Yield that the queue's policy does not let in a service on behalf of something in an account."""
    service, source, account = sender
    request = sends(SEND, case.queue, source, account, case.parts.parameters.get("OrganizationId", ""))
    standing = lets_in(queue.policy, service, request)
    if standing is Standing.UNSURE:
        yield Fault(f"whether the queue's policy lets {called} send cannot be judged")
    elif standing is Standing.DENIED:
        yield Fault(
            f"the queue's policy denies {called} to send",
            Fix(
                do=f"Take the statement that denies {service} out of the policy of the queue: "
                f"it is none of the reaper's stack; {_DEPLOY} does not remove it."
            ),
        )
    elif standing is Standing.NOT_ALLOWED:
        yield Fault(f"the queue's policy does not let {called} send", _let(case, queue, sender))


def _let(case: Case, queue: Queue, sender: tuple[str, str, str]) -> Fix:
    service, source, account = sender
    whole = lets_in_too(queue.policy, case.parts)
    again = f"Give the queue the policy of the reaper's stack back ({case.parts.stack}); what else it has stays."
    organization = case.parts.parameters.get("OrganizationId", "")
    if lets_in(whole, service, sends(SEND, case.queue, source, account, organization)) is Standing.ALLOWED:
        return Fix(do=again, cli=set_policy(case.parts, whole))
    if service == S3:
        return Fix(
            do=f'Name the bucket in `[[targets]]` of reaper.toml, with `account = "{account}"` if that is not the '
            "reaper's, and `make deploy`. The command lets it in until then.",
            cli=set_policy(case.parts, lets_in_too(queue.policy, case.parts, source, account)),
        )
    if service == SNS:
        return Fix(
            do=f'Let the topic send: `make deploy` with PARAMETERS="LockEventTopicArns={source}" beside what you give '
            "it otherwise; several topics have commas between."
        )
    return Fix(
        do=f"Name the rule {case.named}, or {case.named}. and more, as the queue's policy asks: make it again under "
        "such a name with the same pattern and target, then delete this one."
    )


def _of_topic(case: Case, topic: Topic, queue: Queue) -> Iterator[Fault]:
    if not topic.exists:
        yield Fault(f"the topic {topic.arn} does not exist", _made_again(case, topic))
        return
    publish = sends(PUBLISH, topic.arn, case.arn, case.account)
    if lets_in(topic.policy, S3, publish) in {Standing.NOT_ALLOWED, Standing.DENIED}:
        yield Fault("the topic's policy does not let the bucket publish", _publishes(case, topic))
    if topic.arn.endswith(f":{case.named}") and topic.arn.split(":")[4] != case.account:
        yield Fault(
            f"the topic {topic.arn} is believed only of buckets of its own account, and this one is in {case.account}",
            Fix(
                do=f"Make the topic {case.topic} (a checkout of the reaper, credentials of {case.account}), subscribe "
                f"the queue, then `tflocks connect {case.bucket} --topic {case.topic}` after `tflocks disconnect`.",
                cli="\n".join([stack_elsewhere(case, "topic"), *subscribed(case, case.topic)]),
            ),
        )
    yield from _of_subscription(case, topic)
    yield from _let_in(case, queue, (SNS, topic.arn, topic.arn.split(":")[4]), f"the topic {topic.arn}")


def _made_again(case: Case, topic: Topic) -> Fix:
    lines = [stack_elsewhere(case, "topic"), *subscribed(case, case.topic)] if topic.arn == case.topic else []
    region, name = topic.arn.split(":")[3], topic.arn.rsplit(":", 1)[-1]
    made = [aws("sns", "create-topic", region=region, name=name, attributes={"Policy": compact(_topics(case, topic))})]
    return Fix(
        do=f"Make the topic {topic.arn} again, and subscribe the queue to it.{terraform_keeps(case)}",
        cli="\n".join(lines or [*made, subscription(case, topic.arn)]),
    )


def _topics(case: Case, topic: Topic) -> Document:
    """Return a topic's policy that lets the bucket publish, and keeps all that it has."""
    allow = {
        "Sid": "StateBucketsPublish",
        "Effect": "Allow",
        "Principal": {"Service": S3},
        "Action": PUBLISH,
        "Resource": topic.arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": case.account}},
    }
    kept = [one for one in topic.policy.get("Statement", []) if one.get("Sid") != allow["Sid"]]
    return {"Version": "2012-10-17", **topic.policy, "Statement": [*kept, allow]}


def _publishes(case: Case, topic: Topic) -> Fix:
    return Fix(
        do=f"Let the buckets of {case.account} publish on the topic; all else in its policy stays.",
        cli=aws(
            "sns",
            "set-topic-attributes",
            region=topic.arn.split(":")[3],
            topic_arn=topic.arn,
            attribute_name="Policy",
            attribute_value=compact(_topics(case, topic)),
        ),
    )


def _of_subscription(case: Case, topic: Topic) -> Iterator[Fault]:
    subscribe = Fix(
        do=f"Subscribe the queue to {topic.arn} with credentials of the reaper's account {case.parts.account}: then "
        "nothing has to be confirmed.",
        cli=subscription(case, topic.arn),
    )
    if topic.subscription is None:
        yield Fault(f"the queue {case.queue} has not subscribed to the topic", subscribe)
    elif not topic.subscription.arn:
        yield Fault("the queue's subscription to the topic was never confirmed, so SNS sends nothing", subscribe)
    elif (passes := _passes(case, topic)) is not True:
        seen = f"the subscription's filter policy {compact(topic.subscription.filter)}"
        if passes is None:
            yield Fault(f"{seen}: whether it lets the bucket's lock events pass cannot be judged")
        else:
            yield Fault(f"{seen} keeps the bucket's lock events back", _unfiltered(topic))


def _unfiltered(topic: Topic) -> Fix:
    return Fix(
        do="Take the filter policy of the queue's subscription away: the reaper passes over what is no lock's.",
        cli=aws(
            "sns",
            "set-subscription-attributes",
            region=topic.arn.split(":")[3],
            subscription_arn=topic.subscription.arn if topic.subscription else "",
            attribute_name="FilterPolicy",
            attribute_value="{}",
        ),
    )


def _passes(case: Case, topic: Topic) -> bool | None:
    wanted = topic.subscription.filter if topic.subscription else None
    if not wanted:
        return True
    if topic.subscription and not topic.subscription.filters_body:
        return pattern.matches(wanted, {})
    each = {pattern.matches(wanted, _message(case, prefix, event)) for prefix, event in case.needed}
    return False if False in each else None if None in each else True


def _message(case: Case, prefix: str, event: str) -> Mapping[str, Any]:
    """Return S3's own event as a subscription's filter sees it."""
    stored = {"bucket": {"name": case.bucket, "arn": case.arn}, "object": {"key": f"{prefix}doctor{LOCK_SUFFIX}"}}
    told = {"eventSource": "aws:s3", "awsRegion": case.region, "eventName": event.removeprefix("s3:"), "s3": stored}
    return {"Records": [told]}


def _of_rule(case: Case, rule: Rule, queue: Queue, bus: Bus) -> Iterator[Fault]:
    if not rule.enabled:
        yield Fault(f"the rule {rule.name} is disabled", _enabled(case.region, rule))
    if rule.target == case.queue:
        yield from _let_in(case, queue, (EVENTS, rule.arn, case.account), f"the rule {rule.name}")
    elif bus.rule is None:
        yield Fault(
            f"no rule of the bus {case.bus} sends to the queue", Fix(do=f"{_DEPLOY} and a changed Description.")
        )
    elif not bus.rule.enabled:
        yield Fault(f"the rule {bus.rule.name} of the reaper's bus is disabled", _enabled(case.parts.region, bus.rule))
    else:
        yield from _let_in(case, queue, (EVENTS, bus.rule.arn, case.parts.account), "the bus")


def _enabled(region: str, rule: Rule) -> Fix:
    bus = rule.arn.split("rule/", 1)[-1].rpartition("/")[0] or None
    return Fix(
        do=f"Enable the rule {rule.name} in {region}.",
        cli=aws("events", "enable-rule", region=region, name=rule.name, event_bus_name=bus),
    )
