"""A wired bucket, a lock table and the deployed reaper, all well; and the doctor that looks at them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from demo.deployed import STAGE, DeployedReaper
from demo.lock_table import LockTable
from tests.faults import Fault, Ground
from tests.faults.bucket import make_well
from tests.faults.reaper import heal
from tests.local_cloud.as_it_was import AsItWas, Mappings, map_like
from tests.local_cloud.conftest import DOCTORED
from tests.pasting import paste
from tflocks.live.aws import Aws
from tflocks.live.doctor.looks import Doctor
from tflocks.live.doctor.reaching import reached
from tflocks.live.doctor.setup import Setup, setup_of
from tflocks.live.reaper import find_reaper
from tflocks.sources.clients import session_of

TABLE = "doctored-locks"


class LocalAws(Aws):
    """An operator's clients of the local cloud, which lacks S3's requests about an account."""

    def client(self, service: str, region: str = "", patience: Config | None = None) -> Any:
        if service == "s3control":
            return _NoBlockOfTheAccount()
        return super().client(service, region, patience) if patience else super().client(service, region)


class _NoBlockOfTheAccount:
    """Answers as S3 does for an account without a public access block: docs.aws.amazon.com/AmazonS3/latest/API/
    API_control_GetPublicAccessBlock.html, Errors."""

    def get_public_access_block(self, **_: Any) -> Any:
        code = "NoSuchPublicAccessBlockConfiguration"
        raise ClientError({"Error": {"Code": code, "Message": "not found"}}, "GetPublicAccessBlock")


@dataclass(frozen=True)
class Ward:
    """What is made ill, and its doctor."""

    ground: Ground
    aws: Aws
    targets: tuple[Target, ...]
    setup: Setup
    before: AsItWas

    def looked_at(self, wanted: Callable[[str], bool]) -> list[Finding]:
        """What the doctor finds now: it reads everything again."""
        doctor = Doctor(self.aws, self.aws, self.setup, self.setup.config, datetime.now(UTC))
        return doctor.look_at(reached(self.aws, self.targets), wanted, lambda _done, _of: None, itself=True)

    def found(self, fault: Fault) -> Finding:
        """What the check of a fault finds, where it is not green; else its first finding."""
        findings = self.looked_at(lambda check: check == fault.check)
        assert findings, f"nobody looked: {fault.check}"
        return next((one for one in findings if one.colour is not Colour.GREEN), findings[0])

    def mend(self, fault: Fault, found: Finding) -> None:
        """Do what the doctor says."""
        assert found.fix
        if fault.mend:
            fault.mend(self.ground)
        else:
            paste(found.fix.cli)


@contextmanager
def a_ward(reaper: DeployedReaper, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    """The operator's environment is the local cloud's while it lasts."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in reaper.cloud.environment.items():
        if name.startswith("AWS_") or name.lower() == "no_proxy":
            monkeypatch.setenv(name, value)
    aws = LocalAws(session_of(None, None))
    setup = setup_of(find_reaper(aws, f"tflock-reaper-{STAGE}"), aws)
    assert setup.parts
    stream = LockTable(reaper.cloud, TABLE).create()
    ground = Ground(reaper.cloud.client, DOCTORED, TABLE, setup.parts)
    heal(ground)
    make_well(reaper.cloud.client("s3"), DOCTORED, f"{DOCTORED}-logs")
    without = AsItWas(ground)
    _map(ground, without.mappings, stream)
    targets = Target(Kind.S3, DOCTORED), Target(Kind.DYNAMODB, TABLE, stream=stream)
    yield Ward(ground, aws, targets, setup, AsItWas(ground))
    without.restore(roles=False)
    reaper.cloud.client("s3").delete_bucket_encryption(Bucket=DOCTORED)  # by the key of a fault


def _map(ground: Ground, mappings: Mappings, stream: str) -> None:
    """Make the mapping that the stack makes for each lock table that ``reaper.toml`` names."""
    function = ground.parts.functions["TableChanged"]
    like = next(mapping for (of, _), mapping in mappings.items() if of == function)
    map_like(ground, like, function, stream)
