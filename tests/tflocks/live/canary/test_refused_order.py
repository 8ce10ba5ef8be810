"""Test what a canary says whose order the queue of releases refuses."""

from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest
from botocore.exceptions import ClientError

from tests.builders import CHANNEL, a_ref
from tests.core.doctor.wiring.cases import some_parts
from tflocks.live.aws import Aws
from tflocks.live.canary.eyes import DeployedEyes
from tflocks.live.canary.waiting import StepFailedError

NOW = datetime(2026, 11, 26, tzinfo=UTC)
OUTPUTS = {"ReleaseQueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/tflock-releases-prod", "LockBookTable": "book"}


class Refusing:
    """AWS, whose SQS takes no message."""

    def __init__(self, code: str) -> None:
        self._code = code

    def client(self, *_: Any) -> "Refusing":
        return self

    def table(self, _: str) -> None:
        return None

    def send_message(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": self._code, "Message": "no"}}, "SendMessage")


@pytest.mark.parametrize(("code", "hinted"), [("AccessDenied", True), ("ServiceUnavailable", False)])
def test_who_is_refused_by_the_queue_is_told_of_the_parameter_that_names_operators(code: str, hinted: bool) -> None:
    parts = msgspec.structs.replace(some_parts(), outputs=OUTPUTS)
    eyes = DeployedEyes(cast("Aws", Refusing(code)), parts, "run", NOW)
    with pytest.raises(StepFailedError) as failed:
        eyes.order(a_ref(), CHANNEL)
    assert ("OperatorArns" in str(failed.value)) is hinted
