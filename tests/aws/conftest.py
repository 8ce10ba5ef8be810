"""A lock store whose client answers as a test arranged."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.aws.locks.s3 import S3LockStore


@pytest.fixture
def stubbed() -> Iterator[tuple[S3LockStore, Stubber]]:
    client = boto3.client("s3", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield S3LockStore(*[lambda *_: client] * 3), stubber
        stubber.assert_no_pending_responses()
