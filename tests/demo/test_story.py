from pathlib import Path

import pytest

from chalicelib.config.file import load
from chalicelib.core.policy import Policy
from demo.deployed import ONCALL
from demo.runs import BUCKET, KILLED, SLOW
from demo.slack_standin import User
from demo.story import decided, rights
from tests.builders import at


@pytest.fixture(params=[KILLED, SLOW])
def policy(request: pytest.FixtureRequest, tmp_path: Path) -> Policy:
    file = tmp_path / "reaper.toml"
    file.write_text(decided("1m").toml("http://127.0.0.1:4180/api/"))
    return load(file).rules.policy_for(at(f"{BUCKET}/{request.param}"))


@pytest.mark.parametrize("user", rights(), ids=lambda user: user.name)
def test_the_demo_says_of_each_person_what_they_may_do(policy: Policy, user: User) -> None:
    assert ("may release" in user.title) == (user.id in policy.releasers)
    assert ("may not release" in user.title) == (user.id not in policy.releasers)
    assert ("probably his" in user.title) == (user.id in policy.owners.values())
    assert ("on call" in user.title) == (user.id in ONCALL.members)


def test_the_people_of_the_demo_s_slack_are_those_of_whom_it_says_what_they_may() -> None:
    assert decided("1m").workspace.users == rights()
