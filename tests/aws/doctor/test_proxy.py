"""What a proxy answers in the place of AWS is never taken for well: botocore reads it as an empty answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.reaper.looks import reaper_looks
from chalicelib.aws.doctor.subjects import Joined
from chalicelib.aws.doctor.wiring.reading import reaper_wiring
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.jobs.doctor.examine import taken
from chalicelib.ports.doctor import Look
from tests.aws.doctor.reaper.deployed import PARTS
from tests.builders import BUCKET, TABLE

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def behind(body: bytes) -> Reach:
    """A reach of which every request is answered by a proxy."""

    class Raw:
        def stream(self, **_: Any) -> list[bytes]:
            return [body]

    def answered(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, HTTPHeaders(), Raw())

    def client(service: str, region: str) -> Any:
        session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "none", region_name=region or PARTS.region)
        made: Any = session.client(service)  # type: ignore[call-overload]
        made.meta.events.register("before-send", answered)
        return made

    return Reach(client, PARTS.account, PARTS.region)


def at(kind: Kind, **target: Any) -> Callable[[Reach], dict[str, Look]]:
    named = Target(kind, BUCKET if kind is Kind.S3 else TABLE, **target)
    return lambda reach: dict(Joined(NOW, PARTS, reach).looks_at(named, reach))


LOOKS: dict[str, Callable[[Reach], dict[str, Look]]] = {
    "a bucket": at(Kind.S3),
    "a table": at(Kind.DYNAMODB, stream=f"arn:aws:dynamodb:eu-central-1:{PARTS.account}:table/{TABLE}/stream/2026"),
    "the reaper's wiring": lambda reach: dict(reaper_wiring(reach, PARTS)),
    "the reaper": lambda reach: dict(reaper_looks(PARTS, reach, None, None, NOW)),
}


@pytest.mark.parametrize("body", [b"", b"<html><body>Sign in</body></html>"])
@pytest.mark.parametrize("subject", LOOKS)
def test_no_look_is_green_behind_a_proxy_that_answers_in_the_place_of_aws(subject: str, body: bytes) -> None:
    found: list[Finding] = []
    for check, look in LOOKS[subject](behind(body)).items():
        found += taken(check, subject, look)
    assert found
    assert [one for one in found if one.colour is Colour.GREEN] == []
    assert [one for one in found if "a defect of the reaper" in one.seen] == []
