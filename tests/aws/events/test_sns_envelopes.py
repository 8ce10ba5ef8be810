"""S3's events in the envelopes of SNS: S3 -> SNS -> SQS, EventBridge -> SNS -> SQS, with and without raw delivery."""

import json
from typing import Any

import pytest

from chalicelib.aws import passed_over
from chalicelib.aws.events.s3 import UnknownNotificationError, lock_events
from tests.aws.events.test_s3 import a_body, a_bridge_body

TOPIC = "arn:aws:sns:eu-central-1:111122223333:state-events"


def an_envelope(message: str, kind: str = "Notification", **others: Any) -> str:
    """As docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html has it."""
    return json.dumps(
        {
            "Type": kind,
            "MessageId": "dc1e94d9-56c5-5e96-808d-cc7f68faa162",
            "TopicArn": TOPIC,
            "Subject": "Amazon S3 Notification",
            "Message": message,
            "Timestamp": "2026-11-21T03:18:58.013Z",
            "SignatureVersion": "1",
            "Signature": "FMG5tlZhJNHLHUXvZgtZzlk24FzVa7oX0T4P03neeXw8",
            "SigningCertURL": "https://sns.eu-central-1.example.invalid/SimpleNotificationService-1.pem",
            "UnsubscribeURL": f"https://sns.eu-central-1.example.invalid/?Action=Unsubscribe&SubscriptionArn={TOPIC}:1",
        }
        | others
    )


@pytest.mark.parametrize("body", [a_body(versionId="v1", eTag="e"), a_bridge_body(), a_body("ObjectRemoved:Delete")])
@pytest.mark.parametrize("envelopes", [0, 1, 2, 3])
def test_an_event_is_the_same_in_envelopes_and_with_raw_delivery(body: str, envelopes: int) -> None:
    wrapped = body
    for _ in range(envelopes):
        wrapped = an_envelope(wrapped)
    assert lock_events(wrapped) == lock_events(body)


def test_the_identity_comes_through_a_topic() -> None:
    [event] = lock_events(an_envelope(a_body(key="team a/x+y.tflock")))
    assert (event.principal, event.place.key) == ("AWS:AROAEXAMPLE:ci-run-7", "team a/x+y.tflock")


def test_a_message_with_attributes_or_without_a_subject_is_understood() -> None:
    attributes: dict[str, Any] = {"MessageAttributes": {"a": {"Type": "String", "Value": "b"}}, "Subject": None}
    assert len(lock_events(an_envelope(a_body(), **attributes))) == 1


def test_a_message_in_more_than_three_envelopes_is_refused() -> None:
    wrapped = a_body()
    for _ in range(4):
        wrapped = an_envelope(wrapped)
    with pytest.raises(UnknownNotificationError, match="more than 3 envelopes"):
        lock_events(wrapped)


def test_the_test_event_of_a_bucket_that_tells_a_topic_tells_nothing() -> None:
    assert lock_events(an_envelope('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"acme-tfstate"}')) == []


def test_a_topic_that_waits_to_be_confirmed_is_kept_among_the_dead_letters_with_what_to_do() -> None:
    body = an_envelope("You have chosen to subscribe", "SubscriptionConfirmation", Token="2336412f37", SubscribeURL="x")
    with pytest.raises(UnknownNotificationError, match=f"{TOPIC} asks to be confirmed.*subscribe the queue again") as e:
        lock_events(body)
    assert "2336412f37" not in str(e.value)


def test_a_topic_that_sends_nothing_more_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    passed_over._say_once.cache_clear()
    assert lock_events(an_envelope("You have chosen to deactivate", "UnsubscribeConfirmation")) == []
    assert f"{TOPIC} sends nothing more to this queue" in caplog.text


@pytest.mark.parametrize("kind", ["", "Notice", "notification", "N" * 5000])
def test_another_kind_of_message_from_a_topic_is_named(kind: str) -> None:
    with pytest.raises(UnknownNotificationError, match=f"{TOPIC}, without an event"):
        lock_events(an_envelope(a_body(), kind))


@pytest.mark.parametrize("message", ["", "Hello from the console", "5", "[]", "{}", '{"Records":[{}]}', None, 5, {}])
def test_what_a_topic_sends_that_is_no_event_is_left_for_the_dead_letters(message: Any) -> None:
    with pytest.raises(UnknownNotificationError, match="not an S3 event"):
        lock_events(an_envelope(message))


def test_what_else_a_message_tells_comes_with_the_error() -> None:
    good, other = json.loads(a_body())["Records"][0], json.loads(a_body(key="b.tflock"))["Records"][0]
    body = json.dumps({"Records": [good, {"eventName": "ObjectCreated:Put"}, other]})
    for wrapped in (body, an_envelope(body)):
        with pytest.raises(UnknownNotificationError, match="record 2 of 3") as failure:
            lock_events(wrapped)
        assert [event.place.key for event in failure.value.events] == ["a.tflock", "b.tflock"]
