"""Where Terraform manages a bucket's notifications: the real Terraform with the real AWS provider, and ``connect``.

About 30 seconds each. They prove what the provider makes of our notification and that our HCL is right to the letter;
they prove nothing of S3's own answers, which are the local cloud's.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.wiring import bucket_wiring
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.wiring.checks import TERRAFORM
from demo.local_cloud import ACCOUNT, REGION, LocalCloud
from tests.local_cloud.root_module import CHANGES, NO_CHANGE, RootModule
from tests.tflocks.account import run

BUCKET = "acme-tfstate"
IMAGES, LOCKS = (f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}" for queue in ("images", "tflock-events-prod"))
THEIRS = f"""
  bucket = "{BUCKET}"

  queue {{
    queue_arn     = "{IMAGES}"
    events        = ["s3:ObjectCreated:Put"]
    filter_prefix = "images/"
  }}
"""


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCloud]:
    with LocalCloud(tmp_path / "cloud") as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        for arn in (IMAGES, LOCKS):
            _queue(running, arn)
        running.client("s3").create_bucket(Bucket=BUCKET)
        yield running


def _queue(cloud: LocalCloud, arn: str) -> None:
    allowed = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [allowed | {"Resource": arn}]}
    cloud.client("sqs").create_queue(
        QueueName=arn.rsplit(":", maxsplit=1)[-1], Attributes={"Policy": json.dumps(policy)}
    )


def _told(cloud: LocalCloud) -> list[str]:
    answer: Any = cloud.client("s3").get_bucket_notification_configuration(Bucket=BUCKET)
    return [queue["QueueArn"] for queue in answer.get("QueueConfigurations", [])]


def test_the_next_plan_takes_ours_away_as_drift_and_is_empty_with_the_hcl_that_connect_prints(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    module = RootModule(tmp_path / "module", cloud)
    head = 'resource "aws_s3_bucket_notification" "acme_tfstate" {'
    module.write(f"{head}{THEIRS}}}\n")
    module.init()
    module.must("apply", "-auto-approve")

    connected = run("connect", BUCKET, "--queue", LOCKS)
    assert connected.exit_code == 0, connected.stderr
    assert "look managed by Terraform (tf-s3-queue-" in connected.stderr
    assert _told(cloud) == [IMAGES, LOCKS]
    drift = module.run("plan", "-detailed-exitcode")
    assert drift.returncode == CHANGES
    assert '- id            = "tflock-reaper" -> null' in drift.stdout

    module.write(run("connect", "--hcl", BUCKET, "--queue", LOCKS).stdout)
    assert module.run("plan", "-detailed-exitcode").returncode == NO_CHANGE

    blocks = connected.stderr.partition("kind:\n")[2]
    module.write(f"{head}{THEIRS}\n{blocks}}}\n")
    assert module.run("plan", "-detailed-exitcode").returncode == NO_CHANGE

    module.write(f"{head}{THEIRS}}}\n")
    module.must("apply", "-auto-approve")
    assert _told(cloud) == [IMAGES]


def test_the_doctor_finds_ours_beside_terraform_s_and_its_hcl_applied_makes_it_green(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    module = RootModule(tmp_path / "module", cloud)
    module.write(f'resource "aws_s3_bucket_notification" "acme_tfstate" {{{THEIRS}}}\n')
    module.init()
    module.must("apply", "-auto-approve")
    assert run("connect", BUCKET, "--queue", LOCKS).exit_code == 0

    found = _looked(cloud)
    assert found.colour is Colour.YELLOW
    assert found.fix
    module.write(found.fix.hcl)
    module.must("apply", "-auto-approve")
    assert _told(cloud) == [IMAGES, LOCKS]
    assert _looked(cloud).colour is Colour.GREEN
    assert module.run("plan", "-detailed-exitcode").returncode == NO_CHANGE


def _looked(cloud: LocalCloud) -> Finding:
    outputs = {"LockEventsQueueArn": LOCKS}
    parts = Parts(
        stack="tflock-reaper-prod",
        stage="prod",
        account=ACCOUNT,
        region=REGION,
        partition="aws",
        outputs=outputs,
        parameters={},
        roles={},
        functions={},
    )
    reach = Reach(lambda service, _region: cloud.client(service), ACCOUNT, REGION)
    [found] = bucket_wiring(BUCKET, (), reach, parts)[TERRAFORM.id]()
    return found
