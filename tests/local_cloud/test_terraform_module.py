"""The Terraform module, applied by the real Terraform with the real AWS provider: about 80 seconds, most of them waits.

The provider waits ten seconds for each change of a stack. What is AWS's own of it all is the local cloud's here.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chalicelib.config.file import load
from chalicelib.stack.installation import installation
from chalicelib.stack.parameters import Home
from demo.deployed import STAGE, Decided, DeployedReaper
from demo.local_cloud import ACCOUNT, REGION
from deploy import slack_secrets
from deploy.commands import ROOT
from deploy.module_artifacts import gather
from deploy.package.build import build
from tests.builders import sample
from tests.local_cloud.root_module import NO_CHANGE, RootModule
from tests.tflocks.account import run
from tflocks.commands.slack_manifest.filling import Installation as SlackInstallation
from tflocks.commands.slack_manifest.filling import filled
from tflocks.commands.slack_manifest.filling import template as slack_template

BUCKET = "acme-tfstate"
LONGEST_LINE = 500
CHOSEN = {"SettleSeconds": "10", "EventBatchingSeconds": "1", "SweepsAtOnce": "5"}
MAIN = f"""
module "tflock_reaper" {{
  source                 = "{ROOT}/terraform"
  config                 = file("${{path.module}}/reaper.toml")
  stage                  = "{STAGE}"
  artifacts              = "${{path.module}}/artifacts"
  settle_seconds         = 10
  event_batching_seconds = 1
  parameters             = {{ SweepsAtOnce = "5" }}
  tags                   = {{ team = "platform" }}
}}

module "wire_bucket" {{
  source     = "{ROOT}/terraform/modules/wire-bucket"
  bucket     = "{BUCKET}"
  reaper_arn = module.tflock_reaper.lock_events_queue_arn
  prefixes   = ["env:/", "it's (a) test!*/", "team one/"]

  queues = [{{
    queue_arn     = "arn:aws:sqs:{REGION}:{ACCOUNT}:images"
    events        = ["s3:ObjectCreated:Put"]
    filter_prefix = "images/"
  }}]
}}

output "reaper" {{ value = module.tflock_reaper }}
"""


class Installed(NamedTuple):
    """A reaper by the module, in its cloud."""

    reaper: DeployedReaper
    module: RootModule
    config: Path

    def decide(self, more: str = "") -> None:
        """Write ``reaper.toml``."""
        toml = Decided((BUCKET,)).toml(self.reaper.slack.api_url)
        self.config.write_text(toml + more)

    def parameters(self) -> dict[str, str]:
        """The stack's."""
        [stack] = self.reaper.cloud.client("cloudformation").describe_stacks(StackName=f"tflock-reaper-{STAGE}")[
            "Stacks"
        ]
        return {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    with DeployedReaper(tmp_path / "cloud", Decided((BUCKET,))) as reaper:
        for name, value in reaper.cloud.environment.items():
            monkeypatch.setenv(name, value)
        module = RootModule(tmp_path / "module", reaper.cloud)
        gather(build(reaper.cloud.target), tmp_path / "module" / "artifacts")
        secrets = {
            "slack-bot-token": reaper.workspace.bot_token,
            "slack-signing-secret": reaper.workspace.signing_secret,
        }
        for secret, value in secrets.items():
            slack_secrets.put(reaper.cloud.client("ssm"), STAGE, secret, value)
        reaper.cloud.client("s3").create_bucket(Bucket=BUCKET)
        reaper.cloud.client("sqs").create_queue(QueueName="images", Attributes={"Policy": json.dumps(_anybody())})
        yield Installed(reaper, module, tmp_path / "module" / "reaper.toml")


def _anybody() -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}]}


def test_the_module_is_applied_its_next_plan_is_empty_a_change_is_checked_and_shown_and_all_of_it_is_destroyed(
    installed: Installed,
) -> None:
    reaper, module, cloud = installed.reaper, installed.module, installed.reaper.cloud
    module.write(MAIN)
    installed.decide()
    module.init()
    module.must("apply", "-auto-approve")
    shown = json.loads(module.must("output", "-json", "reaper"))
    reaper.outputs = shown["stack_outputs"]

    # Both ways give the stack the same.
    by_make = installation(load(installed.config), STAGE, Home(region=REGION, account=ACCOUNT), CHOSEN).parameters
    assert {name: value for name, value in installed.parameters().items() if name in by_make} == by_make
    assert shown["lock_events_queue_arn"] == reaper.outputs["LockEventsQueueArn"]
    assert shown["lock_event_bus_arn"] == reaper.outputs["LockEventBusArn"]
    assert shown["log_group_name"] == reaper.outputs["LogGroupName"]
    urls = {"actions": shown["slack_actions_url"], "commands": shown["slack_commands_url"]}
    assert shown["slack_manifest"] == filled(slack_template(), SlackInstallation(**urls))
    assert (shown["version"], shown["commit"]) == (reaper.outputs["Version"], reaper.outputs["Commit"])

    # It is a reaper, and the bucket tells it as `tflocks connect` would have it.
    reaper.put_lock(BUCKET, "env:/prod/network.tfstate", sample("s3-apply-default"))
    reaper.alert_of(BUCKET, "env:/prod/network.tfstate")
    prefixes = ("--prefix", "env:/", "--prefix", "it's (a) test!*/", "--prefix", "team one/")
    connected = run("connect", BUCKET, "--queue", reaper.outputs["LockEventsQueueArn"], *prefixes, "--dry-run")
    assert connected.exit_code == 0, connected.output
    assert module.run("plan", "-detailed-exitcode").returncode == NO_CHANGE

    # Mistakes end a plan, all at once.
    installed.decide('[[targets]]\nbucket = "acme_Tfstate"\n[[targets]]\nbuckt = "acme-tfstate"\n')
    refused = module.run("plan", "-refresh=false")
    assert refused.returncode == 1
    for said in ("reaper.toml has mistakes, and the reaper was not changed:", "acme_Tfstate", "buckt"):
        assert said in refused.stderr

    # A change of reaper.toml is one of the layer and of what follows from it, and nothing wired to the reaper moves.
    # The plan shows the lines that change, and not the layer's base64.
    installed.decide('[[targets]]\nbucket = "acme-other"\n')
    read = module.must("plan", "-refresh=false", "-out=plan")
    assert '+ bucket = "acme-other"' in read
    assert max(map(len, read.splitlines())) < LONGEST_LINE
    changes = module.planned("plan")
    assert {address: change["actions"] for address, change in changes.items()} == {
        "module.tflock_reaper.aws_s3_object.rules": ["create", "delete"],
        "module.tflock_reaper.aws_cloudformation_stack.reaper": ["update"],
        "module.tflock_reaper.terraform_data.reaper_toml": ["delete", "create"],
    }
    change = changes["module.tflock_reaper.aws_cloudformation_stack.reaper"]
    before, after = change["before"]["parameters"], change["after"]["parameters"]
    assert {name for name in before if before[name] != after.get(name)} == {"LockObjectArns", "StateBucketArns"} | (
        {"RulesKey"}
    )
    module.must("apply", "plan")
    assert "arn:aws:s3:::acme-other" in installed.parameters()["StateBucketArns"]

    # Mistakes do not stand in the way of a destruction.
    installed.decide("[nonsense]")
    module.must("destroy", "-auto-approve")
    assert [group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]] == [
        reaper.outputs["LogGroupName"]
    ]
    assert [one["Name"] for one in cloud.client("s3").list_buckets()["Buckets"]] == [BUCKET]
    assert cloud.client("iam").list_roles()["Roles"] == []
    assert cloud.client("lambda").list_functions()["Functions"] == []
