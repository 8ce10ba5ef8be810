"""Judge who may send to the reaper's queue, and write a policy that lets in what the stack lets in; pure."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.doctor.iam.statements import listed, statements_of, texts
from chalicelib.core.doctor.iam.verdict import Request, Standing, verdict
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.pasted.shell import aws, compact
from chalicelib.core.doctor.wiring.case import Document
from chalicelib.core.partitions import service

S3, SNS, EVENTS = (service(name) for name in ("s3", "sns", "events"))
SEND, PUBLISH, PUT_EVENTS = "sqs:SendMessage", "sns:Publish", "events:PutEvents"
_ARN_OPERATORS = {"ArnEquals": "StringLike", "ArnLike": "StringLike"}


def lets_in(policy: Document, who: str, request: Request) -> Standing:
    """Return how a request of one of AWS's services, or of an account, stands with a resource's policy."""
    meant = [_plain(one) for one in listed(policy.get("Statement")) if _is_about(one, who)]
    return verdict(statements_of("", {"Statement": meant}), request).standing


def sends(action: str, resource: str, source: str, account: str, organization: str = "") -> Request:
    """Return the request of a service that sends on behalf of a bucket, a topic or a rule in an account."""
    keys = {"aws:sourcearn": (source,), "aws:sourceaccount": (account,), "aws:securetransport": ("true",)}
    known = {"aws:sourceorgid": (organization,), "aws:principalorgid": (organization,)} if organization else {}
    return Request(action, resource, keys | known | {"aws:principalisawsservice": ("true",)})


def puts_events(bus: str, organization: str = "") -> Request:
    """Return the request of an account whose rule sends S3's events to a bus."""
    known = {"aws:principalorgid": (organization,)} if organization else {}
    return Request(PUT_EVENTS, bus, {"events:source": ("aws.s3",)} | known)


def stacks_policy(parts: Parts) -> Document:
    """Return the queue's policy as the stack makes it (``LockEventQueuePolicy``)."""
    plain_http = {
        "Sid": "NoPlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": parts.event_queue,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [*_statements(parts), plain_http]}


def lets_in_too(policy: Document, parts: Parts, bucket: str = "", account: str = "") -> Document:
    """Return a queue's policy with all that the stack's has, and a bucket that it lacks; nothing of it goes."""
    wanted = _statements(parts)
    if bucket:
        wanted = [*wanted, _bucket(parts, bucket, account)]
    sids = {one["Sid"] for one in wanted}
    kept = [one for one in listed(policy.get("Statement")) if one.get("Sid") not in sids]
    return {"Version": "2012-10-17", **policy, "Statement": [*kept, *wanted]}


def set_policy(parts: Parts, policy: Document) -> str:
    """Return the command that gives the queue a policy."""
    return aws(
        "sqs",
        "set-queue-attributes",
        region=parts.region,
        queue_url=parts.outputs["LockEventsQueueUrl"],
        attributes={"Policy": compact(policy)},
    )


def set_bus_policy(parts: Parts, policy: Document, account: str) -> str:
    """Return the command by which the reaper's bus takes S3's events of an account; the rest of its policy stays."""
    bus = parts.outputs["LockEventBusArn"]
    allow = {
        "Sid": f"Account{account}SendsS3sEvents",
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": PUT_EVENTS,
        "Resource": bus,
        "Condition": {"ForAllValues:StringEquals": {"events:source": ["aws.s3"]}},
    }
    kept = [one for one in listed(policy.get("Statement")) if one.get("Sid") != allow["Sid"]]
    whole = {"Version": "2012-10-17", **policy, "Statement": [*kept, allow]}
    name = bus.rpartition("/")[2]
    return aws("events", "put-permission", region=parts.region, event_bus_name=name, policy=compact(whole))


def _is_about(statement: Document, who: str) -> bool:
    """Return whether a statement is about a service or an account."""
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], who)
    return _names(statement.get("Principal"), who)


def _names(principal: Any, who: str) -> bool:
    """Return whether a service or an account is named. ``{"AWS": "*"}`` is everybody, the services too."""
    if not isinstance(principal, Mapping):
        return bool(principal == "*")
    accounts = texts(principal.get("AWS"))
    return who in texts(principal.get("Service")) or any(
        one in ("*", who) or one.endswith(f":iam::{who}:root") for one in accounts
    )


def _plain(statement: Document) -> Document:
    """Return a statement with operators for texts in the place of those for ARNs, which compare part by part."""
    conditions = statement.get("Condition") or {}
    plain: Document = {}
    for operator, keys in conditions.items():
        suffix = "IfExists" if operator.endswith("IfExists") else ""
        name = _ARN_OPERATORS.get(operator.removesuffix("IfExists"), operator.removesuffix("IfExists")) + suffix
        while name in plain and plain[name].keys() & keys.keys():  # two operators about one key: both have to hold
            name = f"ForAnyValue:{name}"
        plain[name] = plain.get(name, {}) | keys
    return statement | {"Condition": plain}


def _statements(parts: Parts) -> list[Document]:
    listed_in = {name: [one for one in value.split(",") if one] for name, value in parts.parameters.items()}
    accounts, topics = listed_in.get("EventAccounts", []), listed_in.get("LockEventTopicArns", [])
    organization = {"StringEquals": {"aws:SourceOrgID": parts.parameters.get("OrganizationId", "")}}
    named = f"arn:{parts.partition}:sns:*:*:tflock-reaper-{parts.stage}"
    told: dict[str, tuple[str, Document]] = {
        "StateBucketsSendLockEvents": (
            S3,
            {
                "StringEquals": {"aws:SourceAccount": parts.account},
                "ArnLike": {"aws:SourceArn": listed_in.get("StateBucketArns", [])},
            },
        ),
        "BucketsOfEventAccountsSendLockEvents": (S3, {"StringEquals": {"aws:SourceAccount": accounts}}),
        "BucketsOfTheOrganisationSendLockEvents": (S3, organization),
        "RulesOfThisAccountSendLockEvents": (EVENTS, {"ArnLike": {"aws:SourceArn": _rules(parts)}}),
        "TopicsOfEventAccountsSendLockEvents": (
            SNS,
            {
                "StringLike": {"aws:SourceArn": named},
                "ArnLike": {"aws:SourceArn": [f"arn:*:sns:*:{one}:*" for one in (parts.account, *accounts)]},
            },
        ),
        "TopicsOfTheOrganisationSendLockEvents": (SNS, organization | {"ArnLike": {"aws:SourceArn": named}}),
        "NamedTopicsSendLockEvents": (SNS, {"ArnEquals": {"aws:SourceArn": topics}}),
    }
    return [
        _allow(parts, sid, service, condition) for sid, (service, condition) in told.items() if _is_meant(condition)
    ]


def _rules(parts: Parts) -> list[str]:
    start = parts.arn("events", f"rule/tflock-reaper-{parts.stage}")
    return [start, f"{start}.*", f"{start}/*"]  # the last is the stack's own rule, on its own bus


def _is_meant(condition: Document) -> bool:
    return all(value not in ("", []) for keys in condition.values() for value in keys.values())


def _bucket(parts: Parts, bucket: str, account: str) -> Document:
    condition = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": bucket}}
    name = "".join(letter for letter in bucket.rsplit(":", 1)[-1].title() if letter.isalnum())
    return _allow(parts, f"Bucket{name}SendsLockEvents", S3, condition)


def _allow(parts: Parts, sid: str, service: str, condition: Document) -> Document:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": SEND,
        "Resource": parts.event_queue,
        "Condition": condition,
    }
