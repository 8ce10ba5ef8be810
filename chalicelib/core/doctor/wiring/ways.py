"""Find the ways in which a bucket tells the reaper's queue, and whatever else takes the events of its locks; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chalicelib.core.doctor.wiring import pattern
from chalicelib.core.doctor.wiring.case import Case, Document, Kind, Rule, Topic, Way
from chalicelib.core.doctor.wiring.events import Told, overlaps, told_by
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from chalicelib.core.notifications.merging import Notifications, entries, is_ours

_TOPICS = "TopicConfigurations"
_A_REAPERS = re.compile(r"arn:[a-z-]+:(sqs:[^:]*:[0-9]*:tflock-events-|sns:[^:]*:[0-9]*:tflock-reaper-).+")
_CREATED, _DELETED = "Object Created", "Object Deleted"
_FOR_GOOD = {"deletion-type": "Permanently Deleted"}
_MARKED = {"deletion-type": "Delete Marker Created"}
_BY_REQUEST, _BY_RULE = {"reason": "DeleteObject"}, {"reason": "Lifecycle Expiration"}
_BODIES: dict[str, tuple[str, dict[str, str]]] = {
    "s3:ObjectCreated:Put": (_CREATED, {"reason": "PutObject"}),
    "s3:ObjectCreated:Post": (_CREATED, {"reason": "POST Object"}),
    "s3:ObjectCreated:Copy": (_CREATED, {"reason": "CopyObject"}),
    "s3:ObjectCreated:CompleteMultipartUpload": (_CREATED, {"reason": "CompleteMultipartUpload"}),
    "s3:ObjectRemoved:Delete": (_DELETED, _FOR_GOOD | _BY_REQUEST),
    "s3:ObjectRemoved:DeleteMarkerCreated": (_DELETED, _MARKED | _BY_REQUEST),
    "s3:LifecycleExpiration:Delete": (_DELETED, _FOR_GOOD | _BY_RULE),
    "s3:LifecycleExpiration:DeleteMarkerCreated": (_DELETED, _MARKED | _BY_RULE),
}
"""Each event, as EventBridge has it."""
_SIZE = 200


class Heard(msgspec.Struct, frozen=True):
    """The ways to the queue, and the notifications for somebody else that S3 lets no other stand beside."""

    ways: tuple[Way, ...]
    others: tuple[Notifications, ...]
    """Each entry with its ARN under ``Arn``."""
    waits: bool = False
    """Whether a rule would send all events of the bucket's locks, if only EventBridge were on for it."""

    @property
    def told(self) -> frozenset[Told]:
        """Return what is certainly told by some way."""
        return frozenset[Told]().union(*(way.told for way in self.ways))

    @property
    def unsure(self) -> frozenset[Told]:
        """Return what may be told."""
        return frozenset[Told]().union(*(way.unsure for way in self.ways)) - self.told


def heard(case: Case, topics: Mapping[str, Topic], rules: Sequence[Rule]) -> Heard:
    """Return the ways that a bucket has, by the topics that it tells and the rules that send to the reaper."""
    direct = [entry for entry, arn in relevant(case) if arn == case.queue]
    ways = [Way(kind=Kind.QUEUE, through="", told=_told(case, direct))] if direct else []
    ours = {arn for arn, topic in topics.items() if topic.subscription or arn == case.topic or _is_ours_in(case, arn)}
    ways += [_by_topic(case, topics[arn]) for arn in sorted(ours)]
    by_rules = [_by_rule(case, rule) for rule in rules]
    waits = any(way.told == case.needed for way in by_rules if way.rule and way.rule.enabled)
    ways += [way for way in by_rules if case.tells_eventbridge and (way.told or way.unsure)]
    others = [entry | {"Arn": arn} for entry, arn in relevant(case) if arn not in {case.queue, *ours}]
    foreign = tuple(entry for entry in others if not for_a_reaper(entry, entry["Arn"]))
    return Heard(tuple(ways), foreign, waits and not case.tells_eventbridge)


def relevant(case: Case) -> list[tuple[Notifications, str]]:
    """Return each notification that is about locks of the target, with the ARN that it goes to."""
    return [(entry, arn) for _, entry, arn in entries(case.notifications) if overlaps(entry, case.prefixes)]


def topics_told(case: Case) -> list[str]:
    """Return the ARNs of the topics that hear of locks of the target."""
    told = entries(case.notifications)
    return sorted({arn for name, entry, arn in told if name == _TOPICS and overlaps(entry, case.prefixes)})


def for_a_reaper(entry: Notifications, arn: str) -> bool:
    """Return whether a notification is for this or another reaper: by its Id, or by where it goes."""
    return is_ours(entry) or _A_REAPERS.fullmatch(arn) is not None


def body_of(case: Case, key: str, event: str) -> Document:
    """Return an event of the bucket as EventBridge has it (AmazonS3/latest/userguide/ev-events.html)."""
    told_as, told = _BODIES[event]
    return {
        "version": "0",
        "source": "aws.s3",
        "detail-type": told_as,
        "account": case.account,
        "region": case.region,
        "resources": [case.arn],
        "detail": {
            "version": "0",
            "bucket": {"name": case.bucket},
            "object": {"key": key, "size": _SIZE},
            "requester": case.account,
            **told,
        },
    }


def _is_ours_in(case: Case, topic: str) -> bool:
    return any(arn == topic and is_ours(entry) for entry, arn in relevant(case))


def _told(case: Case, listed: Iterable[Notifications]) -> frozenset[Told]:
    return frozenset[Told]().union(*(told_by(entry, case.prefixes) for entry in listed))


def _by_topic(case: Case, topic: Topic) -> Way:
    through = [entry for entry, arn in relevant(case) if arn == topic.arn]
    return Way(kind=Kind.TOPIC, through=topic.arn, told=_told(case, through), topic=topic)


def _by_rule(case: Case, rule: Rule) -> Way:
    """Return the way of a rule. It is judged by one state below each prefix."""
    judged = {
        (prefix, event): pattern.matches(rule.pattern, body_of(case, f"{prefix}doctor{LOCK_SUFFIX}", event))
        for prefix, event in case.needed
    }
    told = frozenset(one for one, match in judged.items() if match)
    unsure = frozenset(one for one, match in judged.items() if match is None)
    return Way(kind=Kind.EVENTBRIDGE, through=rule.name, told=told, unsure=unsure, rule=rule)
