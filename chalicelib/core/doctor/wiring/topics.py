"""Judge whether a topic passes a bucket's events on to the reaper's queue; pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.core.doctor.finding import Fix
from chalicelib.core.doctor.iam.statements import listed
from chalicelib.core.doctor.iam.verdict import Standing
from chalicelib.core.doctor.pasted.shell import aws, compact
from chalicelib.core.doctor.wiring import pattern
from chalicelib.core.doctor.wiring.admission.fault import Fault
from chalicelib.core.doctor.wiring.admission.queue import let_in
from chalicelib.core.doctor.wiring.case import Case, Document, Queue, Topic
from chalicelib.core.doctor.wiring.fixes import subscribed, terraform_keeps
from chalicelib.core.doctor.wiring.routes import stack_elsewhere, subscription
from chalicelib.core.doctor.wiring.senders import PUBLISH, S3, SNS, lets_in, sends
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX


def topic_faults(case: Case, topic: Topic, queue: Queue) -> Iterator[Fault]:
    """Yield why a topic does not pass the events on."""
    if not topic.exists:
        yield Fault(f"the topic {topic.arn} does not exist", _made_again(case, topic))
        return
    yield from _published(case, topic)
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
    yield from let_in(case, queue, (SNS, topic.arn, topic.arn.split(":")[4]), f"the topic {topic.arn}")


def _published(case: Case, topic: Topic) -> Iterator[Fault]:
    """Yield that the bucket may not publish. S3 checked what cannot be judged here, when it was told to."""
    standing = lets_in(topic.policy, S3, sends(PUBLISH, topic.arn, case.arn, case.account))
    if standing is Standing.NOT_ALLOWED:
        yield Fault("the topic's policy does not let the bucket publish", _publishes(case, topic))
    elif standing is Standing.DENIED:
        fix = Fix(do=f"Take the statement that denies {PUBLISH} to {S3} out of the policy of {topic.arn}.")
        yield Fault("the topic's policy denies the bucket to publish", fix)


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
        "Sid": f"StateBucketsOf{case.account}Publish",
        "Effect": "Allow",
        "Principal": {"Service": S3},
        "Action": PUBLISH,
        "Resource": topic.arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": case.account}},
    }
    kept = [one for one in listed(topic.policy.get("Statement")) if one.get("Sid") != allow["Sid"]]
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
        do="Take the filter policy of the queue's subscription away: the reaper ignores what is about no lock.",
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
