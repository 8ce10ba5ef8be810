"""Compare the queues of the stack with the functions that take from them."""

import json
import re

import pytest

import app
from chalicelib.core.audit.event import CLAIMED_FOR
from chalicelib.stack.event_accounts import MOST_BY_NAME
from tests.deploy.rights.iam_judge import ACCOUNT, MEMBERS, ORGANISATION, REGION, filled, judge_sender, place
from tests.deploy.stack_files import alarms, functions, resources

QUEUES = {
    "SweepQueue": "sweep_target",
    "LockEventQueue": "record_lock_event",
    "ReleaseQueue": "release_lock",
    "ClickQueue": "answer_click",
}
AGES = {"SweepQueue": 7200, "LockEventQueue": 7200, "ReleaseQueue": 600, "ClickQueue": 1800}
"""How many seconds a message may wait in a queue before its alarm rings."""
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


@pytest.mark.parametrize("queue", QUEUES)
def test_what_nobody_takes_from_a_queue_is_alarmed_before_it_expires(queue: str) -> None:
    [alarm] = [
        one
        for one in alarms().values()
        if (one["MetricName"], f"{queue}.QueueName" in str(one["Dimensions"]))
        == ("ApproximateAgeOfOldestMessage", True)
    ]
    assert alarm["Threshold"] == AGES[queue]


def test_what_somebody_waits_for_rings_while_they_wait_and_no_order_that_is_not_due_yet_does() -> None:
    longest_delay = resources()["Parameters"]["UndoMinutes"]["MaxValue"] * 60
    assert AGES["ReleaseQueue"] <= 15 * 60
    assert longest_delay + 300 < AGES["ClickQueue"] <= 60 * 60


OURS = {"aws__SourceAccount": ACCOUNT}
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/"
MEMBERS_BUCKET, STRANGER = "arn:aws:s3:::acme-found-tonight", "999900001111"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:state-events"


@pytest.mark.parametrize(
    ("service", "keys", "admitted"),
    [
        ("s3", OURS | {"aws__SourceArn": "arn:aws:s3:::acme-tfstate"}, True),
        ("s3", OURS | {"aws__SourceArn": "arn:aws:s3:::acme-tfstate-other"}, False),
        ("s3", {"aws__SourceArn": "arn:aws:s3:::acme-tfstate", "aws__SourceAccount": STRANGER}, False),
        ("s3", OURS, False),
        ("events", OURS | {"aws__SourceArn": f"{RULE}tflock-reaper-prod"}, True),
        ("events", OURS | {"aws__SourceArn": f"{RULE}tflock-reaper-prod.network"}, True),
        ("events", OURS | {"aws__SourceArn": f"{RULE}tflock-reaper-prod-eu"}, False),
        ("events", OURS | {"aws__SourceArn": f"{RULE}tflock-reaper-prod2"}, False),
        ("events", OURS | {"aws__SourceArn": f"{RULE}a-bus/tflock-reaper-prod"}, False),
        ("events", OURS | {"aws__SourceArn": f"{RULE}anything"}, False),
        ("events", {"aws__SourceArn": f"{RULE}tflock-reaper-prod".replace(ACCOUNT, STRANGER)}, False),
        ("events", {"aws__SourceArn": f"{RULE}tflock-reaper-prod".replace(ACCOUNT, MEMBERS[0])}, False),
        ("s3", {"aws__SourceArn": MEMBERS_BUCKET, "aws__SourceAccount": MEMBERS[1]}, True),
        ("s3", {"aws__SourceArn": MEMBERS_BUCKET, "aws__SourceAccount": STRANGER}, False),
        (
            "s3",
            {"aws__SourceArn": MEMBERS_BUCKET, "aws__SourceAccount": STRANGER, "aws__SourceOrgID": ORGANISATION},
            True,
        ),
        (
            "s3",
            {"aws__SourceArn": MEMBERS_BUCKET, "aws__SourceAccount": STRANGER, "aws__SourceOrgID": "o-zzzzzzzzzz"},
            False,
        ),
        ("events", OURS | {"aws__SourceArn": place("EventsFromElsewhere")}, True),
        ("sns", {"aws__SourceArn": f"arn:aws:sns:ap-south-1:{ACCOUNT}:tflock-reaper-prod"}, True),
        ("sns", {"aws__SourceArn": f"arn:aws:sns:ap-south-1:{MEMBERS[0]}:tflock-reaper-prod"}, True),
        ("sns", {"aws__SourceArn": f"arn:aws:sns:ap-south-1:{MEMBERS[1]}:tflock-reaper-prod"}, True),
        ("sns", {"aws__SourceArn": f"arn:aws:sns:ap-south-1:{MEMBERS[1]}:tflock-reaper-prod-eu"}, False),
        ("sns", {"aws__SourceArn": f"arn:aws:sns:ap-south-1:{STRANGER}:tflock-reaper-prod"}, False),
        (
            "sns",
            {
                "aws__SourceArn": f"arn:aws:sns:ap-south-1:{STRANGER}:tflock-reaper-prod",
                "aws__SourceOrgID": ORGANISATION,
            },
            True,
        ),
        ("sns", {"aws__SourceArn": TOPIC}, True),
        ("sns", {"aws__SourceArn": f"{TOPIC}-other"}, False),
        ("sns", {}, False),
    ],
)
def test_only_what_was_named_may_send_lock_events(service: str, keys: dict[str, str], admitted: bool) -> None:
    assert judge_sender(f"{service}.amazonaws.com", **keys).allowed == admitted


def test_no_topic_is_admitted_before_it_is_named_and_then_that_one() -> None:
    stack = resources()
    *_, topics = stack["Resources"]["LockEventQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (topics["Fn::If"][0], topics["Fn::If"][2]) == ("HasLockEventTopics", {"Ref": "AWS::NoValue"})
    named = stack["Parameters"]["LockEventTopicArns"]
    assert named["Default"] == ""
    assert re.fullmatch(named["AllowedPattern"], TOPIC)
    for other in ("*", f"{TOPIC}*", "arn:aws:sns:*:111122223333:x", "arn:aws:sqs:eu-central-1:111122223333:x"):
        assert not re.fullmatch(named["AllowedPattern"], other)


def test_without_other_accounts_and_an_organisation_nobody_else_is_let_in() -> None:
    stack = resources()
    policy = stack["Resources"]["LockEventQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    others = [one["Fn::If"] for one in policy if "Fn::If" in one]
    assert {(condition, otherwise["Ref"]) for condition, _, otherwise in others} == {
        (name, "AWS::NoValue") for name in ("HasEventAccounts", "HasOrganization", "HasLockEventTopics")
    }
    assert {stack["Parameters"][name]["Default"] for name in ("EventAccounts", "OrganizationId")} == {""}
    assert stack["Resources"]["LockEventBus"]["Properties"]["Policy"]["Fn::If"][2] == {"Ref": "AWS::NoValue"}


def test_the_queues_policy_is_within_sqs_quota() -> None:
    """8,192 bytes, 20 statements, 50 principals, 10 conditions: the page on SQS's quotas does not say of what each."""
    policy = filled(resources()["Resources"]["LockEventQueuePolicy"]["Properties"]["PolicyDocument"])
    conditions = [key for one in policy["Statement"] for kind in one["Condition"].values() for key in kind]
    assert len(conditions) <= 10
    assert len(policy["Statement"]) <= 20
    accounts = len(json.dumps(MEMBERS[0])) + len(f"arn:*:sns:*:{MEMBERS[0]}:*") + 5
    assert len(json.dumps(policy)) + MOST_BY_NAME * accounts < 8192


def test_others_may_put_nothing_on_the_bus_but_s3s_events() -> None:
    bus = resources()["Resources"]["LockEventBus"]["Properties"]
    accounts, organisation = filled(bus["Policy"])["Statement"]
    assert accounts["Principal"] == {"AWS": MEMBERS}
    assert organisation["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": ORGANISATION}
    for one in (accounts, organisation):
        assert one["Condition"]["ForAllValues:StringEquals"] == {"events:source": ["aws.s3"]}
        assert (one["Action"], one["Resource"].split("/")[-1]) == ("events:PutEvents", filled(bus["Name"]))


def test_a_watch_that_failed_is_not_repeated_by_lambda_and_never_comes_late() -> None:
    """By default Lambda tries again after one minute and after two, and keeps the event for six hours."""
    stack = resources()["Resources"]
    assert stack["WatchLocks"]["Properties"]["EventInvokeConfig"] == {
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 15 * 60,
    }
    assert stack["NightlySweep"]["Properties"]["EventInvokeConfig"] == {"MaximumRetryAttempts": 2}
    scheduled = {one.name for one in app.app.event_sources if hasattr(one, "schedule_expression")}
    assert scheduled == {"nightly_sweep", "watch_locks"}
