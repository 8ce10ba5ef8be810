"""Test the size of each role's policies, as IAM counts, for the largest configuration that `make deploy` takes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.config.file import ConfigError, load
from chalicelib.stack.parameters import Home, overrides
from deploy.commands import ROOT
from deploy.lint_stack.files import by_chalice
from deploy.package.template import stack_template
from tests.deploy.stack_files import Document, functions, resources, statements

pytestmark = pytest.mark.thorough

STAGE, PARTITION = "s" * 20, "aws-us-gov"
HOME = Home(PARTITION, "ap-southeast-1", "123456789012")
ELSE = {"AWS::Partition": PARTITION, "AWS::Region": "ap-southeast-1", "AWS::AccountId": "123456789012"}
GENERATED = "0123456789ABC"
"""What CloudFormation adds to a name that it makes."""
KEY = f"arn:{PARTITION}:kms:ap-southeast-1:123456789012:key/mrk-1234567890abcdef1234567890abcdef"
INLINE_POLICY = 10_240
RULES = {
    "DecryptKeyArns": KEY,
    "VpcSubnetIds": "subnet-0a1b2c3d",
    "QueueKmsKeyArn": KEY,
    "TableKmsKeyArn": KEY,
    "EnvironmentKmsKeyArn": KEY,
    "Tracing": "Active",
}


def _filled(value: Any, values: dict[str, str]) -> Any:
    """Return a policy as IAM gets it."""
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if not isinstance(value, dict):
        return value
    return _FUNCTIONS[next(iter(value))](value, values) if set(value) & set(_FUNCTIONS) else _inside(value, values)


def _inside(value: Document, values: dict[str, str]) -> Document:
    return {name: _filled(part, values) for name, part in value.items()}


def _arn(name: str) -> str:
    """Return an ARN that is as long as the longest of the queues', the table's and the log group's."""
    return f"arn:{PARTITION}:logs:ap-southeast-1:123456789012:log-group:tflock-reaper-{STAGE}-{name}-{GENERATED}"


def _text(value: Document, values: dict[str, str]) -> str:
    known = ELSE | values
    return re.sub(r"\$\{([\w:.]+)\}", lambda m: known.get(m[1]) or _arn(m[1].split(".")[0]), value["Fn::Sub"])


_FUNCTIONS: dict[str, Any] = {
    "Ref": lambda value, values: (ELSE | values)[value["Ref"]].split(","),
    "Fn::GetAtt": lambda value, _values: _arn(value["Fn::GetAtt"][0]),
    "Fn::Sub": _text,
    "Fn::If": lambda value, values: _filled(value["Fn::If"][1], values),
}


def _policies(function: str) -> list[Document]:
    """Return the function's own policy, and the policies of the stack that its role has."""
    role = {"Ref": f"{function.title().replace('_', '')}Role"}
    beside = [r["Properties"] for r in resources()["Resources"].values() if r.get("Type") == "AWS::IAM::Policy"]
    shared: list[Document] = [policy["PolicyDocument"] for policy in beside if role in policy["Roles"]]
    return [{"Version": "2012-10-17", "Statement": statements(function)}, *shared]


def _of_rules(function: str) -> list[Document]:
    """Return the policies that an organisation's rules add to a function's role."""
    role = stack_template(by_chalice())["Resources"][f"{function.title().replace('_', '')}Role"]["Properties"]
    return [policy["Fn::If"][1]["PolicyDocument"] for policy in role["Policies"] if "Fn::If" in policy]


def _target(kind: str, name: str, number: int) -> str:
    if kind == "account":
        return f'\n[[targets]]\nbucket = "{name}in-{number:03}"\naccount = "{number:012}"\n'
    return f'\n[[targets]]\n{kind} = "{name}{number:03}"\n'


def _is_named(values: dict[str, str]) -> bool:
    """Return whether everything is named one by one, and nothing by a pattern."""
    return values["OnlyOwnBuckets"] == "no" and "::*:" not in values["MemberRoleArns"]


def _largest(
    folder: Path, given: dict[str, str], name: str, kinds: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the parameters for as many containers of these kinds as can be named, and for as many as are taken.

    With nothing but patterns any number is taken.
    """
    head = (ROOT / "reaper.example.toml").read_text().split("[[targets]]")[0]
    values: dict[str, str] = {}
    named: dict[str, str] = {}
    for most in range(1, 100):
        file = folder / "reaper.toml"
        targets = "".join(_target(kind, name, number) for number in range(most) for kind in kinds)
        file.write_text(f'{head}[accounts]\nexternal_id = "x-y"\n{targets}')
        try:
            values = overrides(load(file), STAGE[:16] if "account" in kinds else STAGE, HOME, given)
        except ConfigError:
            break
        named = values if _is_named(values) else named
    return named, values


def _sizes(values: dict[str, str]) -> dict[str, int]:
    return {function: sum(_size(policy, values) for policy in _policies(function)) for function in functions()}


def _size(policy: Document, values: dict[str, str]) -> int:
    return len(json.dumps(_filled(policy, values), separators=(",", ":")))


@pytest.mark.parametrize("kinds", [("bucket",), ("table",), ("bucket", "table"), ("bucket", "account")], ids="-".join)
@pytest.mark.parametrize("keys", [1, 12])
@pytest.mark.parametrize("name", ["acme-tfstate-", "a-very-long-name-of-a-bucket-for-the-states-of-one-team-"])
def test_what_make_deploy_takes_iam_takes_too(tmp_path: Path, keys: int, name: str, kinds: tuple[str, ...]) -> None:
    named, largest = _largest(tmp_path, {"DecryptKeyArns": ",".join([KEY] * keys)}, name, kinds)
    for values in (named, largest):
        assert {function: size for function, size in _sizes(values).items() if size > INLINE_POLICY} == {}
    sizes = _sizes(named)
    assert max(sizes.values()) > INLINE_POLICY - 1500  # nor are many named by a pattern that would fit
    assert {"answer_click", "release_lock"} >= set(sorted(sizes, key=lambda function: sizes[function])[-2:])


@pytest.mark.parametrize("kinds", [("bucket",), ("bucket", "table")], ids="-".join)
def test_what_make_deploy_takes_under_an_organisation_s_rules_iam_takes_too(
    tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    named, largest = _largest(tmp_path, RULES, "acme-tfstate-", kinds)
    for values in (named, largest):
        sizes = {
            function: size + sum(_size(policy, values) for policy in _of_rules(function))
            for function, size in _sizes(values).items()
        }
        assert {function: size for function, size in sizes.items() if size > INLINE_POLICY} == {}
    assert len(named["LockObjectArns"]) >= len(largest["LockObjectArns"])
