"""A bucket with locks in it, in memory, and clients that S3 refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.stub import Stubber

from tests.builders import sample
from tests.tflocks.story import PATH

BUCKET, _, STATE = PATH.partition("/")
KEY = f"{STATE}.tflock"


def put(s3: Any, name: str = "s3-apply-default", key: str = KEY) -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=sample(name))


def delete(s3: Any, key: str = KEY) -> None:
    s3.delete_object(Bucket=BUCKET, Key=key)


@contextmanager
def denied(operation: str, code: str = "AccessDenied", message: str = "no") -> Iterator[Any]:
    client = boto3.client("s3", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        stubber.add_client_error(operation, code, message, http_status_code=403)
        yield client
