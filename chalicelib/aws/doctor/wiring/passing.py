"""Read what passes events on: topics, rules of EventBridge, and the reaper's bus."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.wiring.case import Bus, Case, Document, Rule, Subscription, Topic
from chalicelib.ports.doctor import NotKnownError

_NO_TOPIC = {"NotFound": None, "NotFoundException": None}
_NO_RULE: dict[str, Any] = {"ResourceNotFoundException": {}}
_NO_SUBSCRIPTION = {code: {"PendingConfirmation": "true"} for code in _NO_TOPIC}
_PAGES = 20
_RULES = 20


def read_topic(reach: Reach, arn: str, queue: str) -> Topic:
    """Return a topic, with the queue's subscription."""
    sns = reach.client("sns", arn.split(":")[3])
    told = asked("SNS", "sns:GetTopicAttributes", lambda: sns.get_topic_attributes(TopicArn=arn), _NO_TOPIC)
    if told is None:
        return Topic(arn=arn, exists=False)
    return Topic(arn=arn, policy=_document(told["Attributes"].get("Policy")), subscription=_subscribed(sns, arn, queue))


def read_rules(reach: Reach, case: Case) -> list[Rule]:
    """Return the rules of the bucket's region that send to the reaper's queue, or to its bus."""
    events = reach.client("events", case.region)
    targets = [case.bus] if case.bus else []
    targets += [case.queue] if case.is_near else []
    return [rule for target in targets for rule in _rules(events, target)]


def read_bus(home: Reach, case: Case) -> Bus:
    """Return the reaper's bus, with the rule that sends what comes to it to the queue."""
    events = home.client("events", case.parts.region)
    name = case.bus.rpartition("/")[2]
    told = asked("EventBridge", "events:DescribeEventBus", lambda: events.describe_event_bus(Name=name), _NO_RULE)
    rules = _rules(events, case.queue, EventBusName=name) if told else []
    return Bus(policy=_document(told.get("Policy")), rule=next(iter(rules), None))


def _rules(events: Any, target: str, **bus: str) -> list[Rule]:
    names = asked(
        "EventBridge",
        "events:ListRuleNamesByTarget",
        lambda: events.list_rule_names_by_target(TargetArn=target, **bus).get("RuleNames", []),
        {"ResourceNotFoundException": []},
    )
    described = [_described(events, name, bus) for name in names[:_RULES]]
    return [_rule(told, target) for told in described if told]


def _described(events: Any, name: str, bus: dict[str, str]) -> Any:
    return asked("EventBridge", "events:DescribeRule", lambda: events.describe_rule(Name=name, **bus), _NO_RULE)


def _rule(told: dict[str, Any], target: str) -> Rule:
    return Rule(
        name=told["Name"],
        arn=told["Arn"],
        enabled=told.get("State", "").startswith("ENABLED"),
        pattern=_document(told.get("EventPattern")),
        target=target,
    )


def _subscribed(sns: Any, topic: str, queue: str) -> Subscription | None:
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = asked("SNS", "sns:ListSubscriptionsByTopic", lambda: _found(pages, queue))
    if not found:
        return None
    if not found.startswith("arn:"):
        return Subscription(arn="")
    told = asked(
        "SNS",
        "sns:GetSubscriptionAttributes",
        lambda: sns.get_subscription_attributes(SubscriptionArn=found)["Attributes"],
        _NO_SUBSCRIPTION,
    )
    if told.get("PendingConfirmation") == "true":
        return Subscription(arn="")
    wanted = _document(told.get("FilterPolicy")) or None
    return Subscription(arn=found, filter=wanted, filters_body=told.get("FilterPolicyScope") == "MessageBody")


def _found(pages: Iterable[Any], queue: str) -> str:
    """Return the ARN of the queue's subscription, or what SNS says in its place; "": there is none."""
    for page in islice(pages, _PAGES):
        for one in page.get("Subscriptions", []):
            if one.get("Endpoint") == queue and one.get("Protocol") == "sqs":
                return str(one["SubscriptionArn"])
        if not page.get("NextToken"):
            return ""
    raise NotKnownError(
        f"the topic has more subscriptions than the first {_PAGES} pages of them, and ours is not there"
    )


def _document(text: Any) -> Document:
    """Return a policy or a pattern that AWS gives as text; nothing for none."""
    try:
        decoded = json.loads(text or "{}")
    except ValueError as error:
        raise NotKnownError(f"what AWS gave is no JSON: {str(text)[:200]!r}") from error
    return decoded if isinstance(decoded, dict) else {}
