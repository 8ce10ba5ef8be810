"""Test how our notification is merged into those that a bucket has."""

from deploy.notifications import Notifications, same, unwired, wired

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
    assert wired({}, QUEUE, (), "tflock-reaper") == {
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
    merged = wired(OTHERS, QUEUE, (), "tflock-reaper")
    assert unwired(merged, "tflock-reaper") == OTHERS


def test_what_s3_adds_to_its_answer_is_not_written_back() -> None:
    assert "ResponseMetadata" not in wired({"ResponseMetadata": {}, **OTHERS}, QUEUE, (), "tflock-reaper")


def test_wiring_twice_is_wiring_once() -> None:
    once = wired(OTHERS, QUEUE, ("a/", "b/"), "tflock-reaper")
    assert wired(once, QUEUE, ("a/", "b/"), "tflock-reaper") == once


def test_wiring_again_with_fewer_prefixes_leaves_none_of_the_earlier_ones() -> None:
    merged = wired(wired(OTHERS, QUEUE, ("a/", "b/", "c/"), "tflock-reaper"), QUEUE, ("d/",), "tflock-reaper")
    assert [queue["Id"] for queue in _ours(merged)] == ["tflock-reaper"]


def test_an_earlier_notification_of_ours_that_asks_for_less_is_replaced() -> None:
    once = wired(OTHERS, QUEUE, (), "tflock-reaper")
    (ours,) = _ours(once)
    earlier = once | {
        "QueueConfigurations": [*OTHERS["QueueConfigurations"], {**ours, "Events": ["s3:ObjectCreated:*"]}]
    }
    assert not same(earlier, once)
    assert wired(earlier, QUEUE, (), "tflock-reaper") == once


def test_an_id_that_only_begins_like_ours_is_somebody_elses() -> None:
    theirs = {
        "QueueConfigurations": [{"Id": "tflock-reaper-test", "QueueArn": "arn:q", "Events": ["s3:Replication:*"]}]
    }
    assert unwired(theirs, "tflock-reaper") == theirs


def test_a_prefix_is_written_as_s3_filters_want_it() -> None:
    (queue,) = _ours(wired({}, QUEUE, ("env:/team a/",), "tflock-reaper"))
    assert queue["Filter"]["Key"]["FilterRules"][0] == {"Name": "prefix", "Value": "env%3A/team+a/"}


def test_configurations_are_the_same_however_s3_spells_and_sorts_them() -> None:
    given = wired({}, QUEUE, ("a/",), "tflock-reaper")
    rules = [{"Name": "Suffix", "Value": ".tflock"}, {"Name": "Prefix", "Value": "a/"}]
    (queue,) = given["QueueConfigurations"]
    events = ["s3:LifecycleExpiration:*", "s3:ObjectRemoved:*", "s3:ObjectCreated:*"]
    answered = {"QueueConfigurations": [{**queue, "Events": events, "Filter": {"Key": {"FilterRules": rules}}}]}
    assert same(given, {"ResponseMetadata": {}, **answered})
    assert not same(given, wired({}, QUEUE, ("b/",), "tflock-reaper"))
