"""Write how a bucket is made to tell the reaper of its locks. Each way keeps all that it tells others."""

from itertools import count
from shlex import quote

from chalicelib.core.doctor.finding import Fix
from chalicelib.core.doctor.pasted.shell import aws
from chalicelib.core.doctor.wiring.case import Case, Kind, Rule
from chalicelib.core.doctor.wiring.events import begins_all, overlaps
from chalicelib.core.doctor.wiring.routes import (
    module_elsewhere,
    rule_for,
    stack_elsewhere,
    subscription,
    widened,
)
from chalicelib.core.doctor.wiring.ways import Heard, for_a_reaper
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from chalicelib.core.notifications.hcl import resource, terraforms
from chalicelib.core.notifications.merging import (
    DEFAULT_ID,
    EVENTS,
    LISTS,
    Notifications,
    TakenError,
    Wanted,
    connected,
    entries,
    ours,
    rules,
    same,
)

IN_TERRAFORM = f"{DEFAULT_ID}-in-terraform"
"""The Id by which our notification says that it stands in somebody's Terraform configuration."""


def tell(case: Case, found: Heard) -> Fix:
    """Return how a bucket is made to tell the reaper of all its locks."""
    if found.others:
        return _by_eventbridge(case, found)
    rules = [way.rule for way in found.ways if way.rule]
    if rules and len(found.ways) == 1:
        return _by_wider_rule(case, rules[0])
    topics = [way.through for way in found.ways if way.kind is Kind.TOPIC and way.topic and way.topic.exists]
    if not topics and not case.is_near:
        return _from_elsewhere(case)
    return _notified(case, topics[0] if topics else case.queue)


def document(case: Case, destination: str, notification_id: str = DEFAULT_ID) -> Notifications:
    """Return the bucket's notifications with ours in the place of those for a reaper that overlap it.

    Somebody else's notification to the same topic is made to tell more: S3 refuses ours beside it.
    """
    wanted = ours(_wanted(case, destination))
    name = next(name for name, arn in LISTS.items() if arn in wanted[0])
    rest = _without_reapers(case)
    shared = [one for one in rest.get(name, []) if one[LISTS[name]] == destination and overlaps(one, case.prefixes)]
    if shared:
        return rest | {name: [_more(one, case.prefixes) if one in shared else one for one in rest[name]]}
    taken = {str(entry.get("Id", "")) for _, entry, _ in entries(rest)}
    numbered = (notification_id if number == 1 else f"{notification_id}-{number}" for number in count(1))
    free = (one for one in numbered if one not in taken)
    return rest | {name: [*rest.get(name, []), *(entry | {"Id": next(free)} for entry in wanted)]}


def _more(entry: Notifications, prefixes: tuple[str, ...]) -> Notifications:
    """Return a notification that tells of all locks too, beside what it tells already."""
    told = {name: value for name, value in rules(entry) if name == "suffix" and LOCK_SUFFIX.endswith(value)}
    told |= {name: value for name, value in rules(entry) if name == "prefix" and begins_all(entry, prefixes)}
    whole = {"Key": {"FilterRules": [{"Name": name, "Value": value} for name, value in told.items()]}}
    missing = [event for event in EVENTS if event not in entry["Events"]]
    kept = [event for event in entry["Events"] if not event.startswith(tuple(one[:-1] for one in missing))]
    return entry | {"Events": [*kept, *missing], "Filter": whole}


def written(case: Case, after: Notifications) -> str:
    """Return the command that replaces all notifications of the bucket."""
    return aws(
        "s3api",
        "put-bucket-notification-configuration",
        region=case.region,
        bucket=case.bucket,
        notification_configuration=after,
    )


def terraform_keeps(case: Case) -> str:
    """Return what has to be done as well where Terraform manages the notifications; "": nothing says that it does."""
    named = terraforms(case.notifications)
    if not named:
        return ""
    return (
        f" Terraform manages this bucket's notifications (Id {named}): change its `aws_s3_bucket_notification` too, "
        "or its next apply undoes this."
    )


def in_terraform(case: Case, destination: str) -> str:
    """Return the whole resource of the bucket's notifications, with ours."""
    return resource(case.bucket, document(case, destination, IN_TERRAFORM))


def subscribed(case: Case, topic: str) -> list[str]:
    """Return the command that subscribes the queue to a topic; none where the topic's own stack does it."""
    own = topic == case.topic and case.account == case.parts.account
    return [] if own else [subscription(case, topic)]


def _wanted(case: Case, destination: str) -> Wanted:
    return Wanted(destination, tuple(filter(None, case.prefixes)))


def _notified(case: Case, destination: str) -> Fix:
    after = document(case, destination)
    others = sorted({arn for _, arn in _replaced(case)} - {destination, case.queue})
    lost = f" {', '.join(others)} then hears no more of these locks." if others else ""
    return Fix(
        do=f"Have the bucket tell {destination} of its `*{LOCK_SUFFIX}` keys; all that it tells others stays.{lost}"
        f"{terraform_keeps(case)}",
        cli=_connect(case, destination, after),
        hcl=in_terraform(case, destination),
    )


def _connect(case: Case, destination: str, after: Notifications) -> str:
    """Return ``tflocks connect`` where it does just this, else the request itself."""
    try:
        simple = destination == case.queue and same(connected(case.notifications, _wanted(case, destination)), after)
    except TakenError:
        simple = False
    if not simple:
        return written(case, after)
    prefixes = [word for prefix in case.prefixes if prefix for word in ("--prefix", quote(prefix))]
    where = ["--queue", quote(case.queue), "--region", quote(case.parts.region)]
    return " ".join(["tflocks", "connect", quote(case.bucket), *prefixes, *where])


def _from_elsewhere(case: Case) -> Fix:
    return Fix(
        do=f"S3 notifies only within a region, and the queue is in {case.parts.region}. Make a topic in {case.region} "
        "that passes the events on (the first command, in a checkout of the reaper), "
        f"{_subscription_in_words(case)}and have the bucket tell it.{terraform_keeps(case)}",
        cli="\n".join(
            [
                stack_elsewhere(case, "topic"),
                *subscribed(case, case.topic),
                written(case, document(case, case.topic)),
            ]
        ),
        hcl=f"{module_elsewhere(case, 'topic')}\n{in_terraform(case, case.topic)}",
    )


def _subscription_in_words(case: Case) -> str:
    if case.account == case.parts.account:
        return ""
    return f"subscribe the queue to it with credentials of the reaper's account {case.parts.account} (the second), "


def _by_eventbridge(case: Case, found: Heard) -> Fix:
    theirs = ", ".join(f"{one.get('Id') or 'without an Id'} to {one['Arn']}" for one in found.others)
    after = case.notifications | {"EventBridgeConfiguration": {}}
    return Fix(
        do=f"S3 allows no second notification beside the other one ({theirs}). Leave that one as it is, switch "
        "EventBridge on for the bucket, and have a rule send its lock events to the reaper. EventBridge does not tell "
        f"who took a lock.{terraform_keeps(case)}",
        cli="\n".join([*([] if found.waits else rule_for(case)), written(case, after)]),
        hcl=resource(case.bucket, after),
    )


def _by_wider_rule(case: Case, rule: Rule) -> Fix:
    return Fix(
        do=f"Have the rule {rule.name} in {case.region} send all that happens to `*{LOCK_SUFFIX}` keys of the bucket.",
        cli=widened(case, rule),
    )


def _replaced(case: Case) -> list[tuple[str, str]]:
    """Return the Id and the ARN of each notification in whose place ours comes."""
    return [
        (str(entry.get("Id", "")), arn)
        for _, entry, arn in entries(case.notifications)
        if _is_replaced(case, entry, arn)
    ]


def _is_replaced(case: Case, entry: Notifications, arn: str) -> bool:
    return (arn == case.queue or for_a_reaper(entry, arn)) and overlaps(entry, case.prefixes)


def _without_reapers(case: Case) -> Notifications:
    left = {
        name: [entry for entry in case.notifications.get(name, []) if not _is_replaced(case, entry, str(entry[arn]))]
        for name, arn in LISTS.items()
    }
    return {name: left.get(name, value) for name, value in case.notifications.items() if left.get(name, True)}
