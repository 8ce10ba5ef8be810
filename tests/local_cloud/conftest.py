"""One deployed reaper for all end-to-end tests; each test has state paths of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.browser import Visitor, a_visitor
from demo.deployed import ALICE, DeployedReaper
from demo.slack_standin import Message
from demo.terraform import TerraformState
from tests import needs

VERSIONED, UNVERSIONED, UNWIRED, MISSING = "acme-tfstate", "acme-unversioned", "acme-unwired", "acme-missing"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.local_cloud)


@pytest.fixture(scope="session")
def reaper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedReaper]:
    folder = tmp_path_factory.mktemp("cloud")
    buckets = (VERSIONED, UNVERSIONED, UNWIRED, MISSING)
    with DeployedReaper(folder, buckets=buckets, threshold="1s") as deployed:
        deployed.deploy()
        deployed.create_state_bucket(VERSIONED)
        deployed.create_state_bucket(UNVERSIONED, versioned=False)
        deployed.create_state_bucket(UNWIRED, wired=False)
        yield deployed


@pytest.fixture(scope="session")
def program() -> str:
    return needs.terraform()


@pytest.fixture
def state(program: str, reaper: DeployedReaper, tmp_path: Path) -> Iterator[Callable[..., TerraformState]]:
    """A root module of the real Terraform for a state key."""
    made: list[TerraformState] = []

    def make(key: str, bucket: str = VERSIONED) -> TerraformState:
        folder = tmp_path / f"module-{len(made)}"
        module = TerraformState(program, folder, bucket=bucket, key=key, environment=reaper.cloud.environment)
        made.append(module)
        module.must("init")
        return module

    yield make
    for module in made:
        module.kill()


@pytest.fixture
def visitor(reaper: DeployedReaper) -> Iterator[Visitor]:
    with a_visitor(needs.browser()) as person:
        person.visit(reaper.slack.url)
        yield person


def click(reaper: DeployedReaper, message: Message, user: str = ALICE.id) -> None:
    """A click on Release, without a page."""
    assert reaper.slack.click(user, message.channel, message.ts, "release_lock") == 200
