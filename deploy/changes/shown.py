"""Put a change set into words: which resources, which of them are replaced, which parameters."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Change = Mapping[str, Any]
"""``ResourceChange`` of https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html."""

_LOST = {
    "AWS::DynamoDB::Table": "the lock book: all open alerts are forgotten and told again",
    "AWS::SQS::Queue": "the messages in the queue, and its URL: buckets that send events to it must be connected again",
    "AWS::Logs::LogGroup": "the journal, unless the old log group is kept",
    "AWS::ApiGateway::RestApi": "Slack's request URLs: the new ones must be put into the Slack app",
    "AWS::SNS::Topic": "who listens to the topic",
}
"""What goes with a resource, where it is more than a piece that CloudFormation makes again."""
_ALWAYS_NEW = {
    "AWS::ApiGateway::Deployment",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::Serverless::LayerVersion",
}
"""Replaced at every change of theirs, and nothing goes with them: as loud as the others they would hide those."""
_ORDER = ("REPLACE", "maybe REPLACE", "remove", "modify", "make anew", "add", "import")
_WIDTH = max(map(len, _ORDER))
_LONGEST = 100


class Changes(NamedTuple):
    """What a change set would do."""

    resources: list[Change]
    before: Mapping[str, str]
    """The stack's parameters now; empty for a stack that is not there yet."""
    after: Mapping[str, str]


def shown(stack: str, changes: Changes) -> str:
    """Return the lines to read before a deployment, the most dangerous first."""
    resources = sorted(changes.resources, key=lambda one: (_rank(one), one["LogicalResourceId"]))
    replaced = [one["LogicalResourceId"] for one in resources if _rank(one) < _ORDER.index("remove")]
    lines = [f"{stack} would change:", *map(_resource, resources), *_parameters(changes)]
    if replaced:
        lines.append(f"LOOK AGAIN: replaced, or maybe replaced: {', '.join(replaced)}")
    return "\n".join(lines) + "\n"


def _rank(change: Change) -> int:
    verb = _verb(change)
    return _ORDER.index(verb) if verb in _ORDER else len(_ORDER)


def _verb(change: Change) -> str:
    action = str(change["Action"]).lower()
    if action != "modify":
        return action
    verb = {"True": "REPLACE", "Conditional": "maybe REPLACE"}.get(str(change.get("Replacement")), action)
    return "make anew" if verb != action and change["ResourceType"] in _ALWAYS_NEW else verb


def _resource(change: Change) -> str:
    verb, kind = _verb(change), change["ResourceType"]
    what = ", ".join(_changed(change))
    line = f"  {verb:{_WIDTH}}  {change['LogicalResourceId']} ({kind}){': ' if what else ''}{what}"
    lost = _LOST.get(kind) if "REPLACE" in verb or verb == "remove" else None
    return f"{line}\n  {'':{_WIDTH}}  with it goes {lost}" if lost and _goes(change) else line


def _goes(change: Change) -> bool:
    """Return whether the old resource is deleted; ``PolicyAction`` follows from the template's DeletionPolicy."""
    return change.get("PolicyAction") not in {"Retain", "ReplaceAndRetain"}


def _changed(change: Change) -> Iterable[str]:
    """Return the names of the changed properties, each once."""
    targets = (detail.get("Target", {}) for detail in change.get("Details") or ())
    return dict.fromkeys(target.get("Name") or target.get("Attribute", "") for target in targets)


def _parameters(changes: Changes) -> list[str]:
    names = sorted(name for name, value in changes.after.items() if changes.before.get(name, "") != value)
    gone = sorted(changes.before.keys() - changes.after.keys())
    lines = [f"  {name}: {_old(changes, name)}{_short(changes.after[name])}" for name in names]
    lines += [f"  {name}: {_short(changes.before[name])} -> (no parameter any more)" for name in gone]
    return ["parameters:", *lines] if lines else []


def _old(changes: Changes, name: str) -> str:
    if not changes.before:
        return ""
    return f"{_short(changes.before[name]) if name in changes.before else '(not there before)'} -> "


def _short(value: str) -> str:
    """Return a value for one line: lists of ARNs may have 4,096 bytes."""
    value = value or "(empty)"
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}... ({len(value)} characters)"
