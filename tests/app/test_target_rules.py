"""The application with a target rule, from the night to the click, in memory."""

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import app
from chalicelib import wiring
from chalicelib.aws.orders.clicks import write_auto_release, write_click
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.ports.book import BookError
from tests.app.account import Remaining, a_batch, an_account, forget_everything, left_on, printed
from tests.aws_fixtures import create_lock_table
from tests.builders import TAKEN
from tests.config.test_file import LEAST

RULE = '[[discover]]\ntables = ["locks-*"]\n'
FOUND = Place(Kind.DYNAMODB, "locks-payments", "acme-tfstate/x.tfstate")


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    forget_everything()
    with an_account(tmp_path_factory.mktemp("config"), LEAST + RULE) as client:
        for table in ("locks-payments", "orders"):
            create_lock_table(boto3.client("dynamodb"), table)
        yield client
    forget_everything()


def at_night(milliseconds: int = 900_000) -> None:
    app.nightly_sweep(None, Remaining(milliseconds))


@pytest.mark.usefixtures("onto_the_captured_output")
def test_what_a_night_finds_is_swept_and_known_to_every_function(
    queues: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    at_night()
    [found] = [line for line in printed(capsys, '{"event"') if line["event"] == "targets_found"]
    assert (found["target"], found["targets"], found["new"], found["gone"]) == ("tables locks-*", 1, 1, 0)
    orders = left_on(queues, "SWEEP-QUEUE-URL")
    [order] = [order for order in orders if "locks-payments" in order]
    assert not any("orders" in order for order in orders)
    boto3.client("dynamodb").put_item(
        TableName="locks-payments", Item={"LockID": {"S": FOUND.key}, "Info": {"S": '{"ID":"1"}'}}
    )
    wiring.current_rules.cache_clear()  # another process
    assert wiring.rules_for(FOUND).covers(FOUND)
    assert wiring.world().store.read(FOUND) is not None
    app.sweep_target(a_batch(order), Remaining())
    [swept] = [line for line in printed(capsys, '{"event"') if line["event"] == "sweep_finished"]
    assert swept["locks"] == 1


@pytest.mark.usefixtures("onto_the_captured_output")
def test_without_time_to_look_the_known_targets_are_swept(queues: Any, capsys: pytest.CaptureFixture[str]) -> None:
    at_night()
    left_on(queues, "SWEEP-QUEUE-URL")
    printed(capsys, '{"event"')
    with pytest.raises(Exception, match=r"xoxb|Slack|invalid|could not"):  # the report needs Slack, which is not here
        at_night(1_000)
    [found] = [line for line in printed(capsys, '{"event"') if line["event"] == "targets_found"]
    assert (found["targets"], found["kept"]) == (0, 1)
    assert any("locks-payments" in order for order in left_on(queues, "SWEEP-QUEUE-URL"))


def test_a_damaged_memory_stops_no_configured_target(queues: Any) -> None:
    table = boto3.resource("dynamodb").Table(os.environ["LOCK_BOOK_TABLE"])
    table.put_item(Item={"StatePath": "#targets", "LockIdentity": "head", "Generation": "x"})
    wiring.current_rules.cache_clear()
    wiring.target_book.cache_clear()
    assert [target.container for target in wiring.rules().targets] == ["acme-tfstate"]
    assert not wiring.rules().all_known


def test_a_click_while_the_memory_cannot_be_read_is_answered_and_not_only_tried_again(
    queues: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    wiring.journal.cache_clear()
    wiring.world.cache_clear()
    click = Click(lock=LockRef(FOUND, "abc", TAKEN), user_team="T0OTHER", click="1")
    app.release_lock(a_batch(write_click(click).decode()), None)
    [line] = printed(capsys, '{"event"')
    assert (line["event"], line["detail"]) == ("release_refused", "targets not known")
    with pytest.raises(BookError):
        app.release_lock(a_batch(write_auto_release(AutoRelease(lock=click.lock)).decode()), None)
