"""One deployed reaper a process for all end-to-end tests; each topic has state paths and a channel of its own."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from demo.browser import Visitor, visitor_in
from demo.deployed import CHANNEL, Decided, DeployedReaper, demo_workspace
from demo.local_cloud import ACCOUNT
from demo.slack_standin import Channel
from demo.terraform import Locking, TerraformState
from demo.waiting import wait_for
from deploy.commands import ROOT
from tests import needs
from tests.journal_schema import flaws_of

VERSIONED, UNVERSIONED, UNWIRED, MISSING = "acme-tfstate", "acme-unversioned", "acme-unwired", "acme-missing"
DOCTORED = "acme-doctored"
"""For the doctor's tests alone, which break it and mend it."""
BUCKETS = (VERSIONED, UNVERSIONED, UNWIRED, MISSING, DOCTORED)
UNDO_SECONDS = 15
TAGS = {"team": "the platform team", "cost-center": "4711"}
SECOND_LEVEL = "15s"
"""Longer than a first alert takes on a busy machine; one that comes later is of the second level at once."""
_SLACK = f"""
releasers = ["U0ALICE"]
undo = "{UNDO_SECONDS}s"
doctor = "weekly"
"""
_TWO_LEVELS = f"""
thresholds = {{ apply = ["1s", "{SECOND_LEVEL}"] }}
mentions = {{ 2 = ["S0ONCALL"] }}
"""
_TOPICS = {
    "escalation": _TWO_LEVELS,
    "undo": "",
    "two-people": """
        second_person = true
        releasers = ["U0ALICE", "U0BOB"]
    """,
    "owners": """
        owners = { "root@*" = "U0BOB" }
    """,
    "mail": "owner_emails = true",
    "group": 'releasers = ["S0ONCALL"]',
    "digest": "",
    "outage": _TWO_LEVELS,
    "listed": "",
    "canary": "",
    # One for each killed run of test_locking: three of one machine in one channel would be a joint alert.
    **{
        f"{run}-{by}-{locking.name.lower()}": ""
        for run in ("plan", "apply")
        for by in ("slack", "operator")
        for locking in Locking
    },
    "migration": "",
    "update": "",
    "auto": """
        thresholds = { plan = "1s" }
        auto_release = "1s"
    """,
}


def channel_of(topic: str) -> str:
    return f"C0{topic.replace('-', '').upper()}"


def _route(topic: str, decided: str) -> str:
    return f'[[routes]]\nstate_paths = ["*/{topic}/*"]\nchannel = "{channel_of(topic)}"\n{decided}\n'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.local_cloud)


@pytest.fixture(scope="session")
def reaper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedReaper]:
    folder = tmp_path_factory.mktemp("cloud")
    channels = (Channel(channel_of(topic), topic, CHANNEL.members) for topic in _TOPICS)
    routes = "".join(_route(topic, decided) for topic, decided in _TOPICS.items())
    workspace = demo_workspace(*channels)
    decided = Decided(BUCKETS, slack=_SLACK, routes=routes, lock_table=True, workspace=workspace)
    with DeployedReaper(folder, decided) as deployed:
        with pytest.MonkeyPatch.context() as surroundings:
            surroundings.setenv("TAGS", " ".join(f"{name}='{value}'" for name, value in TAGS.items()))
            deployed.deploy(**organisation_s_rules(deployed))
        deployed.create_state_bucket(VERSIONED)
        deployed.create_state_bucket(UNVERSIONED, versioned=False)
        deployed.create_state_bucket(UNWIRED, wired=False)
        deployed.create_state_bucket(DOCTORED)
        deployed.sweep()
        wait_for(f"{MISSING} is missed", lambda: missed(deployed))  # the sweep's function has started, at last
        yield deployed
        assert flaws_of(deployed.journal(), secrets_of(deployed)) == []


def organisation_s_rules(deployed: DeployedReaper) -> dict[str, str]:
    """Return the parameters for all rules of an organisation at once: everything here has to work under them."""
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [root, services_statement()]}
    key = deployed.cloud.client("kms").create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]
    return {
        "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        "VpcSubnetIds": "subnet-0a1b2c3d,subnet-0a1b2c3e",
        "VpcSecurityGroupIds": "sg-0a1b2c3d",
        "QueueKmsKeyArn": key,
        "TableKmsKeyArn": key,
        "EnvironmentKmsKeyArn": key,
        "LogKmsKeyArn": key,
        "ReleaseLockConcurrency": "5",
        "Tracing": "Active",
    }


def services_statement() -> dict[str, Any]:
    """Return what docs/organisation-rules.md has for the policy of the queues' key."""
    document = (ROOT / "docs" / "organisation-rules.md").read_text()
    statement: dict[str, Any] = json.loads(document.split("```json\n")[1].split("```")[0])
    return statement


def missed(deployed: DeployedReaper) -> bool:
    """Return whether a sweep has journaled that there is no such bucket."""
    return any(line["event"] == "sweep_failed" and line["target"] == MISSING for line in deployed.journal())


def secrets_of(deployed: DeployedReaper) -> tuple[str, ...]:
    own = deployed.workspace
    return own.bot_token, own.signing_secret, "response_url", f"{deployed.slack.url}/actions", "hooks.slack"


@pytest.fixture(scope="session")
def program() -> str:
    return needs.terraform()


@pytest.fixture
def state(program: str, reaper: DeployedReaper, tmp_path: Path) -> Iterator[Callable[..., TerraformState]]:
    """A root module of the real Terraform for a state key."""
    made: list[TerraformState] = []

    def make(key: str, bucket: str = VERSIONED, locking: Locking = Locking.S3) -> TerraformState:
        folder = tmp_path / f"module-{len(made)}"
        module = TerraformState(program, folder, bucket=bucket, key=key, environment=reaper.cloud.environment)
        module.lock_in(locking)
        made.append(module)
        module.must("init")
        return module

    yield make
    for module in made:
        module.kill()


@pytest.fixture(scope="session")
def session_visitor(browser: Browser) -> Visitor:
    return visitor_in(browser)


@pytest.fixture
def visitor(reaper: DeployedReaper, session_visitor: Visitor) -> Visitor:
    session_visitor.visit(reaper.slack.url)
    return session_visitor
