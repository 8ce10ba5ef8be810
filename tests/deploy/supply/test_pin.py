"""Test what `make requirements` does by itself; what uv does needs a network."""

import tomllib

from deploy.commands import ROOT
from deploy.supply.pin import PYTHONS, with_versions


def test_the_projects_own_pins_follow_the_pinned_files_and_nothing_else_changes() -> None:
    before = (
        'requires-python = ">=3.11"\ndependencies = ["boto3==1.1", "slack_sdk==3.1"]\nplot = ["other==2"]  # other==2\n'
    )
    after = with_versions(before, {"boto3": "1.2", "slack-sdk": "3.2", "six": "9"})
    assert after == before.replace("boto3==1.1", "boto3==1.2").replace("slack_sdk==3.1", "slack_sdk==3.2")


def test_the_oldest_python_that_is_pinned_for_is_the_oldest_that_the_project_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={PYTHONS[0]}"
