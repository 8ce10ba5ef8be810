from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws_fixtures import create_bucket, moto
from tests.tflocks.lock_bucket import BUCKET


@pytest.fixture
def s3() -> Iterator[Any]:
    with moto("s3") as client:
        create_bucket(client, BUCKET, versioned=True)
        yield client
