"""Judge who may send to the reaper's queue, and write a policy that lets in what the stack lets in; pure."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.doctor.iam.statements import listed, statements_of, texts
from chalicelib.core.doctor.iam.verdict import Request, Standing, verdict
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.pasted.shell import aws, compact
from chalicelib.core.doctor.wiring.case import Document

S3, SNS, EVENTS = (f"{service}.amazonaws.com" for service in ("s3", "sns", "events"))
SEND, PUBLISH, PUT_EVENTS = "sqs:SendMessage", "sns:Publish", "events:PutEvents"
_ARN_OPERATORS = {"ArnEquals": "StringLike", "ArnLike": "StringLike"}


def lets_in(policy: Document, service: str, request: Request) -> Standing:
    """Return how a request of one of AWS's services stands with the policy of a queue, a topic or a bus."""
    meant = [_plain(one) for one in listed(policy.get("Statement")) if _is_about(one.get("Principal"), service)]
    return verdict(statements_of("", {"Statement": meant}), request).standing


def sends(action: str, resource: str, source: str, account: str, organization: str = "") -> Request:
    """Return the request of a service that sends on behalf of a bucket, a topic or a rule in an account."""
    keys = {"aws:sourcearn": (source,), "aws:sourceaccount": (account,), "aws:securetransport": ("true",)}
    known = {"aws:sourceorgid": (organization,), "aws:principalorgid": (organization,)} if organization else {}
    return Request(action, resource, keys | known | {"aws:principalisawsservice": ("true",)})


def stacks_policy(parts: Parts) -> Document:
    """Return the queue's policy as the stack makes it (``LockEventQueuePolicy`` in ``.chalice/resources.yaml``)."""
    return {"Version": "2012-10-17", "Statement": list(_statements(parts))}


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


def _is_about(principal: Any, service: str) -> bool:
    """Return whether a statement is about a service. ``{"AWS": "*"}`` is everybody, the services too."""
    if isinstance(principal, Mapping):
        return service in texts(principal.get("Service")) or "*" in texts(principal.get("AWS"))
    return bool(principal == "*")


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
    start = f"arn:{parts.partition}:events:{parts.region}:{parts.account}:rule/tflock-reaper-{parts.stage}"
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
