"""Where Terraform manages a bucket's notifications: the real Terraform with the real AWS provider, and ``connect``.

About 30 seconds each. They prove what the provider makes of our notification and that our HCL is right to the letter;
they prove nothing of S3's own answers, which are the local cloud's.
"""

import json
import shutil
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
from demo.waiting import wait_for
from deploy.commands import ROOT
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


WIRED = f"""
module "wire_bucket" {{
  source     = "./reaper/modules/wire-bucket"
  bucket     = "{BUCKET}"
  way        = "%s"
  reaper_arn = "%s"

  queues = [{{
    queue_arn     = "%s"
    events        = ["s3:ObjectCreated:Put"]
    filter_prefix = "images/"
  }}]
}}

moved {{
  from = aws_s3_bucket_notification.acme_tfstate
  to   = module.wire_bucket.aws_s3_bucket_notification.bucket
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
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": ["s3.amazonaws.com", "events.amazonaws.com"]},
        "Action": "sqs:SendMessage",
    }
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


def test_the_module_takes_a_resource_over_and_neither_fights_it_nor_changes_what_the_bucket_told(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    module = RootModule(tmp_path / "module", cloud)
    shutil.copytree(ROOT / "terraform", tmp_path / "module" / "reaper")
    module.write(f'resource "aws_s3_bucket_notification" "acme_tfstate" {{{THEIRS}}}\n')
    module.init()
    module.must("apply", "-auto-approve")
    before = _configuration(cloud)["QueueConfigurations"]

    module.write(WIRED % ("notification", LOCKS, IMAGES))
    module.init()
    module.must("plan", "-out=plan")
    assert [change["actions"] for change in module.planned("plan").values()] == [["update"]]
    module.must("apply", "plan")
    assert _told(cloud) == [IMAGES, LOCKS]
    assert run("connect", BUCKET, "--queue", LOCKS, "--dry-run").exit_code == 0

    module.write(WIRED % ("eventbridge", LOCKS, IMAGES))
    module.must("apply", "-auto-approve")
    after = _configuration(cloud)
    assert "EventBridgeConfiguration" in after
    assert after["QueueConfigurations"] == before
    assert module.run("plan", "-detailed-exitcode").returncode == NO_CHANGE
    cloud.client("s3").put_object(Bucket=BUCKET, Key="a/b.tfstate.tflock", Body=b"{}")
    cloud.client("s3").put_object(Bucket=BUCKET, Key="a/b.tfstate", Body=b"{}")
    assert wait_for("the rule sends", lambda: _keys(cloud)) == ["a/b.tfstate.tflock"]


def _configuration(cloud: LocalCloud) -> dict[str, Any]:
    answer: dict[str, Any] = cloud.client("s3").get_bucket_notification_configuration(Bucket=BUCKET)
    return answer


def _keys(cloud: LocalCloud) -> list[str]:
    """The keys of the events in the reaper's queue that EventBridge has sent."""
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=LOCKS.rsplit(":", maxsplit=1)[-1])["QueueUrl"]
    told = [
        json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    ]
    return [one["detail"]["object"]["key"] for one in told if "detail" in one]
