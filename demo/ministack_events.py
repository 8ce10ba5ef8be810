"""Teach MiniStack how S3's events travel on AWS: with who did it, and over an event bus to any region and account.

The identity in S3's notifications, where MiniStack writes the same word for everybody:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids

A rule whose target is the bus of another region or account, where MiniStack says that there is no such bus. The event
keeps the region and the account in which it happened, as one did that AWS sent (``tests/recorded``). The policy of the
bus that receives it is not judged:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator, responses  # type: ignore[import-untyped]
from ministack.services import eventbridge, iam, s3  # type: ignore[import-untyped]

Deliver = Callable[..., None]


def teach() -> None:
    """Replace what MiniStack does with S3's events."""
    # The two places that have a notification before it is sent.
    s3._deliver_event_to_sqs = _with_identity(s3._deliver_event_to_sqs)  # noqa: SLF001
    s3._deliver_event_to_sns = _with_identity(s3._deliver_event_to_sns)  # noqa: SLF001
    eventbridge._dispatch_to_event_bus = _to_any_bus  # noqa: SLF001


def _with_identity(deliver: Deliver) -> Deliver:
    # MiniStack sends a notification in a thread that has the context of its request.
    def deliver_with_identity(to: str, notification: dict[str, Any], *others: object, **named: object) -> None:
        for record in notification.get("Records", ()):  # the test event has none
            record["userIdentity"] = {"principalId": _principal_id(iam_evaluator.caller_arn())}
        deliver(to, notification, *others, **named)

    return deliver_with_identity


def _principal_id(arn: str) -> str:
    """Return ``AWS:AIDA...`` for a user, ``AWS:AROA...:<session name>`` for a role, ``AWS:<account>`` for the root."""
    *_, account, resource = arn.split(":", 5)
    kind, *names = resource.split("/")
    # A role may act on a bucket of another account, and the request is then that account's.
    with responses.request_scope(account, responses.get_region()):
        if kind == "assumed-role":
            role, session = names
            return f"AWS:{iam._roles[role]['RoleId']}:{session}"  # noqa: SLF001
        if kind == "user":
            return f"AWS:{iam._users[names[-1]]['UserId']}"  # noqa: SLF001
    return f"AWS:{account}"


def _to_any_bus(bus: Any, event: Mapping[str, Any], rule: Mapping[str, Any], path: list[str], _: object = None) -> None:
    here = eventbridge._rule_key(rule.get("Name"), rule.get("EventBusName", "default"))  # noqa: SLF001
    if here in path:
        return
    origin = {"Region": event.get("Region", responses.get_region())}
    sent = {"EventBusName": bus.resource.split("/", 1)[1], "_DispatchPath": [*path, here]}
    with responses.request_scope(bus.account_id, bus.region):
        eventbridge._dispatch_event({**event, **origin, **sent})  # noqa: SLF001
