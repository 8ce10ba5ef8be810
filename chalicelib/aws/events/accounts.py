"""Compare the account that an event comes from with that of its bucket; pure.

EventBridge writes the sender's account into each event, and SNS the topic into its envelope. So whoever may send from
one account cannot tell of the buckets of another. S3's own notification tells no account and needs none: S3 writes the
bucket's name, which is unique. docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
"""

import re
from collections.abc import Iterable, Iterator

from chalicelib.aws.passed_over import say
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.policy import Rules

_OUR_TOPIC = re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:(?P<account>[0-9]{12}):tflock-reaper-[a-z0-9-]+")


def of_topic(events: Iterable[LockEvent], topic: str, rules: Rules) -> Iterable[LockEvent]:
    """Return the events that are believed of the topic that brought them.

    A topic that the queue knows by its name is for the buckets of its own account
    (``deploy/events-from-elsewhere.yaml``). One that it knows by its ARN is believed of all.
    """
    ours = _OUR_TOPIC.fullmatch(topic)
    return believed(events, ours["account"], rules) if ours else events


def believed(events: Iterable[LockEvent], account: str, rules: Rules) -> Iterator[LockEvent]:
    """Yield the events of buckets that are in this account, or are no targets. Each other one is logged."""
    for event in events:
        bucket, known = event.place.container, rules.account_of(event.place)
        if account == known.id or not rules.covers(event.place):
            yield event
        else:
            say(
                f"an event of the bucket {bucket} comes from account {account[:100]!r}, but it is a target in "
                f"{known.called}: not recorded. Either reaper.toml has a wrong account, or somebody made the event up"
            )
