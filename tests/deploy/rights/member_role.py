"""The member role as CloudFormation makes it from its template, and requests as IAM judges them by it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator  # type: ignore[import-untyped]

from deploy.commands import ROOT
from tests.deploy.rights.iam_judge import Verdict
from tests.deploy.stack_files import Document, template

REAPER, MEMBER = "999999999999", "111122223333"
TEMPLATE = ROOT / "deploy" / "member-role.yaml"
LEAST = {"ReaperAccountId": REAPER, "ExternalId": "acme-locks"}
_NOTHING = object()
_PSEUDO = {"AWS::Partition": "aws", "AWS::AccountId": MEMBER, "AWS::NoValue": _NOTHING}


class MemberRole:
    """The role with these parameters; those that are left out have their defaults."""

    def __init__(self, **given: str) -> None:
        document = template(TEMPLATE.read_text())
        self._conditions = document["Conditions"]
        self.parameters: Mapping[str, Document] = document["Parameters"]
        defaults = {name: settings.get("Default") for name, settings in self.parameters.items()}
        self._values: dict[str, Any] = {**_PSEUDO, **defaults, **LEAST, **given}
        for name, settings in self.parameters.items():
            if settings["Type"] == "CommaDelimitedList":
                self._values[name] = self._values[name].split(",")
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": lambda name: self._values[name],
            "Condition": lambda name: self._filled(self._conditions[name]),
            "Fn::Sub": lambda text: re.sub(r"\$\{([\w:]+)\}", lambda found: self._values[found[1]], text),
            "Fn::If": lambda parts: self._filled(parts[1 if self._filled(self._conditions[parts[0]]) else 2]),
            "Fn::Equals": lambda parts: self._filled(parts[0]) == self._filled(parts[1]),
            "Fn::Not": lambda parts: not self._filled(parts[0]),
            "Fn::And": lambda parts: all(self._filled(part) for part in parts),
            "Fn::Join": lambda parts: parts[0].join(self._filled(parts[1])),
        }
        role = self._filled(document["Resources"]["MemberRole"]["Properties"])
        self.name: str = role["RoleName"]
        self.trust: list[Document] = role["AssumeRolePolicyDocument"]["Statement"]
        self.rights: list[Document] = role["Policies"][0]["PolicyDocument"]["Statement"]

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [part for part in map(self._filled, value) if part is not _NOTHING]
        if not isinstance(value, dict):
            return value
        name = next(iter(value), "")
        if len(value) == 1 and name in self._functions:
            return self._functions[name](value[name])
        return {key: self._filled(part) for key, part in value.items()}

    def lets_in(self, role: str, session: str, external_id: str = "acme-locks", account: str = REAPER) -> bool:
        """Return whether a role of another account may make a session of this name."""
        arn = f"arn:aws:iam::{account}:role/{role}"
        keys = {"sts:externalid": external_id, "sts:rolesessionname": session, "aws:principalarn": arn}
        document = json.dumps({"Version": "2012-10-17", "Statement": self._for_the_evaluator(self.trust)})
        request = _request("sts:AssumeRole", f"arn:aws:iam::{MEMBER}:role/{self.name}", keys, account)
        return bool(iam_evaluator.evaluate_trust_policy(document, request.principal_arn, request))

    def judge(self, session: str, action: str, resource: str, **keys: str) -> Verdict:
        """Judge a request of a session of this role."""
        named = {name.replace("__", ":").replace("_", "-").lower(): value for name, value in keys.items()}
        request = _request(action, resource, {"aws:userid": f"AROAMEMBER:{session}", **named}, MEMBER)
        policy = iam_evaluator.parse_policy_document(json.dumps({"Statement": self.rights}))
        decision = iam_evaluator.evaluate(request, [policy]).decision
        return Verdict(allowed=decision == "Allow", denied=decision == "Deny")

    @staticmethod
    def _for_the_evaluator(statements: list[Document]) -> list[Document]:
        """Rename a key of which the evaluator has another value than AWS, the session's ARN."""
        renamed = json.dumps(statements).replace('"aws:PrincipalArn"', '"test:PrincipalArn"')
        loaded: list[Document] = json.loads(renamed)
        return loaded


def _request(action: str, resource: str, keys: Mapping[str, Any], account: str) -> Any:
    arn = keys.get("aws:principalarn", "role/tflock-reaper-member")
    return iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{arn.rpartition('/')[2]}/session",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region="eu-central-1",
        service_context={**keys, "test:principalarn": keys.get("aws:principalarn")},
    )
