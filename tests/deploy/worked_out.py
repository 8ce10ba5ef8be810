"""Work out a CloudFormation template as AWS does: parameters, conditions, and the pseudo parameters of a partition."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from chalicelib.core.partitions import HOSTS_END
from tests.core.test_partitions import PARTITIONS
from tests.deploy.stack_files import Document

NOTHING = object()
_NAMED_BY = ("QueueName", "TableName", "LogGroupName", "RoleName", "TopicName", "Name", "FunctionName")
_ARNS = {
    "AWS::SQS::Queue": "sqs:{here}:{name}",
    "AWS::SNS::Topic": "sns:{here}:{name}",
    "AWS::DynamoDB::Table": "dynamodb:{here}:table/{name}",
    "AWS::Logs::LogGroup": "logs:{here}:log-group:{name}:*",
    "AWS::Events::Rule": "events:{here}:rule/{name}",
    "AWS::Events::EventBus": "events:{here}:event-bus/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::Serverless::Function": "lambda:{here}:function:{name}",
}


class Where(NamedTuple):
    """A place in which a stack is made."""

    partition: str = "aws"
    account: str = "111122223333"

    @property
    def region(self) -> str:
        """Return a region of the partition."""
        return PARTITIONS[self.partition]

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something of this region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def pseudo(self) -> dict[str, Any]:
        """Return CloudFormation's pseudo parameters."""
        return {
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::AccountId": self.account,
            "AWS::URLSuffix": HOSTS_END[self.partition][0],
            "AWS::StackName": "tflock-reaper-prod",
            "AWS::NoValue": NOTHING,
        }


class WorkedOut:
    """What a template makes with these parameters; those that are left out have their defaults."""

    def __init__(self, document: Document, where: Where, given: Mapping[str, str]) -> None:
        self.where = where
        self._document = document
        declared: Mapping[str, Document] = document.get("Parameters", {})
        values = {name: given.get(name, settings.get("Default", "")) for name, settings in declared.items()}
        lists = {name for name, settings in declared.items() if settings["Type"] == "CommaDelimitedList"}
        self._values = where.pseudo() | {n: str(v).split(",") if n in lists else str(v) for n, v in values.items()}
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.holds,
            "Fn::GetAtt": lambda name: self._attribute(*(name.split(".", 1) if isinstance(name, str) else name)),
            "Fn::Sub": lambda given: self._sub(*([given, {}] if isinstance(given, str) else given)),
            "Fn::If": lambda parts: self.of(parts[1 if self.holds(parts[0]) else 2]),
            "Fn::Join": lambda parts: parts[0].join(self.of(parts[1])),
            "Fn::Split": lambda parts: self.of(parts[1]).split(parts[0]),
            "Fn::Equals": lambda parts: self.of(parts[0]) == self.of(parts[1]),
            "Fn::Not": lambda parts: not self.of(parts[0]),
            "Fn::And": lambda parts: all(map(self.of, parts)),
            "Fn::Or": lambda parts: any(map(self.of, parts)),
            "Fn::FindInMap": lambda keys: self._found(*map(self.of, keys)),
        }

    def holds(self, condition: str) -> bool:
        """Return whether a condition of the template is met."""
        return bool(self.of(self._document["Conditions"][condition]))

    def resources(self, kind: str = "") -> Iterator[tuple[str, Document]]:
        """Yield the logical ID and the properties of each resource that is made."""
        for name, one in self._document["Resources"].items():
            is_made = "Condition" not in one or self.holds(one["Condition"])
            if is_made and (not kind or one["Type"] == kind):
                yield name, self.of(one.get("Properties", {}))

    def outputs(self) -> dict[str, Any]:
        """Return the outputs."""
        return {name: self.of(one["Value"]) for name, one in self._document["Outputs"].items()}

    def arn(self, name: str) -> str:
        """Return the ARN of a resource."""
        pattern = _ARNS.get(self._document["Resources"][name]["Type"], "any:{here}:{name}")
        here = f"{self.where.region}:{self.where.account}"
        return f"arn:{self.where.partition}:" + pattern.format(
            here=here, account=self.where.account, name=self.name(name)
        )

    def name(self, name: str) -> str:
        """Return the name of a resource: that of the template, or one as CloudFormation makes it."""
        properties = self._document["Resources"][name].get("Properties", {})
        given = next((properties[key] for key in _NAMED_BY if key in properties), None)
        return str(self.of(given)) if given else f"tflock-reaper-prod-{name}-1ABCDEFGHIJKL"

    def of(self, value: Any) -> Any:
        """Return a part of the template worked out."""
        if isinstance(value, list):
            return [part for part in map(self.of, value) if part is not NOTHING]
        if not isinstance(value, dict):
            return value
        name = next(iter(value), "")
        if len(value) == 1 and name in self._functions:
            return self._functions[name](value[name])
        parts = {key: self.of(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part is not NOTHING}

    def _ref(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        if self._document["Resources"][name]["Type"] == "AWS::SQS::Queue":
            hosts_end = HOSTS_END[self.where.partition][0]
            return f"https://sqs.{self.where.region}.{hosts_end}/{self.where.account}/{self.name(name)}"
        return self.name(name)

    def _attribute(self, name: str, attribute: str) -> str:
        if attribute == "Arn":
            return self.arn(name)
        return self.name(name) if attribute == "QueueName" else f"{attribute}-of-{name}"

    def _sub(self, text: str, values: Mapping[str, Any]) -> str:
        known = {name: self.of(value) for name, value in values.items()}
        return re.sub(
            r"\$\{([\w:.]+)\}", lambda found: str(known[found[1]] if found[1] in known else self._named(found[1])), text
        )

    def _named(self, name: str) -> Any:
        return self._attribute(*name.split(".", 1)) if "." in name else self._ref(name)

    def _found(self, mapping: str, first: str, second: str) -> Any:
        return self._document["Mappings"][mapping][first][second]
