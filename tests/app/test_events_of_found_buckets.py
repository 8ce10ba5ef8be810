"""Events of buckets that a target rule found since the function read what was found."""

from pathlib import Path

import pytest

import app
from chalicelib import wiring
from chalicelib.core.locks.place import Kind
from chalicelib.core.targets.remembered import Container, Remembered
from tests.app.account import Remaining, a_batch, an_account, forget_everything
from tests.aws.events.test_accounts import bridged
from tests.builders import TAKEN, at
from tests.config.test_file import LEAST

pytestmark = pytest.mark.thorough

RULE = """
[accounts]
external_id = "acme-external"
[[discover]]
buckets = ["*-tfstate"]
accounts = ["111122223333"]
"""
FOUND_TODAY = "found-today-tfstate"


@pytest.mark.parametrize("sender", ["111122223333", "444455556666"])
def test_an_account_cannot_tell_of_the_bucket_of_another_that_was_found_a_minute_ago(
    sender: str, tmp_path: Path
) -> None:
    forget_everything()
    with an_account(tmp_path, LEAST + RULE):
        assert not wiring.rules().covers(at(f"{FOUND_TODAY}/a.tfstate"))
        found = Container(Kind.S3, FOUND_TODAY, "eu-west-1", "111122223333")
        wiring.target_book().replace(Remembered(at=TAKEN, containers=(found,)))
        wiring.current_rules()._due_at_once = 0.0  # half a minute later
        answer = app.record_lock_event(a_batch(bridged(sender, FOUND_TODAY)), Remaining())
    forget_everything()
    # What is believed is looked at in the bucket, which is not there.
    assert bool(answer["batchItemFailures"]) == (sender == "111122223333")
