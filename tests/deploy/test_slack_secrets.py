"""Test what `make secrets` says where it cannot ask, or cannot keep."""

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from deploy.commands import ROOT, CommandError
from deploy.slack_secrets import put

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient


class _ThereAlreadyError(Exception):
    """A parameter of this name is there."""


class _OtherTypeError(Exception):
    """A parameter of this name has another type."""


class SsmWithAString:
    """It has a parameter of the type String, and as AWS's changes no type."""

    class exceptions:  # noqa: N801 - boto3's name
        ParameterAlreadyExists = _ThereAlreadyError
        HierarchyTypeMismatchException = _OtherTypeError

    def put_parameter(self, **given: Any) -> None:
        raise _OtherTypeError if given.get("Overwrite") else _ThereAlreadyError


def test_a_parameter_of_another_type_has_to_be_deleted_first_because_ssm_changes_no_type() -> None:
    with pytest.raises(CommandError, match="aws ssm delete-parameter --name /tflock-reaper/prod/slack-bot-token"):
        put(cast("SSMClient", SsmWithAString()), "prod", "slack-bot-token", "xoxb-1")


@pytest.mark.parametrize(("stage", "words"), [("prod", "nobody is at a terminal"), ("Prod", "STAGE=Prod: expected")])
def test_without_a_terminal_or_a_good_stage_it_ends_with_one_line(stage: str, words: str) -> None:
    environment = os.environ | {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", "-m", "deploy.slack_secrets", "--stage", stage],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert done.returncode == 1
    assert words in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
