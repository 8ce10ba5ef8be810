"""Judge requests by the functions' policies, as IAM does: with the local cloud's evaluator, without a cloud."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from ministack.core import iam_evaluator  # type: ignore[import-untyped]

from tests.deploy.stack_files import Document, resources, statements

ACCOUNT, REGION = "111122223333", "eu-central-1"
MEMBERS, ORGANISATION = ["444455556666", "777788889999"], "o-abcdefghij"
BUCKET, OTHER_BUCKET = "arn:aws:s3:::acme-tfstate", "arn:aws:s3:::acme-other"
TABLE, OTHER_TABLE = (f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}" for name in ("terraform-locks", "payments"))
MEMBER_ROLE = "arn:aws:iam::222233334444:role/tflock-reaper-member"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"
_VALUES: dict[str, Any] = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "Stage": "prod",
    "StateBucketArns": [BUCKET],
    "LockObjectArns": [f"{BUCKET}/*.tflock"],
    "LockTableArns": [TABLE],
    "MemberRoleArns": [MEMBER_ROLE],
    "LockEventTopicArns": [f"arn:aws:sns:{REGION}:{ACCOUNT}:state-events"],
    "EventAccounts": MEMBERS,
    "OrganizationId": ORGANISATION,
    "DecryptKeyArns": [KEY],
    "SlackBotTokenParameter": "/tflock-reaper/prod/slack-bot-token",
    "SlackSigningSecretParameter": "/tflock-reaper/prod/slack-signing-secret",
}


@dataclass(frozen=True)
class Verdict:
    """IAM's answer to one request."""

    allowed: bool
    denied: bool
    """A policy denies it explicitly, so no other policy can allow it."""


def place(name: str) -> str:
    """Return the ARN of a resource of the stack."""
    return f"arn:aws:any:{REGION}:{ACCOUNT}:{name}"


def parameter(name: str) -> str:
    """Return the ARN of an SSM parameter."""
    return f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{name}"


def judge(function: str, action: str, resource: str, **keys: str) -> Verdict:
    """Judge a request of a function's role by all of the policies that the stack gives it."""
    return _judged(_policies(function), action, resource, keys)


def judge_sender(service: str, **keys: str) -> Verdict:
    """Judge a message that a service of AWS sends to the queue of lock events, by the queue's own policy."""
    policy = _stack()["Resources"]["LockEventQueuePolicy"]["Properties"]["PolicyDocument"]
    named = [one for one in filled(policy["Statement"]) if one["Principal"] == {"Service": service}]
    return _judged([named], "sqs:SendMessage", place("LockEventQueue"), keys)


def filled(value: Any) -> Any:
    """Give a part of the stack its values, as CloudFormation does."""
    if isinstance(value, list):
        return [filled(part) for part in value]
    if not isinstance(value, dict):
        return value
    name = next(iter(value), "")
    if len(value) == 1 and name in _FUNCTIONS:
        return _FUNCTIONS[name](value[name])
    return {key: filled(part) for key, part in value.items()}


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "Ref": lambda name: _VALUES.get(name, name),
    "Fn::GetAtt": lambda name: place(name.split(".")[0] if isinstance(name, str) else name[0]),
    "Fn::Sub": lambda given: _substituted(given, {}) if isinstance(given, str) else _substituted(*given),
    "Fn::If": lambda parts: filled(parts[1]),
    "Fn::Join": lambda parts: filled(parts[0]).join(filled(parts[1])),
    "Fn::Split": lambda parts: filled(parts[1]).split(parts[0]),
}


def _substituted(text: str, values: Document) -> str:
    known = {name: filled(value) for name, value in values.items()}
    return re.sub(r"\$\{([\w:.]+)\}", lambda found: known.get(found[1]) or _named(found[1]), text)


def _named(name: str) -> str:
    return str(_VALUES.get(name) or place(name.removesuffix(".Arn")))


_stack = cache(resources)


@cache
def _policies(function: str) -> list[list[Document]]:
    role = {"Ref": f"{function.title().replace('_', '')}Role"}
    beside = [one["Properties"] for one in _stack()["Resources"].values() if one.get("Type") == "AWS::IAM::Policy"]
    shared = [one["PolicyDocument"]["Statement"] for one in beside if role in one["Roles"]]
    return [filled(policy) for policy in (statements(function), *shared)]


def _judged(policies: list[list[Document]], action: str, resource: str, keys: dict[str, str]) -> Verdict:
    request = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/a-function/session",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region=REGION,
        service_context={name.replace("__", ":").replace("_", "-").lower(): value for name, value in keys.items()},
    )
    parsed = [iam_evaluator.parse_policy_document(json.dumps({"Statement": policy})) for policy in policies]
    decision = iam_evaluator.evaluate(request, parsed).decision
    return Verdict(allowed=decision == "Allow", denied=decision == "Deny")
