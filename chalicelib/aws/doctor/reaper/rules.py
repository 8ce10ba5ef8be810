"""Look whether the rules that are deployed are those at hand, and whether their targets are still there."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.rules import RULES, Settings, judge_rules
from chalicelib.core.doctor.reaper.targets import TARGETS, Seen, Whereabouts, judge_targets
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.ports.doctor import Look

_AT_ONCE = 16
_ANSWERS = dict.fromkeys(("403", "AccessDenied", "Forbidden"), Whereabouts.DENIED) | dict.fromkeys(
    ("404", "NoSuchBucket"), Whereabouts.GONE
)


def rule_looks(
    subject: str, parts: Parts, reach: Reach, config: Settings | None, at_hand: Settings | None
) -> dict[str, Look]:
    """Return the looks at the rules; without a file at hand, only that at their targets."""
    looks: dict[str, Look] = {}
    if config and at_hand:
        looks[RULES] = lambda: judge_rules(subject, config, at_hand, parts)
    if config:
        targets = config.rules.at_home(parts.account, parts.region).targets
        looks[TARGETS] = lambda: _looked(subject, targets, parts, reach)
    return looks


def _looked(subject: str, targets: Iterable[Target], parts: Parts, reach: Reach) -> list[Finding]:
    """Look for each target of the stack's own account; those of others are seen with other credentials."""
    own = [target for target in targets if not target.account.role]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = list(pool.map(lambda target: Seen(target, _standing(target, reach)), own))
    return judge_targets(subject, seen, parts)


def _standing(target: Target, reach: Reach) -> Whereabouts:
    if target.kind is Kind.S3:
        return _bucket(reach.client("s3", target.region or ""), target.container, reach.account)
    dynamodb = reach.client("dynamodb", target.region or "")
    missing: dict[str, Any] = {"ResourceNotFoundException": None}
    right = "dynamodb:DescribeTable"
    found = asked("DynamoDB", right, lambda: dynamodb.describe_table(TableName=target.container), missing)
    return Whereabouts.GONE if found is None else Whereabouts.THERE


def _bucket(s3: Any, bucket: str, owner: str) -> Whereabouts:
    """Return how it stands with a bucket: S3 also denies it to whoever names another account as its owner."""
    if _headed(s3, Bucket=bucket, ExpectedBucketOwner=owner) is Whereabouts.THERE:
        return Whereabouts.THERE
    standing = _headed(s3, Bucket=bucket)
    return Whereabouts.ELSEWHERE if standing is Whereabouts.THERE else standing


def _headed(s3: Any, **wanted: str) -> Whereabouts:
    found = asked("S3", "s3:ListBucket", lambda: s3.head_bucket(**wanted), _ANSWERS)
    return found if isinstance(found, Whereabouts) else Whereabouts.THERE
