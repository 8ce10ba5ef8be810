"""Test what the reaper knows of AWS's partitions, against what botocore knows."""

import json
from fnmatch import fnmatch
from pathlib import Path

import botocore
import pytest

from chalicelib.core.partitions import DUAL_STACK_END, HOSTS_END, through

KNOWN = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())["partitions"]
PARTITIONS = {
    "aws": "eu-central-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-cn": "cn-north-1",
    "aws-eusc": "eusc-de-east-1",
}


def test_the_ends_of_host_names_are_botocores() -> None:
    assert {one["id"]: (one["outputs"]["dnsSuffix"],) for one in KNOWN} == HOSTS_END
    assert {one["id"]: one["outputs"]["dualStackDnsSuffix"] for one in KNOWN} == DUAL_STACK_END


@pytest.mark.parametrize(("partition", "region"), PARTITIONS.items())
def test_a_key_is_used_through_a_service_however_its_name_ends(partition: str, region: str) -> None:
    pattern = through("s3")
    for end in {"amazonaws.com", *HOSTS_END[partition]}:
        assert fnmatch(f"s3.{region}.{end}", pattern)
        assert not fnmatch(f"secretsmanager.{region}.{end}", pattern)
