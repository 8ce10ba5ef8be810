"""What the template has for all queues: who may send to those of the reaper's own orders, and nothing by plain HTTP.

The rights of the roles say what the reaper may send. These policies say that nobody else may, whatever rights they
have: an order to release a lock is believed. In ``ArnNotLike`` a request without the key, as those of AWS's services
are, counts as not alike.

There are two ways around such a policy, because SQS asks for no right when it moves a dead letter itself. Whoever may
make a queue could name a queue of orders as its queue of dead letters, so each names which queues may do that. And what
somebody put among the dead letters would be sent on by the operator who has them tried again.
"""

from collections.abc import Mapping
from typing import Any

Part = dict[str, Any]
SENDERS = {
    "SweepQueue": ("NightlySweepRole", "SweepTargetRole"),
    "ReleaseQueue": ("ApiHandlerRole", "SweepTargetRole", "WatchLocksRole", "ReleaseLockRole"),
    "ClickQueue": ("ApiHandlerRole", "WatchLocksRole", "ReleaseLockRole", "AnswerClickRole"),
}
"""The roles that send to each queue; to the others AWS's services send, or nobody does."""
_OPERATORS = {"Fn::If": ["HasOperators", {"Fn::Join": ["", [",", {"Fn::Join": [",", {"Ref": "OperatorArns"}]}]]}, ""]}


def with_policies(resources: dict[str, Part]) -> dict[str, Part]:
    """Return these resources with a policy for each queue; one that is there already gets the statement on HTTP."""
    made = {name: dict(one) for name, one in resources.items()}
    queues = {name: one for name, one in resources.items() if one["Type"] == "AWS::SQS::Queue"}
    sources = {_dead_letters_of(one): name for name, one in queues.items()}
    for name, one in queues.items():
        properties = {
            **one["Properties"],
            "RedriveAllowPolicy": _may_leave_dead_letters(queues.get(sources.get(name, ""))),
        }
        made[name] = {**one, "Properties": properties}
        policy = made.setdefault(f"{name}Policy", _policy(name, one, _senders(name, sources)))
        policy["Properties"]["PolicyDocument"]["Statement"].append(_no_plain_http(name))
    return made


def _dead_letters_of(queue: Part) -> str:
    """Return the queue of a queue's dead letters; empty for none."""
    named = queue["Properties"].get("RedrivePolicy", {}).get("deadLetterTargetArn", {}).get("Fn::GetAtt", "")
    return str(named[0] if isinstance(named, list) else named.partition(".")[0])


def _may_leave_dead_letters(source: Part | None) -> Part:
    """Return which queue may leave its dead letters in a queue. By name, or each would wait for the other."""
    if source is None:
        return {"redrivePermission": "denyAll"}
    arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:" + source["Properties"]["QueueName"]["Fn::Sub"]
    return {"redrivePermission": "byQueue", "sourceQueueArns": [{"Fn::Sub": arn}]}


def _senders(queue: str, sources: Mapping[str, str]) -> list[Part]:
    """Return the statements on who may send to a queue."""
    if queue in SENDERS:
        return [_only(queue, SENDERS[queue])]
    return [_nobody(queue)] if sources.get(queue) in SENDERS else []


def _policy(queue: str, resource: Part, senders: list[Part]) -> Part:
    condition = {"Condition": resource["Condition"]} if "Condition" in resource else {}
    document = {"Version": "2012-10-17", "Statement": senders}
    properties = {"Queues": [{"Ref": queue}], "PolicyDocument": document}
    return {"Type": "AWS::SQS::QueuePolicy", **condition, "Properties": properties}


def _nobody(queue: str) -> Part:
    """Return the statement that denies sending to every identity; SQS itself is none, and has no ARN."""
    return _deny("OnlySqsItself", queue, "sqs:SendMessage", {"Null": {"aws:PrincipalArn": "false"}})


def _only(queue: str, roles: tuple[str, ...]) -> Part:
    """Return the statement that denies sending to all but these roles and the operators."""
    arns = ",".join(f"${{{role}.Arn}}" for role in roles)
    listed = {"Fn::Split": [",", {"Fn::Sub": [f"{arns}${{Operators}}", {"Operators": _OPERATORS}]}]}
    return _deny("OnlyTheReaperSends", queue, "sqs:SendMessage", {"ArnNotLike": {"aws:PrincipalArn": listed}})


def _no_plain_http(queue: str) -> Part:
    return _deny("NoPlainHttp", queue, "sqs:*", {"Bool": {"aws:SecureTransport": "false"}})


def _deny(sid: str, queue: str, action: str, condition: Part) -> Part:
    there = {"Fn::GetAtt": [queue, "Arn"]}
    about = {"Principal": "*", "Action": action, "Resource": there}
    return {"Sid": sid, "Effect": "Deny", **about, "Condition": condition}
