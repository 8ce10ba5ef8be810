"""Test how our notification is merged into those that a bucket has."""

import pytest

from chalicelib.core.notifications.merging import Notifications, TakenError, Wanted, connected, disconnected, same

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:tflock-events-prod"
OTHERS: Notifications = {
    "TopicConfigurations": [{"Id": "t", "TopicArn": "arn:t", "Events": ["s3:ObjectCreated:*"]}],
    "QueueConfigurations": [{"Id": "q", "QueueArn": "arn:q", "Events": ["s3:ObjectCreated:Put"]}],
    "LambdaFunctionConfigurations": [{"Id": "l", "LambdaFunctionArn": "arn:l", "Events": ["s3:ObjectRemoved:*"]}],
    "EventBridgeConfiguration": {},
}


def _ours(notifications: Notifications) -> list[Notifications]:
    return [queue for queue in notifications["QueueConfigurations"] if queue["QueueArn"] == QUEUE]


def test_a_bucket_without_notifications_gets_ours() -> None:
    assert connected({}, Wanted(QUEUE)) == {
        "QueueConfigurations": [
            {
                "Id": "tflock-reaper",
                "QueueArn": QUEUE,
                "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".tflock"}]}},
            }
        ]
    }


def test_everybody_elses_notifications_stay_as_they_are() -> None:
    merged = connected(OTHERS, Wanted(QUEUE))
    assert disconnected(merged) == OTHERS


def test_what_s3_adds_to_its_answer_is_not_written_back() -> None:
    assert "ResponseMetadata" not in connected({"ResponseMetadata": {}, **OTHERS}, Wanted(QUEUE))


def test_connecting_twice_is_connecting_once() -> None:
    once = connected(OTHERS, Wanted(QUEUE, ("a/", "b/")))
    assert connected(once, Wanted(QUEUE, ("a/", "b/"))) == once


def test_connecting_again_with_fewer_prefixes_leaves_none_of_the_earlier_ones() -> None:
    merged = connected(connected(OTHERS, Wanted(QUEUE, ("a/", "b/", "c/"))), Wanted(QUEUE, ("d/",)))
    assert [queue["Id"] for queue in _ours(merged)] == ["tflock-reaper"]


def test_an_earlier_notification_of_ours_that_asks_for_less_is_replaced() -> None:
    once = connected(OTHERS, Wanted(QUEUE))
    (ours,) = _ours(once)
    earlier = once | {
        "QueueConfigurations": [*OTHERS["QueueConfigurations"], {**ours, "Events": ["s3:ObjectCreated:*"]}]
    }
    assert not same(earlier, once)
    assert connected(earlier, Wanted(QUEUE)) == once


def test_an_id_that_only_begins_like_ours_is_somebody_elses() -> None:
    theirs = {
        "QueueConfigurations": [{"Id": "tflock-reaper-test", "QueueArn": "arn:q", "Events": ["s3:Replication:*"]}]
    }
    assert disconnected(theirs) == theirs


def test_a_prefix_is_written_as_s3_filters_want_it() -> None:
    (queue,) = _ours(connected({}, Wanted(QUEUE, ("env:/team a/",))))
    assert queue["Filter"]["Key"]["FilterRules"][0] == {"Name": "prefix", "Value": "env%3A/team+a/"}


def test_configurations_are_the_same_however_s3_spells_and_sorts_them() -> None:
    given = connected({}, Wanted(QUEUE, ("a/",)))
    rules = [{"Name": "Suffix", "Value": ".tflock"}, {"Name": "Prefix", "Value": "a/"}]
    (queue,) = given["QueueConfigurations"]
    events = ["s3:LifecycleExpiration:*", "s3:ObjectRemoved:*", "s3:ObjectCreated:*"]
    answered = {"QueueConfigurations": [{**queue, "Events": events, "Filter": {"Key": {"FilterRules": rules}}}]}
    assert same(given, {"ResponseMetadata": {}, **answered})
    assert not same(given, connected({}, Wanted(QUEUE, ("b/",))))


def test_a_topic_gets_what_a_queue_would() -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:locks"
    merged = connected(OTHERS, Wanted(topic))
    assert [entry["TopicArn"] for entry in merged["TopicConfigurations"]] == ["arn:t", topic]
    assert merged["QueueConfigurations"] == OTHERS["QueueConfigurations"]
    assert disconnected(merged) == OTHERS


def test_a_prefix_that_another_covers_is_left_out_because_s3_refuses_both() -> None:
    merged = connected({}, Wanted(QUEUE, ("a/b/", "a/", "c/", "a/")))
    assert merged == connected({}, Wanted(QUEUE, ("a/", "c/")))


@pytest.mark.parametrize("other", [f"{QUEUE}-test", "arn:aws:sns:eu-west-1:123456789012:locks"])
def test_a_bucket_that_tells_another_is_not_taken_from_it(other: str) -> None:
    with pytest.raises(TakenError, match="disconnect"):
        connected(connected({}, Wanted(other)), Wanted(QUEUE))


def test_a_notification_that_says_the_same_under_terraforms_id_is_not_doubled() -> None:
    (ours,) = _ours(connected({}, Wanted(QUEUE)))
    theirs = {"QueueConfigurations": [{**ours, "Id": "tf-s3-queue-20261126004436"}]}
    assert same(connected(theirs, Wanted(QUEUE)), theirs)
    assert not same(connected(theirs, Wanted(QUEUE, ("a/",))), theirs)


def test_an_empty_prefix_in_what_s3_answers_is_no_prefix() -> None:
    given = connected({}, Wanted(QUEUE))
    (queue,) = given["QueueConfigurations"]
    rules = [{"Name": "Prefix", "Value": ""}, {"Name": "Suffix", "Value": ".tflock"}]
    assert same(given, {"QueueConfigurations": [{**queue, "Filter": {"Key": {"FilterRules": rules}}}]})
