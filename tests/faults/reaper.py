"""Faults of a deployed reaper's own parts: its roles, secrets, functions, queues, alarms, journal and lock book.

``mend`` is there where the doctor's fix asks a person for something (a secret), or tells them to deploy.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.reaper import keeping, secrets
from chalicelib.core.doctor.reaper.roles import judging
from chalicelib.core.doctor.reaper.roles.holdings import queue_arn
from chalicelib.core.doctor.reaper.running import alarms, functions, queues, schedules
from tests.faults import Fault, Ground

TOKEN, SIGNING = "xoxb-made-up", "0123456789abcdef" * 2
Seed = Callable[[Ground], None]


def heal(ground: Ground) -> None:
    """Give a reaper what the local cloud's CloudFormation forgets, and somebody who hears its alarms."""
    sns, book = ground.client("sns"), ground.parts.outputs["LockBookTable"]
    topic = sns.create_topic(Name="alarms-are-heard")["TopicArn"]
    queue = ground.parts.outputs["SweepDeadLetterQueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(ground.parts, f"{queue}-nobody-reads"))
    _each_alarm(ground, lambda alarm: alarm | {"AlarmActions": [topic], "ActionsEnabled": True})
    if not _forgets(ground):
        ground.client("dynamodb").update_time_to_live(TableName=book, TimeToLiveSpecification=_ttl(on=True))


def _forgets(ground: Ground) -> bool:
    told = ground.client("dynamodb").describe_time_to_live(TableName=ground.parts.outputs["LockBookTable"])
    return str(told["TimeToLiveDescription"]["TimeToLiveStatus"]) == "ENABLED"


def _ttl(*, on: bool) -> dict[str, Any]:
    return {"Enabled": on, "AttributeName": keeping.EXPIRES}


# --- roles


def _own_policy(ground: Ground, role: str) -> tuple[str, dict[str, Any]]:
    iam, name = ground.client("iam"), ground.parts.roles[role]
    policy = next(one for one in iam.list_role_policies(RoleName=name)["PolicyNames"] if "RolePolicy" in one)
    return policy, iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]


def _with_statements(role: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Seed:
    def seed(ground: Ground) -> None:
        policy, document = _own_policy(ground, role)
        changed = {**document, "Statement": change(copy.deepcopy(document["Statement"]))}
        name = ground.parts.roles[role]
        ground.client("iam").put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(changed))

    return seed


def _without(*sids: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    return lambda statements: [one for one in statements if one["Sid"] not in sids]


def _reading_everything(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    everything = {"Sid": "Everything", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    return [everything, *_without("NeverReadState")(statements)]


def _deny_deletes(ground: Ground) -> None:
    denied = {"Sid": "NoDeletes", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
    name = ground.parts.roles["ReleaseLock"]
    ground.client("iam").put_role_policy(RoleName=name, PolicyName="Security", PolicyDocument=document)


def _allow_deletes(ground: Ground) -> None:
    ground.client("iam").delete_role_policy(RoleName=ground.parts.roles["ReleaseLock"], PolicyName="Security")


# --- secrets


def _put(parameter: str, value: str, kind: str = "SecureString") -> Seed:
    def seed(ground: Ground) -> None:
        ssm, name = ground.client("ssm"), ground.parts.parameters[parameter]
        _delete(parameter)(ground)
        ssm.put_parameter(Name=name, Value=value, Type=kind)

    return seed


def _delete(parameter: str) -> Seed:
    def seed(ground: Ground) -> None:
        ground.client("ssm").delete_parameters(Names=[ground.parts.parameters[parameter]])

    return seed


_BOT, _SIGNED = "SlackBotTokenParameter", "SlackSigningSecretParameter"


# --- what runs


def _rule_of(ground: Ground, function: str) -> str:
    parts = ground.parts
    arn = f"arn:{parts.partition}:lambda:{parts.region}:{parts.account}:function:{parts.functions[function]}"
    [rule] = ground.client("events").list_rule_names_by_target(TargetArn=arn)["RuleNames"]
    return str(rule)


def _switch_off_watch(ground: Ground) -> None:
    ground.client("events").disable_rule(Name=_rule_of(ground, "WatchLocks"))


def _delete_schedule(ground: Ground) -> None:
    events, rule = ground.client("events"), _rule_of(ground, "NightlySweep")
    ids = [target["Id"] for target in events.list_targets_by_rule(Rule=rule)["Targets"]]
    events.remove_targets(Rule=rule, Ids=ids)
    events.delete_rule(Name=rule)


def _mapping(ground: Ground, function: str) -> str:
    found = ground.client("lambda").list_event_source_mappings(FunctionName=ground.parts.functions[function])
    return str(found["EventSourceMappings"][0]["UUID"])


def _disable_mapping(ground: Ground) -> None:
    ground.client("lambda").update_event_source_mapping(UUID=_mapping(ground, "AnswerClick"), Enabled=False)


def _delete_mapping(ground: Ground) -> None:
    ground.client("lambda").delete_event_source_mapping(UUID=_mapping(ground, "AnswerClick"))


def _throttle(ground: Ground) -> None:
    name = ground.parts.functions["AnswerClick"]
    ground.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)


def _give_up(ground: Ground) -> None:
    """Only SQS itself may put something there, by the queue's policy, which is lifted for as long as that takes."""
    sqs, queue = ground.client("sqs"), ground.parts.outputs["SweepDeadLetterQueueUrl"]
    policy = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy", "")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})


def _redrive(ground: Ground) -> None:
    ground.client("sqs").purge_queue(QueueUrl=ground.parts.outputs["SweepDeadLetterQueueUrl"])


# --- alarms

_KEPT = (
    *("AlarmName", "AlarmDescription", "ActionsEnabled", "AlarmActions", "MetricName", "Namespace", "Statistic"),
    *("Dimensions", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator", "TreatMissingData"),
)


def _each_alarm(ground: Ground, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    cloudwatch = ground.client("cloudwatch")
    for one in cloudwatch.describe_alarms(AlarmNamePrefix=f"tflock-reaper-{ground.parts.stage}-")["MetricAlarms"]:
        cloudwatch.put_metric_alarm(**change({key: one[key] for key in _KEPT if key in one}))


def _an_alarm(ground: Ground) -> str:
    return f"tflock-reaper-{ground.parts.stage}-watch-missing"


def _ring_silently(ground: Ground) -> None:
    ground.client("cloudwatch").disable_alarm_actions(AlarmNames=[_an_alarm(ground)])


def _send_to_an_empty_topic(ground: Ground) -> None:
    topic = ground.client("sns").create_topic(Name="nobody-hears")["TopicArn"]
    _each_alarm(ground, lambda alarm: alarm | {"AlarmActions": [topic]})


def _send_to_nobody(ground: Ground) -> None:
    _each_alarm(ground, lambda alarm: {key: value for key, value in alarm.items() if key != "AlarmActions"})


# --- what is kept


def _keep_for_ever(ground: Ground) -> None:
    ground.client("logs").delete_retention_policy(logGroupName=ground.parts.outputs["LogGroupName"])


def _forget_nothing(ground: Ground) -> None:
    book = ground.parts.outputs["LockBookTable"]
    ground.client("dynamodb").update_time_to_live(TableName=book, TimeToLiveSpecification=_ttl(on=False))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "release_lock lost its right to delete",
        judging.MAY,
        Colour.RED,
        _with_statements("ReleaseLock", _without("ReleaseOnlyTheLockThatWasRead")),
    ),
    Fault(
        "sweep_target lost its rights to the lock book",
        judging.MAY,
        Colour.RED,
        _with_statements("SweepTarget", _without("KeepLockBook", "SeeHeldLocks")),
    ),
    Fault("somebody denies release_lock all deletes", judging.MAY, Colour.RED, _deny_deletes, _allow_deletes),
    Fault(
        "watch_locks can read states",
        judging.NEVER,
        Colour.RED,
        _with_statements("WatchLocks", _reading_everything),
    ),
    Fault(
        "nothing denies release_lock unconditional deletes any more",
        judging.NEVER,
        Colour.YELLOW,
        _with_statements("ReleaseLock", _without("NeverReleaseUnconditionally")),
    ),
    Fault(
        "release_lock can delete whatever is there",
        judging.NEVER,
        Colour.RED,
        _with_statements("ReleaseLock", _without("NeverReleaseWhateverIsThere")),
    ),
    Fault("the bot token is missing", secrets.SECRETS, Colour.RED, _delete(_BOT), _put(_BOT, TOKEN)),
    Fault("a user's token is no bot token", secrets.SECRETS, Colour.RED, _put(_BOT, "xoxp-1-2"), _put(_BOT, TOKEN)),
    Fault(
        "the signing secret was pasted with a line's end",
        secrets.SECRETS,
        Colour.RED,
        _put(_SIGNED, f"{SIGNING}\n"),
        _put(_SIGNED, SIGNING),
    ),
    Fault(
        "the signing secret is not encrypted",
        secrets.SECRETS,
        Colour.YELLOW,
        _put(_SIGNED, SIGNING, "String"),
        _put(_SIGNED, SIGNING),
    ),
    Fault("the watch's schedule is switched off", schedules.SCHEDULES, Colour.RED, _switch_off_watch),
    Fault("the night's schedule is gone", schedules.SCHEDULES, Colour.RED, _delete_schedule),
    Fault("the mapping of the clicks is switched off", queues.MAPPINGS, Colour.RED, _disable_mapping),
    Fault("the mapping of the clicks is gone", queues.MAPPINGS, Colour.RED, _delete_mapping),
    Fault("answer_click is throttled to nothing", functions.STATES, Colour.RED, _throttle),
    Fault("a sweep was given up on", queues.DEAD, Colour.RED, _give_up, _redrive),
    Fault("an alarm rings silently", alarms.HEARD, Colour.YELLOW, _ring_silently),
    Fault("the alarms are sent to nobody", alarms.HEARD, Colour.YELLOW, _send_to_nobody, heal),
    Fault(
        "the alarms are sent to a topic that nobody hears",
        alarms.HEARD,
        Colour.YELLOW,
        _send_to_an_empty_topic,
        heal,
    ),
    Fault("the journal is kept for ever", keeping.JOURNAL, Colour.YELLOW, _keep_for_ever),
    Fault("the lock book forgets nothing", keeping.BOOK, Colour.YELLOW, _forget_nothing),
)
