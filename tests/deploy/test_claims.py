"""Test that a claim to a delete, or to a put, lasts longer than any request that its function has sent."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.patience import WRITING
from chalicelib.core.clicks.claim import CLAIM_LASTS, ON_ITS_WAY
from deploy.commands import ROOT
from tests.deploy.stack_files import resources


@pytest.mark.parametrize(("function", "queue"), [("release_lock", "ReleaseQueue"), ("answer_click", "ClickQueue")])
def test_a_function_is_dead_when_its_claim_is_over_and_its_click_comes_again_after_that(
    function: str, queue: str
) -> None:
    functions = json.loads((ROOT / ".chalice" / "config.json").read_text())["lambda_functions"]
    life = timedelta(seconds=functions[function]["lambda_timeout"])
    again = timedelta(seconds=resources()["Resources"][queue]["Properties"]["VisibilityTimeout"])
    assert life + ON_ITS_WAY <= CLAIM_LASTS < again


def test_a_request_that_was_given_up_can_no_longer_arrive_when_its_claim_is_over() -> None:
    told: Any = WRITING  # types-boto3 does not know what botocore.config.Config keeps
    patience = timedelta(seconds=told.connect_timeout + told.read_timeout)
    assert told.retries["total_max_attempts"] == 1
    assert 3 * patience < ON_ITS_WAY
