"""Whether what a bucket tells arrives, by each way."""

import json
import shlex
from typing import Any

import pytest

from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.wiring.case import Bus, Subscription
from chalicelib.core.doctor.wiring.senders import S3, lets_in_too, stacks_policy
from tests.core.doctor.wiring.cases import (
    BUS,
    HOME,
    MEMBER,
    QUEUE,
    delivered,
    hears,
    some_case,
    some_parts,
    some_rule,
    some_topic,
    to,
)

STATE_EVENTS = f"arn:aws:sns:eu-west-1:{HOME}:state-events"
OURS = f"arn:aws:sns:eu-west-1:{HOME}:tflock-reaper-prod"
ON_BUS = f"arn:aws:events:eu-west-1:{HOME}:rule/tflock-reaper-prod/made-up"
EVENTBRIDGE: dict[str, Any] = {"EventBridgeConfiguration": {}}


def only(findings: list[Finding]) -> Finding:
    [one] = findings
    return one


def pasted(finding: Finding) -> dict[str, Any]:
    """The policy in the command of a fix."""
    assert finding.fix
    words = shlex.split(finding.fix.cli)
    structures = [json.loads(word) for word in words if word.startswith("{")]
    [told] = structures
    policy: dict[str, Any] = json.loads(told["Policy"]) if "Policy" in told else told
    return policy


def test_a_bucket_of_the_stack_and_one_of_a_named_account_are_let_in() -> None:
    for case in (some_case(), some_case(account=MEMBER, bucket="theirs")):
        assert only(delivered(case, hears(case))).colour is Colour.GREEN


def test_a_queue_without_its_policy_gets_the_stack_s_back_and_keeps_what_else_it_has() -> None:
    case = some_case()
    own = {"Sid": "Mine", "Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sqs:*", "Resource": "*"}
    found = only(delivered(case, hears(case), {"Version": "2012-10-17", "Statement": [own]}))
    assert found.colour is Colour.RED
    whole = pasted(found)
    assert own in whole["Statement"]
    assert only(delivered(case, hears(case), whole)).colour is Colour.GREEN


@pytest.mark.parametrize(("bucket", "account"), [("acme-new", HOME), ("acme-tfstate", "222233334444")])
def test_a_bucket_that_the_stack_does_not_let_in_is_let_in_and_is_to_be_named_in_the_rules(
    bucket: str, account: str
) -> None:
    case = some_case(bucket=bucket, account=account)
    found = only(delivered(case, hears(case)))
    assert found.fix
    assert "reaper.toml" in found.fix.do
    assert only(delivered(case, hears(case), pasted(found))).colour is Colour.GREEN


def test_a_queue_that_denies_all_but_somebody_else_is_not_open() -> None:
    case = some_case()
    stacks = stacks_policy(case.parts)
    for excepted, colour in (({"AWS": f"arn:aws:iam::{HOME}:root"}, Colour.RED), ({"Service": S3}, Colour.GREEN)):
        deny = {"Effect": "Deny", "NotPrincipal": excepted, "Action": "sqs:*", "Resource": "*"}
        policy = stacks | {"Statement": [*stacks["Statement"], deny]}
        assert only(delivered(case, hears(case), policy)).colour is colour


def test_a_topic_whose_policy_is_one_statement_and_no_list_is_mended_and_keeps_it() -> None:
    own = {"Sid": "Mine", "Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sns:*", "Resource": "*"}
    topic = some_topic(STATE_EVENTS, policy={"Version": "2012-10-17", "Statement": own})
    case = some_case(to(STATE_EVENTS), parts=some_parts(LockEventTopicArns=STATE_EVENTS))
    found = only(delivered(case, hears(case, topic)))
    assert found.fix
    words = shlex.split(found.fix.cli)
    policy = json.loads(words[words.index("--attribute-value") + 1])
    assert own in policy["Statement"]
    mended = some_topic(STATE_EVENTS, policy=policy)
    assert only(delivered(case, hears(case, mended))).colour is Colour.GREEN


def test_a_queue_that_denies_is_not_mended_by_allowing_more() -> None:
    case = some_case()
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = stacks_policy(case.parts)
    found = only(delivered(case, hears(case), policy | {"Statement": [*policy["Statement"], deny]}))
    assert (found.colour, "denies" in found.seen) == (Colour.RED, True)


def test_a_queue_that_refuses_plain_http_is_well_and_one_with_an_unknown_condition_is_grey() -> None:
    case = some_case()
    policy = stacks_policy(case.parts)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    secure = deny | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    odd = deny | {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
    for more, colour in ((secure, Colour.GREEN), (odd, Colour.GREY)):
        assert only(delivered(case, hears(case), policy | {"Statement": [*policy["Statement"], more]})).colour is colour


@pytest.mark.parametrize(
    ("changed", "seen", "command"),
    [
        ({"exists": False, "subscription": None}, "does not exist", "create-topic"),
        ({"subscription": None}, "has not subscribed", "aws sns subscribe"),
        ({"subscription": Subscription(arn="")}, "never confirmed", "aws sns subscribe"),
        ({"subscription": Subscription(arn="arn:1", filter={"env": ["prod"]})}, "keeps", "FilterPolicy"),
        (
            {"subscription": Subscription(arn="arn:1", filter={"Records": {"eventName": ["x"]}}, filters_body=True)},
            "keeps",
            "FilterPolicy",
        ),
        ({"policy": {}}, "let the bucket publish", "set-topic-attributes"),
    ],
)
def test_a_topic_that_does_not_pass_events_on_is_named_with_the_command(
    changed: dict[str, Any], seen: str, command: str
) -> None:
    case = some_case(to(STATE_EVENTS), parts=some_parts(LockEventTopicArns=STATE_EVENTS))
    found = only(delivered(case, hears(case, some_topic(STATE_EVENTS, **changed))))
    assert (found.colour, seen in found.seen) == (Colour.RED, True), found
    assert found.fix
    assert command in found.fix.cli


@pytest.mark.parametrize(
    ("wanted", "body"),
    [
        ({"env": [{"exists": False}]}, False),
        ({"Records": {"s3": {"object": {"key": [{"suffix": ".tflock"}]}}}}, True),
    ],
)
def test_a_filter_that_lets_lock_events_pass_is_well(wanted: dict[str, Any], body: bool) -> None:
    case = some_case(to(OURS))
    subscription = Subscription(arn="arn:1", filter=wanted, filters_body=body)
    assert only(delivered(case, hears(case, some_topic(OURS, subscription=subscription)))).colour is Colour.GREEN


def test_a_topic_that_the_queue_does_not_know_is_to_be_named_to_the_stack() -> None:
    case = some_case(to(STATE_EVENTS, "theirs"))
    found = only(delivered(case, hears(case, some_topic(STATE_EVENTS))))
    assert found.fix
    assert f'LockEventTopicArns={STATE_EVENTS}"' in found.fix.do


def test_our_topic_in_another_account_than_the_bucket_s_is_not_believed() -> None:
    theirs = OURS.replace(HOME, MEMBER)
    case = some_case(to(theirs))
    found = only(delivered(case, hears(case, some_topic(theirs))))
    assert (found.colour, "believed only of buckets of its own account" in found.seen) == (Colour.RED, True)


def test_our_topic_of_the_bucket_s_account_is_let_in_from_any_region() -> None:
    theirs = f"arn:aws:sns:us-east-1:{MEMBER}:tflock-reaper-prod"
    case = some_case(to(theirs), region="us-east-1", account=MEMBER)
    assert only(delivered(case, hears(case, some_topic(theirs)))).colour is Colour.GREEN


def test_a_rule_of_any_other_name_is_not_let_in() -> None:
    case = some_case(EVENTBRIDGE)
    arn = f"arn:aws:events:eu-west-1:{HOME}:rule/locks"
    found = only(delivered(case, hears(case, rules=(some_rule(arn=arn, name="locks"),))))
    assert found.fix
    assert "Name the rule tflock-reaper-prod" in found.fix.do


@pytest.mark.parametrize("name", ["tflock-reaper-prod", "tflock-reaper-prod.network"])
def test_a_rule_of_the_stage_s_name_is_let_in(name: str) -> None:
    case = some_case(EVENTBRIDGE)
    rule = some_rule(arn=f"arn:aws:events:eu-west-1:{HOME}:rule/{name}", name=name)
    assert only(delivered(case, hears(case, rules=(rule,)))).colour is Colour.GREEN


def test_a_bus_lets_in_the_bucket_s_account_and_its_rule_is_on() -> None:
    case = some_case(EVENTBRIDGE, account=MEMBER, region="us-east-1")
    found = hears(case, rules=(some_rule(BUS),))
    on_bus = some_rule(arn=ON_BUS)
    closed = only(delivered(case, found, bus=Bus(rule=on_bus)))
    assert (closed.colour, MEMBER in closed.seen) == (Colour.RED, True)
    assert only(delivered(case, found, bus=Bus(policy=pasted(closed), rule=on_bus))).colour is Colour.GREEN
    off = some_rule(arn=ON_BUS, enabled=False)
    shut = only(delivered(case, found, bus=Bus(policy=pasted(closed), rule=off)))
    assert shut.fix
    assert shut.fix.cli.endswith("--event-bus-name tflock-reaper-prod")
    assert only(delivered(case, found, bus=Bus(policy=pasted(closed)))).colour is Colour.RED


def test_a_broken_way_beside_a_sound_one_is_yellow_and_one_that_is_off_is_nothing() -> None:
    case = some_case({**EVENTBRIDGE, **to(QUEUE)})
    wrong = some_rule(arn=f"arn:aws:events:eu-west-1:{HOME}:rule/locks", name="locks")
    assert [one.colour for one in delivered(case, hears(case, rules=(wrong,)))] == [Colour.GREEN, Colour.YELLOW]
    off = some_rule(enabled=False)
    assert [one.colour for one in delivered(case, hears(case, rules=(off,)))] == [Colour.GREEN]


def test_what_is_not_sent_is_not_called_delivered() -> None:
    case = some_case({})
    assert only(delivered(case, hears(case))).colour is Colour.GREY


def test_a_policy_that_is_merged_twice_is_the_same() -> None:
    once = lets_in_too({}, some_parts(), "arn:aws:s3:::acme-new", HOME)
    assert lets_in_too(once, some_parts(), "arn:aws:s3:::acme-new", HOME) == once
