"""Write the commands that lead events to the reaper's queue: rules, topics, subscriptions."""

import hashlib
from typing import Any

from chalicelib.core.doctor.pasted.shell import aws
from chalicelib.core.doctor.wiring.case import Case, Document, Rule
from chalicelib.core.doctor.wiring.pattern import matches
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX

_LONGEST_NAME = 64
_DIGITS = 8
_KINDS = ["Object Created", "Object Deleted"]


def rule_for(case: Case) -> list[str]:
    """Return the commands that have EventBridge send the bucket's lock events to the reaper."""
    if not (case.is_near and case.account == case.parts.account):
        return [stack_elsewhere(case, "eventbridge")]
    target = [{"Id": "reaper", "Arn": case.queue}]
    put = aws("events", "put-targets", region=case.region, rule=_rule_name(case), targets=target)
    return [put_rule(case, _rule_name(case), _pattern([case.bucket])), put]


def put_rule(case: Case, name: str, pattern: Document) -> str:
    """Return the command that gives a rule of the bucket's region a pattern."""
    return aws("events", "put-rule", region=case.region, name=name, event_pattern=pattern)


def widened(case: Case, rule: Rule) -> str:
    """Return the command that has a rule send all lock events, of the buckets that it was about and of this one."""
    names = rule.pattern.get("detail", {}).get("bucket", {}).get("name")
    wider = names if names is None or case.bucket in names else [*names, case.bucket]
    return put_rule(case, rule.name, _pattern(wider))


def narrowed(case: Case, rule: Rule) -> str:
    """Return the command by which a rule leaves this bucket out, and sends all else as before; "": none can do it."""
    detail = dict(rule.pattern.get("detail", {}))
    bucket = dict(detail.get("bucket", {}))
    names = [one for one in bucket.get("name", [{"anything-but": [case.bucket]}]) if one != case.bucket]
    if matches({"name": names}, {"name": case.bucket}) is not False:
        return ""
    if not names:
        return aws("events", "disable-rule", region=case.region, name=rule.name)
    pattern = rule.pattern | {"detail": detail | {"bucket": bucket | {"name": names}}}
    return put_rule(case, rule.name, pattern)


def stack_elsewhere(case: Case, way: str) -> str:
    """Return the command that deploys what sends events from the bucket's region and account."""
    stack = aws(
        "cloudformation",
        "deploy",
        region=case.region,
        stack_name=f"{case.named}-{way}",
        template_file="deploy/events-from-elsewhere.yaml",
        capabilities="CAPABILITY_IAM",
    )
    values = _of_reaper(case) | {"Way": way}
    return f"{stack} --parameter-overrides {' '.join(f'{key}={value}' for key, value in values.items())}"


def module_elsewhere(case: Case, way: str) -> str:
    """Return the same as a module of Terraform."""
    snake = {
        "ReaperStage": "reaper_stage",
        "ReaperAccountId": "reaper_account_id",
        "ReaperQueueArn": "reaper_queue_arn",
    }
    names = snake | {"ReaperBusArn": "reaper_bus_arn"}
    values = {"source": "./terraform/modules/events", "way": way}
    values |= {names[key]: value for key, value in _of_reaper(case).items()}
    lines = "".join(f'  {name:17} = "{value}"\n' for name, value in values.items())
    return f'module "tflock_reaper_events" {{\n{lines}}}\n'


def subscription(case: Case, topic: str) -> str:
    """Return the command that subscribes the queue to a topic. It takes credentials of the reaper's account."""
    region = topic.split(":")[3]
    return aws("sns", "subscribe", region=region, topic_arn=topic, protocol="sqs", notification_endpoint=case.queue)


def _of_reaper(case: Case) -> dict[str, str]:
    return {
        "ReaperStage": case.parts.stage,
        "ReaperAccountId": case.parts.account,
        "ReaperQueueArn": case.queue,
        "ReaperBusArn": case.bus,
    }


def _rule_name(case: Case) -> str:
    """Return the name of a rule for this bucket alone, which the queue's policy lets in."""
    name = f"{case.named}.{case.bucket}"
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - _DIGITS - 1]}-{digest}"


def _pattern(names: Any) -> Document:
    """Return a pattern for all lock events of these buckets; None: of all buckets."""
    bucket: Document = {} if names is None else {"bucket": {"name": names}}
    return {
        "source": ["aws.s3"],
        "detail-type": _KINDS,
        "detail": bucket | {"object": {"key": [{"suffix": LOCK_SUFFIX}]}},
    }
