"""Try the patterns for CI runs in ``reaper.example.toml`` on the names that CI systems give themselves.

The names are those that the systems write by default, or as their documentation advises: configure-aws-credentials
(index.ts), GitLab's recipe for OIDC, gitlab-runner (docker.go), Spacelift (aws.md), pipeline-aws-plugin
(RoleSessionNameBuilder), AWS's services, the SDKs.
"""

import re
from pathlib import Path

import pytest

from chalicelib.config.file import parse
from chalicelib.core.alerts.owner import ci_run_link
from chalicelib.core.locks.ci_run import guessed
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.core.policy import Policy
from tests.builders import at

ULID = "01HZX4T1Q2W3E4R5T6Y7VJ8K9M"
UUID = "b2e5c6a1-0f4d-4c67-9d1b-3a2f1e0d9c8b"
TASK = "f2eecae31a0a4b6c8d9e0f1a2b3c4d5e"
GITHUB, GITLAB = "https://github.com/acme/infra/actions/runs", "https://gitlab.com/acme/infra/-"
CONSOLE = "https://eu-west-1.console.aws.amazon.com"


@pytest.fixture(scope="module")
def policy() -> Policy:
    example = (Path(__file__).parents[2] / "reaper.example.toml").read_text(encoding="utf-8")
    shown = re.sub(r"^# {1,3}(?=ci_runs = |\{|\])", "", example, flags=re.MULTILINE)
    return parse(shown).rules.policy_for(at("acme-tfstate/x"))


def link(policy: Policy, session: str = "", who: str = "") -> str:
    return ci_run_link(f"AWS:AROAEXAMPLE:{session}" if session else "", LockInfo(Who=who), policy)


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        ("GitHubActions-19283746501", f"{GITHUB}/19283746501"),
        ("GitHubActions-19283746501-2", f"{GITHUB}/19283746501/attempts/2"),
        ("GitLabRunner-7120-815", f"{GITLAB}/pipelines/815"),
        ("GitLabRunner-7120-815-4711", f"{GITLAB}/jobs/4711"),
        (ULID, f"https://acme.app.spacelift.io/stack/infra/run/{ULID}"),
        (f"spacelift-run-{ULID}", f"https://acme.app.spacelift.io/stack/infra/run/{ULID}"),
        (
            "terraform-run-run-LMCK4SSiBfR6Y6rb",
            "https://app.terraform.io/app/acme/workspaces/infra/runs/run-LMCK4SSiBfR6Y6rb",
        ),
        ("Jenkins-infra-apply-17", "https://ci.acme.example/job/infra-apply/17/"),
        ("AzurePipelines-20417", "https://dev.azure.com/acme/infra/_build/results?buildId=20417"),
        ("Bitbucket-93", "https://bitbucket.org/acme/infra/pipelines/results/93"),
        (
            f"AWSCodeBuild-{UUID}",
            f"{CONSOLE}/codesuite/codebuild/111122223333/projects/infra/build/infra%3A{UUID}/",
        ),
        (TASK, f"{CONSOLE}/ecs/v2/clusters/ci/tasks/{TASK}"),
        (
            "i-0abc123def4567890",
            f"{CONSOLE}/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0abc123def4567890",
        ),
    ],
)
def test_a_session_that_names_its_run_has_a_link_to_that_run(policy: Policy, session: str, expected: str) -> None:
    assert link(policy, session) == expected


def test_a_holder_that_says_only_its_project_has_a_link_to_the_project_s_jobs(policy: Policy) -> None:
    assert link(policy, who="root@runner-t3qyxf-project-7120-concurrent-0") == f"{GITLAB}/jobs"
    assert link(policy, who="root@runner-t3qyxf-project-7121-concurrent-0") == ""


@pytest.mark.parametrize(
    "session",
    [
        "GitHubActions",  # configure-aws-credentials' default: it says nothing
        "GitHubActions-19283746501-2-4",
        "GitHubActions-main",
        "GitHubActions-0",
        "GitLabRunner-7120",
        "GitLabRunner-infra-815",
        "aws-vsts-tools",
        "terrateam",
        "infra-state",
        "infra-command",
        "Jenkins-infra-plan-17",
        "Jenkins-infra-apply-17-2",
        f"buildkite-job-{UUID}",
        f"eks-ci-runner-7d9f-{UUID}",
        "1732545613811636240",  # aws-sdk-go-v2 with a token file: nanoseconds
        "aws-go-sdk-1732545613811636240",
        "botocore-session-1732545613",
        "alice@acme.example",
        "Rob.Kenis",
        "AWSCodeBuild-infra",
        TASK[:-1],
        "0" * 31 + "g",
        ULID.lower(),
        "spacelift-run-",
        "i-",
    ],
)
def test_a_session_that_names_no_run_has_no_link(policy: Policy, session: str) -> None:
    assert link(policy, session) == ""


@pytest.mark.parametrize(
    "who",
    [
        "runner@fv-az881-525",
        "root@ip-10-0-3-7.eu-west-1.compute.internal",
        "root@d07617be-2a33-4c1e-8a55-0d1c2b3a4f5e",
        "jenkins@agent-1",
        "circleci@runner.local",
        "atlantis@atlantis-0",
        "alice@macbook",
        "",
    ],
)
def test_a_holder_that_names_no_run_has_no_link(policy: Policy, who: str) -> None:
    assert link(policy, who=who) == ""


def test_no_placeholder_of_the_example_is_a_guess(policy: Policy) -> None:
    assert len(policy.ci_runs) == 14
    assert [guessed(run.match) for run in policy.ci_runs] == [[]] * 14
