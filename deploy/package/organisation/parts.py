"""The parts of a template that all of these rules are made of."""

from collections.abc import Iterable
from typing import Any

Part = Any
"""A value of a template: a text, a number, or an object with functions of CloudFormation in it."""
Template = dict[str, Any]

NOTHING: Part = {"Ref": "AWS::NoValue"}
FUNCTION, ROLE, QUEUE, TABLE = "AWS::Serverless::Function", "AWS::IAM::Role", "AWS::SQS::Queue", "AWS::DynamoDB::Table"
KEY_ARN = "^(arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$"
"""A key by its ARN: an alias could be moved to another key, which the roles then have no right to."""


def add_parameter(template: Template, name: str, pattern: str, says: str) -> None:
    """Add a parameter that may be left out, and the condition ``Has<name>``: it is given."""
    template["Parameters"][name] = _declared("String", pattern, says)
    template["Conditions"][f"Has{name}"] = {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}


def add_list(template: Template, name: str, pattern: str, says: str) -> None:
    """Add a parameter that is a list, each item of which fits the pattern, and may be left out."""
    template["Parameters"][name] = _declared("CommaDelimitedList", pattern, says)


def _declared(kind: str, pattern: str, says: str) -> Part:
    return {"Type": kind, "Default": "", "AllowedPattern": pattern, "Description": says}


def where_given(name: str, value: Part, otherwise: Part = NOTHING) -> Part:
    """Return a value for where a parameter is given, and another for where it is not."""
    return {"Fn::If": [f"Has{name}", value, otherwise]}


def of_type(template: Template, *kinds: str) -> dict[str, Template]:
    """Return the resources of these types by their logical IDs."""
    return {name: one for name, one in template["Resources"].items() if one["Type"] in kinds}


def allow(sid: str, actions: list[str], resource: Part, condition: Part = None) -> Part:
    """Return a statement that allows this."""
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def give(template: Template, name: str, roles: Iterable[str], statements: list[Part], condition: str) -> None:
    """Give roles a policy, on a condition.

    It is one of the role's own, because Lambda looks for such rights when it makes a function: a policy beside the role
    could come later.
    """
    policy = {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
    for role in roles:
        policies = template["Resources"][role]["Properties"].setdefault("Policies", [])
        policies.append({"Fn::If": [condition, policy, NOTHING]})


def role_of(function: Template) -> str:
    """Return the logical ID of a function's role."""
    role: str = function["Properties"]["Role"]["Fn::GetAtt"][0]
    return role
