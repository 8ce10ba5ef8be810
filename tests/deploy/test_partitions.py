"""Test that what is shipped works in every partition of AWS: no file names a partition or a host by itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from chalicelib.core.partitions import HOSTS_END
from deploy.commands import ROOT
from deploy.package.contents.services import CALLED, EXAMINED
from tests.core.test_partitions import PARTITIONS
from tests.deploy.rights.judged_stack import EVERYTHING, built_template, stack_of
from tests.deploy.stack_files import resources, template

OF_A_PARTITION = re.compile(r"arn:aws[a-z-]*:|amazonaws|console\.aws|api\.aws|(us|eu|ap|cn|eusc)-[a-z-]+-[0-9]\b")
EXAMPLE = re.compile(r"\blike (arn:|[a-z]{2}-[a-z]+-[0-9])")
"""In an error's text."""
ELSEWHERE = {
    "chalicelib/core/partitions.py": "the one place that knows them",
    "deploy/package/chalice_app.py": "Chalice wants some region to make a template from, which has none in it",
}
ANY_PARTITION = re.compile(r"arn:aws\[a-z-\]\*:")
SERVICE = re.compile(r"[a-z0-9]+\.amazonaws\.com")
"""A service as a principal, which has this name in every partition (chalicelib/core/partitions.py)."""
THROUGH_KMS = re.compile(r"[a-z0-9]+\.(\*|\$\{AWS::Region\}|[a-z0-9-]+)\.amazonaws\.\*")
CONSOLES = {
    "aws": "aws.amazon.com",
    "aws-us-gov": "amazonaws-us-gov.com",
    "aws-cn": "amazonaws.cn",
    "aws-eusc": "amazonaws-eusc.eu",
}
"""github.com/aws/aws-cli, tests of ``awscli/customizations`` (aws-eusc); docs.aws.amazon.com, GovCloud and China."""


def _texts(path: Path) -> Iterator[str]:
    """Yield each text in a Python file that is no docstring."""
    tree = ast.parse(path.read_text())
    docs = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in docs:
            yield one.value


def _values(part: Any) -> Iterator[str]:
    """Yield each text in a template, but for descriptions, which have examples."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from () if name == "Description" else _values(value)
    elif isinstance(part, list):
        for value in part:
            yield from _values(value)
    elif isinstance(part, str):
        yield part


def test_the_code_names_a_partition_in_one_place() -> None:
    shipped = [
        ROOT / "app.py",
        *(p for room in ("chalicelib", "tflocks", "deploy") for p in (ROOT / room).rglob("*.py")),
    ]
    found = {
        str(path.relative_to(ROOT)): text
        for path in shipped
        for text in _texts(path)
        if OF_A_PARTITION.search(ANY_PARTITION.sub("", text)) and not EXAMPLE.search(text)
    }
    assert set(found) == set(ELSEWHERE), found


@pytest.mark.parametrize(
    "name",
    [
        ".chalice/resources.yaml",
        ".chalice/queries.yaml",
        *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "deploy").glob("*.yaml")),
    ],
)
def test_a_template_names_a_partition_only_as_aws_itself_does_everywhere(name: str) -> None:
    document = template((ROOT / name).read_text())
    document.get("Mappings", {}).pop("Partitions", None)
    found = {text for text in _values(document) if OF_A_PARTITION.search(text)}
    assert {text for text in found if not SERVICE.fullmatch(text) and not THROUGH_KMS.fullmatch(text)} == set()


def test_a_module_names_a_partition_only_as_aws_itself_does_everywhere() -> None:
    lines = [
        line
        for path in sorted((ROOT / "terraform").rglob("*.tf"))
        for line in path.read_text().splitlines()
        if not re.match(r"\s*(#|//|description\s*=|error_message\s*=)", line)
    ]
    found = {text for line in lines for text in re.findall(r'"([^"]*)"', line) if OF_A_PARTITION.search(text)}
    assert {text for text in found if not SERVICE.fullmatch(text) and not THROUGH_KMS.fullmatch(text)} == set()


def test_the_console_has_an_address_in_each_partition() -> None:
    assert set(resources()["Mappings"]["Partitions"]) == set(PARTITIONS)


@pytest.mark.parametrize(("partition", "region"), PARTITIONS.items())
def test_every_service_that_is_called_has_a_host_in_each_partition(partition: str, region: str) -> None:
    """The package keeps botocore's own descriptions of these services and of the partitions."""
    session = botocore.session.Session()
    for service in CALLED | EXAMINED:
        made = session.create_client(service, region, aws_access_key_id="a", aws_secret_access_key="b")
        assert made.meta.partition == partition
        assert made.meta.endpoint_url.endswith(tuple(f".{end}" for end in HOSTS_END[partition]))


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_built_template_names_nothing_of_another_partition(partition: str) -> None:
    """All of it, whoever wrote it: Chalice, ``resources.yaml``, or ``deploy/package``."""
    stack = stack_of(partition, EVERYTHING)
    outputs = stack.outputs()
    console = outputs.pop("DashboardUrl").removeprefix(f"https://{stack.where.region}.console.").split("/")[0]
    assert console == CONSOLES[partition]
    texts = set(_values([dict(stack.resources()), outputs, stack.of(built_template()["Globals"])]))
    assert {arn for text in texts for arn in re.findall(r"\barn:(aws[a-z-]*):", text)} == {partition}
    hosts = {text for text in texts if "amazonaws" in text and not SERVICE.fullmatch(text)}
    ours = tuple(f".{end}" for end in HOSTS_END[partition])
    assert {one for one in hosts if not THROUGH_KMS.fullmatch(one) and not any(end in one for end in ours)} == set()
