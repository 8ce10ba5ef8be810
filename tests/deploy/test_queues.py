"""The queues of the stack against the functions that take from them."""

import pytest

from chalicelib.core.change import CLAIMED_FOR
from tests.deploy.stack_files import alarms, functions, resources

QUEUES = {
    "SweepQueue": "sweep_target",
    "LockEventQueue": "record_lock_event",
    "ReleaseQueue": "release_lock",
    "ClickQueue": "answer_click",
}
SHORT = ("LockEventQueue", "ReleaseQueue", "ClickQueue")
TOLD_IN_SLACK = ("SweepQueue", "ReleaseQueue", "ClickQueue")


@pytest.mark.parametrize(("queue", "function"), QUEUES.items())
def test_a_message_stays_hidden_for_longer_than_its_function_may_take(queue: str, function: str) -> None:
    hidden = resources()["Resources"][queue]["Properties"]["VisibilityTimeout"]
    assert hidden > functions()[function]["lambda_timeout"]


@pytest.mark.parametrize("queue", SHORT)
def test_a_short_function_gets_six_times_its_timeout_as_lambda_asks(queue: str) -> None:
    hidden = resources()["Resources"][queue]["Properties"]["VisibilityTimeout"]
    assert hidden >= 6 * functions()[QUEUES[queue]]["lambda_timeout"]


def test_lock_events_stay_hidden_for_as_long_as_a_batch_is_gathered_too() -> None:
    stack = resources()
    hidden = stack["Resources"]["LockEventQueue"]["Properties"]["VisibilityTimeout"]
    gathered = stack["Parameters"]["EventBatchingSeconds"]
    assert hidden >= 6 * functions()["record_lock_event"]["lambda_timeout"] + gathered["MaxValue"]
    assert gathered["MinValue"] >= 1  # a batch of more than ten needs it


def test_a_line_of_the_journal_is_claimed_for_no_longer_than_its_function_runs() -> None:
    assert functions()["record_lock_event"]["lambda_timeout"] <= CLAIMED_FOR.total_seconds()


@pytest.mark.parametrize("queue", TOLD_IN_SLACK)
def test_what_is_told_in_slack_is_tried_for_longer_than_slack_is_down(queue: str) -> None:
    properties = resources()["Resources"][queue]["Properties"]
    assert properties["VisibilityTimeout"] * (properties["RedrivePolicy"]["maxReceiveCount"] - 1) >= 80 * 60


def test_a_watch_is_over_before_the_next_one_begins() -> None:
    assert functions()["watch_locks"]["lambda_timeout"] < 15 * 60


@pytest.mark.parametrize("queue", QUEUES)
def test_what_is_given_up_on_is_kept_for_fourteen_days_and_alarmed(queue: str) -> None:
    stack = resources()["Resources"]
    dead = stack[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"].split(".")[0]
    assert stack[dead]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60
    watched = {str(alarm.get("Dimensions")) for alarm in alarms().values()}
    assert any(f"{dead}.QueueName" in dimensions for dimensions in watched)


def test_only_state_buckets_and_rules_of_our_name_may_send_lock_events() -> None:
    policy = resources()["Resources"]["LockEventQueuePolicy"]["Properties"]["PolicyDocument"]
    buckets, rules = policy["Statement"]
    assert buckets["Principal"] == {"Service": "s3.amazonaws.com"}
    assert buckets["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {"aws:SourceArn": {"Ref": "StateBucketArns"}},
    }
    assert rules["Principal"] == {"Service": "events.amazonaws.com"}
    own_rules = "arn:${AWS::Partition}:events:*:${AWS::AccountId}:rule/tflock-reaper-${Stage}*"
    assert rules["Condition"] == {"ArnLike": {"aws:SourceArn": {"Fn::Sub": own_rules}}}
