"""What the template has for all queues: who may send to those of the reaper's own orders, and nothing by plain HTTP.

The rights of the roles say what the reaper may send. These policies say that nobody else may, whatever rights they
have: an order to release a lock is believed. In ``ArnNotLike`` a request without the key, as those of AWS's services
are, counts as not alike.
"""

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
    for name, one in resources.items():
        if one["Type"] == "AWS::SQS::Queue":
            policy = made.setdefault(f"{name}Policy", _policy(name, one))
            policy["Properties"]["PolicyDocument"]["Statement"].append(_no_plain_http(name))
    return made


def _policy(queue: str, resource: Part) -> Part:
    senders = [_only(queue, SENDERS[queue])] if queue in SENDERS else []
    condition = {"Condition": resource["Condition"]} if "Condition" in resource else {}
    document = {"Version": "2012-10-17", "Statement": senders}
    properties = {"Queues": [{"Ref": queue}], "PolicyDocument": document}
    return {"Type": "AWS::SQS::QueuePolicy", **condition, "Properties": properties}


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
