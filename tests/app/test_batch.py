"""A batch of lock events in which something is wrong: it fails alone, and all else is recorded once."""

import json
from datetime import timedelta
from typing import Any

import pytest

import app
from chalicelib.aws.orders.events import write_settling
from chalicelib.core.audit.line import LineKind
from chalicelib.jobs.record import RecordingError, record_events
from tests.app.account import Remaining, a_batch, printed
from tests.aws.events.test_s3 import a_body, a_bridge_body
from tests.aws.events.test_sns_envelopes import an_envelope
from tests.builders import BUCKET, TAKEN
from tests.fakes.world import FakeWorld
from tests.jobs.recording import an_event, case_of_event
from tests.jobs.test_record import RULES

pytestmark = pytest.mark.usefixtures("onto_the_captured_output")
DEEP = "[" * 1200 + "]" * 1200
AN_ORDER = write_settling(an_event(TAKEN, acquired=False)).decode()
GOOD = json.loads(a_body(key="prod/good.tflock"))["Records"][0]


def acquired(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line["state_path"] for line in printed(capsys, '{"event":"lock_acquired"')]


HOSTILE = {
    "nested": DEEP,
    "nested in an order": '{"order":"settle","v":1,"release":' + DEEP + "}",
    "nested in a record": '{"Records":[{"x":' + DEEP + "}]}",
    "nested in an envelope": an_envelope(DEEP),
    "half a character": '{"Records":"\ud800"}',
    "an order of the year 1": AN_ORDER.replace("2026-11-21T03:18:57Z", "0001-01-01T00:00:00+01:00"),
    "an order of no time": AN_ORDER.replace('"2026-11-21T03:18:57Z"', "1e400"),
    "an order of another version": AN_ORDER.replace('"v":1', '"v":2'),
    "a record of the year 1": a_body().replace("2026-11-21T03:18:57.357Z", "0001-01-01T00:00:00+01:00"),
    "nothing": "",
    "null": "null",
    "many digits": "1" * 5000,
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_message_that_cannot_be_read_fails_alone(
    queues: Any, capsys: pytest.CaptureFixture[str], hostile: str
) -> None:
    one, other = f"prod/one {hostile}", f"prod/other {hostile}"
    batch = a_batch(a_body(key=f"{one}.tflock"), HOSTILE[hostile], a_body(key=f"{other}.tflock"))
    assert app.record_lock_event(batch, Remaining()) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert acquired(capsys) == [f"{BUCKET}/{other}", f"{BUCKET}/{one}"]


@pytest.mark.parametrize("attributes", [None, {}, {"SentTimestamp": None}, {"SentTimestamp": "soon"}])
def test_a_message_that_does_not_say_when_it_was_sent_is_recorded(
    queues: Any, capsys: pytest.CaptureFixture[str], attributes: Any
) -> None:
    batch = a_batch(a_body(key=f"prod/at {attributes}.tflock"), a_body(key=f"prod/beside {attributes}.tflock"))
    batch["Records"][0]["attributes"] = attributes
    assert app.record_lock_event(batch, Remaining()) == {"batchItemFailures": []}
    assert len(acquired(capsys)) == 2


def test_a_message_without_a_body_or_attributes_fails_alone(queues: Any, capsys: pytest.CaptureFixture[str]) -> None:
    batch = a_batch("", a_body(key="prod/beside nothing.tflock"))
    batch["Records"][0] = {"messageId": "m0", "eventSource": "aws:sqs"}
    assert app.record_lock_event(batch, Remaining()) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert len(acquired(capsys)) == 1


BAD_RECORDS: dict[str, Any] = {
    "a number": 5,
    "nothing": None,
    "without an object": {**GOOD, "s3": {"bucket": {"name": BUCKET}}},
    "of another service": {"eventSource": "aws:sqs", "body": "{}"},
    "of no time": {**GOOD, "eventTime": "yesterday"},
    "of the year 1": {**GOOD, "eventTime": "0001-01-01T00:00:00+01:00"},
    "a key that is a number": {**GOOD, "s3": {**GOOD["s3"], "object": {"key": 7}}},
}


@pytest.mark.parametrize("bad", BAD_RECORDS)
def test_a_bad_record_keeps_nobody_from_the_good_ones_beside_it_which_are_recorded_once(
    queues: Any, capsys: pytest.CaptureFixture[str], bad: str
) -> None:
    good = [
        json.loads(a_body(key=f"prod/{place} {bad}.tflock", sequencer=f"{bad} {place}"))["Records"][0]
        for place in ("before", "after")
    ]
    batch = a_batch(json.dumps({"Records": [good[0], BAD_RECORDS[bad], good[1]]}))
    for _ in range(3):
        assert app.record_lock_event(batch, Remaining()) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert acquired(capsys) == [f"{BUCKET}/prod/before {bad}", f"{BUCKET}/prod/after {bad}"]


def test_an_event_that_cannot_be_recorded_keeps_nobody_from_the_others_of_its_message() -> None:
    world = FakeWorld(TAKEN)
    keys = [f"prod/{name}.tflock" for name in ("one", "failing", "other")]
    for key in keys:
        world.store.put(BUCKET, key, b"{}")
    world.store.keys_failing.add(keys[1])
    events = [an_event(TAKEN + timedelta(seconds=1), acquired=True, key=key) for key in keys]
    cases = [case_of_event(event, world, RULES) for event in events]
    with pytest.raises(RecordingError, match="failing: StoreError"):
        record_events(cases, [])
    world.store.keys_failing.clear()
    record_events(cases, [])
    assert world.journal.kinds() == [LineKind.LOCK_ACQUIRED] * 3


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        (a_body("ObjectTagging:Put"), "S3's event 'ObjectTagging:Put'"),
        (a_body("LifecycleTransition"), "S3's event 'LifecycleTransition'"),
        (a_body("ObjectFrozen:Solid"), "S3's event 'ObjectFrozen:Solid'"),
        (a_bridge_body("Object Tags Added"), "EventBridge's 'Object Tags Added' of S3"),
        (a_bridge_body("AWS API Call via CloudTrail"), "EventBridge's 'AWS API Call via CloudTrail' of S3"),
    ],
)
def test_what_the_reaper_makes_nothing_of_is_said_once_with_what_to_do(
    queues: Any, caplog: pytest.LogCaptureFixture, body: str, shape: str
) -> None:
    for wrapped in (body, body, an_envelope(body)):
        assert app.record_lock_event(a_batch(wrapped, wrapped), Remaining()) == {"batchItemFailures": []}
    [said] = caplog.messages
    assert said.startswith(shape)
    assert "leave it out of the notification, the topic or the rule" in said
