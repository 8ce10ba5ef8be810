"""A lock table's stream: which records are acquires and releases, and what they tell."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.aws import passed_over
from chalicelib.aws.events.dynamodb import UnreadableRecordsError, table_events
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.place import NO_TIME, Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.item import DIGEST, INFO, LOCK_ID, MARK
from tests.builders import BUCKET, STATE_PATH, TABLE, TAKEN, a_table, a_table_lock, an_item, sample

STREAM = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{TABLE}/stream/2026-11-21T03:18:57.000"
TARGETS = (Target(Kind.S3, BUCKET), a_table(stream=STREAM))
SECONDS = int(TAKEN.timestamp())
Images = Mapping[str, Any]


def a_record(
    old: Images | None = None, new: Images | None = None, number: int = 1, key: str = STATE_PATH, **others: Any
) -> dict[str, Any]:
    """A record in the form that AWS was recorded to send (tests/recorded)."""
    images = {name: image for name, image in (("OldImage", old), ("NewImage", new)) if image is not None}
    changed: dict[str, Any] = {
        "ApproximateCreationDateTime": SECONDS,
        "Keys": {LOCK_ID: {"S": key}},
        "SequenceNumber": f"{100_000_000_000_000_000_000 + number}",
        "SizeBytes": 70,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        **images,
    }
    said: dict[str, Any] = {
        "eventID": f"e{number}",
        "eventName": "MODIFY" if old and new else "INSERT" if new else "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": changed,
        "eventSourceARN": STREAM,
    }
    return said | others


def told(*records: dict[str, Any], targets: tuple[Target, ...] = TARGETS) -> list[LockEvent]:
    return list(table_events({"Records": list(records)}, targets))


LOCK, OTHER = an_item(), an_item(body=sample("s3-plan-default"))
DIGEST_ITEM = {LOCK_ID: {"S": STATE_PATH}, DIGEST: {"S": "0" * 32}}
WITH_DIGEST = {**LOCK, DIGEST: {"S": "0" * 32}}


def test_a_lock_that_was_put_is_an_acquire_with_the_lock_itself_by_aws_s_clock() -> None:
    [event] = told(a_record(new=LOCK))
    assert event == LockEvent(
        acquired=True,
        place=Place(Kind.DYNAMODB, TABLE, STATE_PATH),
        at=TAKEN,
        told_by=ToldBy.STREAM,
        stamp=a_table_lock().ref.stamp,
        sequencer="0" * 19 + "100000000000000000001",
        lock=a_table_lock(),
    )


def test_a_lock_that_was_removed_is_a_release_with_the_lock_that_it_was() -> None:
    [event] = told(a_record(old=LOCK))
    assert (event.acquired, event.lock, event.by_lifecycle) == (False, a_table_lock(), False)


@pytest.mark.parametrize(
    ("old", "new", "acquired"),
    [
        (LOCK, OTHER, [False, True]),
        (LOCK, LOCK, []),
        (LOCK, {**LOCK, "Comment": {"S": "x"}}, []),
        (LOCK, {**LOCK, MARK: {"S": "0123456789abcdef"}}, [False, True]),
        (LOCK, WITH_DIGEST, []),
        (WITH_DIGEST, LOCK, []),
        (LOCK, DIGEST_ITEM, [False]),
        (DIGEST_ITEM, LOCK, [True]),
        (DIGEST_ITEM, WITH_DIGEST, [True]),
        (None, DIGEST_ITEM, []),
        (DIGEST_ITEM, {**DIGEST_ITEM, DIGEST: {"S": "1" * 32}}, []),
        (DIGEST_ITEM, None, []),
        (None, WITH_DIGEST, [True]),
        (None, {LOCK_ID: {"S": STATE_PATH}}, [True]),
    ],
)
def test_only_another_lock_at_the_place_is_an_acquire_or_a_release(
    old: Images | None, new: Images | None, acquired: list[bool]
) -> None:
    assert [event.acquired for event in told(a_record(old, new))] == acquired


def test_a_state_whose_key_ends_like_a_digest_s_has_locks_like_any_other() -> None:
    [event] = told(a_record(new=an_item(f"{STATE_PATH}-md5"), key=f"{STATE_PATH}-md5"))
    assert event.place.key == f"{STATE_PATH}-md5"


@pytest.mark.parametrize(
    "info",
    [{"S": ""}, {"S": "{"}, {"S": "x" * 400_000}, {"N": "1"}, {"B": "AAE="}, {"NULL": True}, {"M": {"a": {"S": "b"}}}],
    ids=lambda info: str(info)[:20],
)
def test_a_lock_that_cannot_be_read_is_told_with_what_is_wrong_with_it(info: Images) -> None:
    [event] = told(a_record(new={LOCK_ID: {"S": STATE_PATH}, INFO: info}))
    assert event.lock
    assert (event.lock.info, event.lock.ref.since, bool(event.lock.flaw)) == (None, NO_TIME, True)
    assert event.lock.body is not Body.LOCK


def test_a_replaced_lock_is_let_go_before_the_next_is_taken() -> None:
    released, acquired = told(a_record(LOCK, OTHER))
    assert released.before(acquired)
    assert not acquired.before(released)
    assert released.identity != acquired.identity


def test_in_one_second_the_numbers_of_the_stream_decide_whatever_their_length() -> None:
    [first] = told(a_record(new=LOCK, number=1))
    record = a_record(old=LOCK)
    record["dynamodb"]["SequenceNumber"] = "1" * 25
    [later] = told(record)
    assert first.before(later)


def test_an_item_whose_time_to_live_was_over_was_let_go_by_a_rule() -> None:
    by = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    [event] = told(a_record(old=LOCK, userIdentity=by))
    assert event.by_lifecycle
    [event] = told(a_record(old=LOCK, userIdentity=None))
    assert not event.by_lifecycle


def test_the_time_is_whole_seconds_in_whatever_form_the_number_comes() -> None:
    record = a_record(new=LOCK)
    record["dynamodb"]["ApproximateCreationDateTime"] = SECONDS + 0.999
    assert told(record)[0].at == TAKEN


@pytest.mark.parametrize("view", ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", ""])
def test_a_stream_of_another_view_is_an_error_that_says_what_to_set(view: str) -> None:
    record = a_record(new=LOCK)
    record["dynamodb"]["StreamViewType"] = view
    with pytest.raises(UnreadableRecordsError, match=r"StreamViewType=NEW_AND_OLD_IMAGES, and put its new ARN"):
        told(record)


_TIME = "ApproximateCreationDateTime"
BAD: dict[str, Any] = {
    "a number": 5,
    "nothing": None,
    "without a change": {"eventSourceARN": STREAM},
    "of another table": a_record(new=LOCK) | {"dynamodb": a_record()["dynamodb"] | {"Keys": {"id": {"S": "x"}}}},
    "of no time": a_record() | {"dynamodb": a_record()["dynamodb"] | {"NewImage": LOCK, _TIME: 1e30}},
    "of no stream": a_record(new=LOCK, eventSourceARN="x"),
    "an image that is none": a_record(new={INFO: 7}),
    "an attribute of no type": a_record(new={INFO: {}}),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_a_record_that_cannot_be_read_is_an_error_after_the_others_were_told(bad: str) -> None:
    events = table_events({"Records": [a_record(new=LOCK), BAD[bad], a_record(old=LOCK)]}, TARGETS)
    assert [next(events).acquired, next(events).acquired] == [True, False]
    with pytest.raises(UnreadableRecordsError, match="record 2 of 3"):
        next(events)


def test_a_batch_without_records_tells_nothing() -> None:
    assert list(table_events({}, TARGETS)) == []


def test_the_place_has_a_region_only_if_its_target_has_one_and_a_new_stream_of_a_table_is_known_by_its_name() -> None:
    new_stream = a_record(new=LOCK, eventSourceARN=STREAM.replace("03:18", "04:19"))
    assert told(new_stream)[0].place.region == ""
    [event] = told(a_record(new=LOCK), targets=(a_table(region="eu-west-1", stream=STREAM),))
    assert event.place.region == "eu-west-1"


def test_a_stream_of_no_target_is_passed_over_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    passed_over._say_once.cache_clear()
    other = a_record(new=LOCK, eventSourceARN=STREAM.replace(TABLE, "orders"))
    assert told(other, other) == []
    assert [message.rpartition(": ")[2] for message in caplog.messages] == ["nothing of it is recorded"]


def test_a_time_is_utc() -> None:
    assert told(a_record(new=LOCK))[0].at == datetime.fromtimestamp(SECONDS, UTC)
