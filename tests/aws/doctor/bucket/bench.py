"""A healthy bucket in moto, and the doctor's looks at it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from chalicelib.aws.doctor.bucket.looks import bucket_looks
from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination
from tests.aws_fixtures import REGION
from tests.faults import Ground
from tests.faults.bucket import make_well

BUCKET, ACCOUNT = "acme-tfstate", "123456789012"
_SESSION = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION)
READERS = ("SweepTarget", "WatchLocks", "RecordLockEvent", "ReleaseLock", "AnswerClick")


def a_reaper(**parameters: str) -> Parts:
    return Parts(
        stack="tflock-reaper-prod",
        stage="prod",
        account=ACCOUNT,
        region=REGION,
        partition="aws",
        outputs={},
        parameters={"Stage": "prod", "DecryptKeyArns": ""} | parameters,
        roles={name: f"tflock-reaper-prod-{name}Role-1A2B" for name in READERS},
        functions={name: f"tflock-reaper-prod-{name}" for name in READERS},
    )


def clients() -> Callable[[str, str], Any]:
    made: dict[tuple[str, str], Any] = {}

    def client(service: Any, region: str) -> Any:
        if (service, region) not in made:
            made[service, region] = _SESSION.client(service, region_name=region or REGION)
        return made[service, region]

    return client


@contextmanager
def a_healthy_bucket() -> Iterator[Ground]:
    with mock_aws():
        client = clients()
        s3 = client("s3", "")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        make_well(s3, BUCKET, "acme-access-logs")
        yield Ground(lambda service: client(service, ""), BUCKET, "locks", a_reaper())


def looked(
    ground: Ground, prefixes: tuple[str, ...] = (), parts: Parts | None = None, client: Any = None
) -> dict[str, list[Finding]]:
    """The findings of all looks, by check."""
    reach = Reach(client or (lambda service, _: ground.client(service)), ACCOUNT, REGION)
    looks = bucket_looks(ground.bucket, prefixes, reach, parts or ground.parts)
    found = examine([Examination(f"bucket {ground.bucket}", looks)], lambda _: True, lambda _: None)
    return {check: [one for one in found if one.check == check] for check in looks}
