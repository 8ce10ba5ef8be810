"""The entry points: what they take, what they answer, what they leave for another. AWS is moto's."""

import ast
import importlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from chalice.test import Client

import app
from chalicelib import checked_rules, entries, wiring
from chalicelib.aws.book.rules_book import DynamoRulesBook
from chalicelib.aws.orders.clicks import read_for_answer_click, read_for_release_lock
from chalicelib.aws.orders.sweeps import read_sweep, write_sweep
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.measure import Measurement
from chalicelib.core.clicks.click import Click, Unheard, Unusable, Verb
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.slack.words.parts.lock_value import encode
from tests.app.account import Remaining, a_batch, form, left_on, post, printed
from tests.aws.events.test_s3 import a_body
from tests.builders import BUCKET, KEY, a_click, a_lock, sample
from tests.slack.test_requests import action

pytestmark = pytest.mark.usefixtures("onto_the_captured_output")


def test_every_handler_that_lambda_is_told_of_can_be_imported() -> None:
    functions = app.app.pure_lambda_functions + app.app.event_sources
    handlers = {function.handler_string for function in functions}
    assert {
        "chalicelib.entries.nights.nightly_sweep",
        "chalicelib.entries.sweeps.sweep_target",
        "chalicelib.entries.watches.watch_locks",
        "chalicelib.entries.events.record_lock_event",
        "chalicelib.entries.streams.table_changed",
        "chalicelib.entries.doctor.examine_setup",
        "chalicelib.entries.releases.release_lock",
        "chalicelib.entries.clicks.answer_click",
    } == handlers
    for handler in handlers:
        module, name = handler.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), name))


def test_a_signed_click_is_left_for_release_lock_and_answered_200(queues: Any) -> None:
    assert post(form()) == 200
    [message] = left_on(queues, "RELEASE-QUEUE-URL")
    assert read_for_release_lock(message) == a_click(
        a_lock(), click="17.1", message="1.1", at=datetime.fromtimestamp(17.1, UTC)
    )
    assert "hooks.invalid" not in message


@pytest.mark.parametrize(
    ("action", "verb", "queue"),
    [
        ("release_lock", Verb.RELEASE, "RELEASE-QUEUE-URL"),
        ("withdraw_release", Verb.WITHDRAW, "CLICK-QUEUE-URL"),
        ("end_snooze", Verb.WAKE, "CLICK-QUEUE-URL"),
        ("put_lock_back", Verb.PUT_BACK, "CLICK-QUEUE-URL"),
    ],
)
def test_only_a_release_is_left_for_the_function_that_may_delete(
    queues: Any, action: str, verb: Verb, queue: str
) -> None:
    assert post(form(actions=[{"action_id": action, "action_ts": "17.1", "value": encode(a_lock().ref)}])) == 200
    left = {name: left_on(queues, name) for name in ("RELEASE-QUEUE-URL", "CLICK-QUEUE-URL")}
    [click] = [read_for_answer_click(message) for message in left.pop(queue)]
    assert isinstance(click, Click)
    assert click.verb is verb
    assert list(left.values()) == [[]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (form(type="view_submission"), 200),
        (form(actions=[{"action_id": "link", "action_ts": "1"}]), 200),
        (form(team={"id": "T0OTHER"}), 403),
        (form(api_app_id="A0OTHER"), 403),
        (b"payload=nonsense", 400),
    ],
    ids=["another interaction", "another button", "another team", "another app", "malformed"],
)
def test_anything_else_that_is_signed_has_its_answer_and_leaves_nothing(queues: Any, body: bytes, status: int) -> None:
    assert post(body) == status
    assert left_on(queues, "RELEASE-QUEUE-URL") == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "abc"},
        {"X-Slack-Request-Timestamp": "1"},
        {"X-Slack-Request-Timestamp": "٣٣"},
    ],
)
def test_what_slack_did_not_sign_is_401_and_leaves_nothing(queues: Any, headers: dict[str, str]) -> None:
    assert post(form(), **headers) == 401
    assert left_on(queues, "RELEASE-QUEUE-URL") == []


def test_a_body_that_is_not_text_is_401(queues: Any) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=" + "0" * 64}
    with Client(app.app) as client:
        content_type = {"Content-Type": "application/x-www-form-urlencoded"}
        response = client.http.post("/slack/actions", headers=headers | content_type, body=b"\xff\xfe\x00")
    assert response.status_code == 401


def test_another_content_type_is_415(queues: Any) -> None:
    assert post(b"{}", **{"Content-Type": "application/json"}) == 415


def test_the_night_leaves_one_order_for_each_target(queues: Any) -> None:
    with Client(app.app) as client:
        client.lambda_.invoke("nightly_sweep", client.events.generate_cw_event("aws.events", "Scheduled Event", {}, []))
    [order] = [read_sweep(message) for message in left_on(queues, "SWEEP-QUEUE-URL")]
    assert (order.target, order.part) == (Target(Kind.S3, BUCKET), 1)
    assert order.night is not None
    assert [target.home for target in wiring.night_book().read(order.night).ordered] == [order.target.home]


def test_a_batch_is_recorded_oldest_first_and_only_what_cannot_be_read_is_delivered_again(
    queues: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=sample("s3-apply-default"))
    gone = "prod/gone.tfstate.tflock"
    bodies = [
        "nonsense",
        a_body("ObjectRemoved:Delete", gone),
        a_body(key=gone),
        a_body(key=KEY),
        '{"Event":"s3:TestEvent"}',
    ]
    answer = app.record_lock_event(a_batch(*bodies), Remaining())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert [(line["event"], line["state_path"], line.get("who")) for line in printed(capsys, '{"event"')] == [
        ("lock_acquired", "acme-tfstate/prod/network/terraform.tfstate", "root@vm"),
        ("lock_acquired", "acme-tfstate/prod/gone.tfstate", None),
    ]
    orders = left_on(queues, "EVENT-QUEUE-URL")
    assert app.record_lock_event(a_batch(*orders), Remaining()) == {"batchItemFailures": []}
    [line] = printed(capsys, '{"event"')
    assert (line["event"], line["state_path"]) == ("lock_released", "acme-tfstate/prod/gone.tfstate")


def test_what_there_is_no_time_left_for_is_delivered_again_and_nothing_else_is(queues: Any) -> None:
    bodies = (a_body(key=f"prod/{number}.tflock") for number in range(3))
    answer = app.record_lock_event(a_batch(*bodies), Remaining(120_000, 30_000, 29_999))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_a_watch_without_time_begins_nothing_and_says_what_is_left(
    queues: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    wiring.lock_book().write(telling.remember(a_lock(taken=datetime(2026, 1, 1, tzinfo=UTC))))
    with Client(app.app) as client:
        event = client.events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
    app.watch_locks(event, Remaining(0))
    [line] = printed(capsys, '{"event"')
    assert (line["event"], line["not_reached"], line["alerts"]) == ("watch_finished", 1, 0)


@pytest.mark.parametrize("payload", [{}, None, [], "now", {"dry": True}], ids=repr)
def test_a_person_starts_a_watch_with_whatever_payload(
    queues: Any, capsys: pytest.CaptureFixture[str], payload: object
) -> None:
    app.watch_locks(payload, Remaining(0))
    assert [line["event"] for line in printed(capsys, '{"event"')] == ["watch_finished"]


def test_the_watch_stores_the_rules_where_operators_read_them(queues: Any) -> None:
    app.watch_locks({}, Remaining(0))
    table = boto3.resource("dynamodb").Table(os.environ["LOCK_BOOK_TABLE"])
    rules = DynamoRulesBook(table).rules()
    assert rules == checked_rules.encode(msgspec.structs.replace(wiring.config(), rules=wiring.rules()))


def test_what_an_invocation_measures_is_written_once_when_it_ends_although_a_message_of_it_failed(
    queues: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = ("nonsense", a_body(key="prod/one.tflock"), a_body(key="prod/two.tflock"))
    app.record_lock_event(a_batch(*bodies), Remaining())
    [line] = printed(capsys, '{"_aws"')
    assert (line["Stage"], line["Acquires"]) == ("test", [1.0, 1.0])
    app.record_lock_event(a_batch('{"Event":"s3:TestEvent"}'), Remaining())
    assert printed(capsys, '{"_aws"') == []


def test_an_entry_point_that_raises_has_written_its_metrics(queues: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        app.sweep_target(a_batch("{}"), None)
    wiring.metrics().add(Measurement("Before", 1))
    with pytest.raises(msgspec.ValidationError):
        app.sweep_target(a_batch("{}"), None)
    assert [line["Before"] for line in printed(capsys, '{"_aws"')] == [[1.0]]


def test_every_entry_point_writes_what_it_measured() -> None:
    """Chalice's own decorator comes above: Lambda calls what that made, and for schedules what people may start too."""
    modules = [ast.parse(path.read_text()) for path in Path(entries.__file__).parent.glob("*.py")]
    nodes = [node for module in modules for node in module.body]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.decorator_list]
    assert len(functions) == 10
    for function in functions:
        *first, chalice, measured = [ast.unparse(decorator) for decorator in function.decorator_list]
        assert chalice.startswith(("app.", "entry."))
        assert measured.startswith("flushed(wiring")
        assert first == (["also_by_hand"] if chalice.startswith("entry.schedule") else [])


def test_a_sweep_s_duration_is_written_as_a_metric(queues: Any, capsys: pytest.CaptureFixture[str]) -> None:
    app.sweep_target(a_batch(write_sweep(SweepOrder(Target(Kind.S3, BUCKET))).decode()), Remaining())
    [line] = printed(capsys, '{"_aws"')
    assert line["SweepsFinished"] == [1.0]
    assert 0 <= line["SweepDuration"][0] < 60


@pytest.mark.parametrize(
    ("body", "headers"),
    [(form(), {"X-Slack-Signature": "v0=" + "0" * 64}), (form(team={"id": "T0OTHER"}), {}), (b"payload=nonsense", {})],
    ids=["not signed", "another workspace", "malformed"],
)
def test_a_request_that_is_turned_away_is_counted(
    queues: Any, capsys: pytest.CaptureFixture[str], body: bytes, headers: dict[str, str]
) -> None:
    assert post(body, **headers) in {400, 401, 403}
    assert [line["RequestsTurnedAway"] for line in printed(capsys, '{"_aws"')] == [[1.0]]
    assert post(form()) == 200
    assert printed(capsys, '{"_aws"') == []


def test_a_button_of_another_version_is_no_strangers_request(queues: Any, capsys: pytest.CaptureFixture[str]) -> None:
    unknown, unreadable = action("escalate"), action("release_lock", value="of-another-version")
    for clicked in (unknown, unreadable):
        assert post(form(actions=[clicked], response_url="https://hooks.slack.com/actions/T/1/x")) == 200
    assert printed(capsys, '{"_aws"') == []
    left = [read_for_answer_click(message) for message in left_on(queues, "CLICK-QUEUE-URL")]
    assert sorted(one.why for one in left if isinstance(one, Unheard)) == [Unusable.UNREADABLE, Unusable.UNKNOWN]
