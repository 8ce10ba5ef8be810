"""What the module makes of choices that the end-to-end test does not make, and what it refuses.

Terraform's own test runner, with the schema of the real provider and made-up answers.
"""

import json
import shutil
from pathlib import Path

import pytest

from deploy.commands import ROOT
from tests import needs
from tests.config.test_file import LEAST
from tests.deploy.terraform.console import run
from tests.deploy.terraform.tables import MODULE

ANSWER = {
    "errors": [],
    "remarks": ["a remark"],
    "rules_layer": "UEs=",
    "parameters": {"Stage": "prod", "RulesFormat": "1", "RulesKey": "tflock-reaper-prod/rules-0.zip"},
}
OUTPUTS = {
    name: name for name in ("FunctionName", "DashboardUrl", "SlackActionsUrl", "SlackCommandsUrl", "Version", "Commit")
}
PLANS = """
mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "cn-north-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_lambda_invocation" {
    defaults = { result = %(answer)s }
  }
  mock_resource "aws_cloudformation_stack" {
    defaults = { outputs = %(outputs)s }
  }
}

variables {
  config                   = %(config)s
  artifacts_bucket         = "acme-artifacts"
  permissions_boundary_arn = "arn:aws-cn:iam::111122223333:policy/boundary"
}

run "a_bucket_of_one_s_own_in_another_partition" {
  assert {
    condition     = length(aws_s3_bucket.artifacts) == 0
    error_message = "a bucket of its own"
  }
  assert {
    condition     = startswith(aws_cloudformation_stack.reaper.template_url, "https://s3.cn-north-1.amazonaws.com.cn/acme-artifacts/tflock-reaper-prod/template-")
    error_message = aws_cloudformation_stack.reaper.template_url
  }
  assert {
    condition = aws_cloudformation_stack.reaper.parameters == tomap({
      ArtifactsBucket = "acme-artifacts"
      CodeKey         = "tflock-reaper-prod/code-%(digest)s.zip"
      RulesFormat     = "1"
      RulesKey        = "tflock-reaper-prod/rules-0.zip"
      Stage           = "prod"
    })
    error_message = jsonencode(aws_cloudformation_stack.reaper.parameters)
  }
  assert {
    condition     = endswith(aws_cloudformation_stack.check_rules.parameters.PermissionsBoundaryArn, ":policy/boundary")
    error_message = "the boundary of the check's role"
  }
  assert {
    condition     = output.lock_events_queue_arn == "arn:aws-cn:sqs:cn-north-1:111122223333:tflock-events-prod"
    error_message = output.lock_events_queue_arn
  }
}

run "what_the_module_decides_is_refused" {
  command         = plan
  variables       { parameters = { RulesKey = "mine.zip" } }
  expect_failures = [data.aws_lambda_invocation.check]
}

run "what_the_template_does_not_have_is_refused" {
  command         = plan
  variables       { reserved_concurrency = { ReleaseLocks = 5 } }
  expect_failures = [data.aws_lambda_invocation.check]
}
"""


@pytest.mark.thorough
def test_a_bucket_of_one_s_own_another_partition_and_parameters_that_are_not_for_people(tmp_path: Path) -> None:
    mirror = needs.aws_provider()
    module = tmp_path / "module"
    shutil.copytree(MODULE, module, ignore=shutil.ignore_patterns("artifacts", "modules", ".terraform*"))
    artifacts = module / "artifacts"
    artifacts.mkdir()
    (artifacts / "code.zip").write_bytes(b"")
    (artifacts / "template.yaml").write_text(json.dumps({"Parameters": {"ReleaseLockConcurrency": {}, "RulesKey": {}}}))
    (artifacts / "slack-manifest.yaml").write_text("")
    shutil.copy(ROOT / "deploy" / "check-rules.yaml", artifacts)
    nothing = "e3b0c44298fc1c14"
    filled = {"config": json.dumps(LEAST), "answer": json.dumps(json.dumps(ANSWER)), "outputs": json.dumps(OUTPUTS)}
    (module / "module.tftest.hcl").write_text(PLANS % (filled | {"digest": nothing}))
    assert run(module, "init", "-no-color", f"-plugin-dir={mirror}").returncode == 0
    done = run(module, "test", "-no-color")
    assert "3 passed, 0 failed" in done.stdout, done.stdout + done.stderr

    (artifacts / "code.zip").unlink()
    without = run(module, "test", "-no-color")
    assert "The files of a release are not in" in without.stdout + without.stderr
