"""Judge what locks leave behind in a bucket that keeps versions, and whether a rule removes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.core.doctor.bucket.checks import DEBRIS
from chalicelib.core.doctor.bucket.rules import lifecycle
from chalicelib.core.doctor.bucket.rules.scope import is_on, scope_of
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding, Fix
from chalicelib.core.nights.debris import Debris

LARGE = 1000
"""Old versions and delete markers of locks that are a listing page by themselves."""
MANY = 100
"""As many in the first listing pages of a bucket that was not listed to its end."""
DAYS, NEWER = 90, 20
"""What the rule that is to be added keeps: versions for as many days, and always as many newer ones."""
_ID = "lock-debris"
_MARKERS = {"Expiration": {"ExpiredObjectDeleteMarker": True}}
_VERSIONS = {"NoncurrentVersionExpiration": {"NoncurrentDays": DAYS, "NewerNoncurrentVersions": NEWER}}
Rules = Sequence[Mapping[str, Any]]


def debris(
    bucket: StateBucket,
    versioning: Mapping[str, Any],
    answer: Mapping[str, Any],
    sound: Callable[[], Rules],
    count: Callable[[], Debris],
) -> Finding:
    """Judge the answers of GetBucketVersioning and GetBucketLifecycleConfiguration, and the count if it takes one.

    ``sound`` returns the rules as they should be, apart from the debris.
    """
    if not versioning.get("Status"):
        return bucket.green(DEBRIS, "the bucket keeps no versions, so locks leave nothing behind")
    if not missing(bucket, answer.get("Rules", ())):
        return bucket.green(DEBRIS, "lifecycle rules remove old versions and delete markers of locks")
    counted = count()
    found = counted.versions + counted.markers
    data = {"versions": counted.versions, "markers": counted.markers, "whole": counted.whole}
    if found >= LARGE or (found >= MANY and not counted.whole):
        fix = _fix(bucket, answer, sound())
        return bucket.yellow(DEBRIS, f"{counted.count}, and no lifecycle rule removes them", fix, data=data)
    if not counted.whole:
        return bucket.grey(DEBRIS, f"{counted.count}; only the first listing pages were counted")
    return bucket.green(DEBRIS, f"{counted.count}: few, though no lifecycle rule removes them", data=data)


def missing(bucket: StateBucket, rules: Rules) -> list[dict[str, Any]]:
    """Return the rules that are missing: one for each prefix whose debris stays."""
    made = [_rule(prefix, rules) for prefix in bucket.prefixes or ("",)]
    return [rule | {"ID": _id(number, rules)} for number, rule in enumerate(one for one in made if one)]


def _rule(prefix: str, rules: Rules) -> dict[str, Any]:
    of_it = [rule for rule in rules if is_on(rule) and scope_of(rule).covers(prefix)]
    old = any((rule.get("NoncurrentVersionExpiration") or {}).get("NoncurrentDays") for rule in of_it)
    markers = any(any((rule.get("Expiration") or {}).values()) for rule in of_it)
    acts = ({} if old else _VERSIONS) | ({} if markers else _MARKERS)
    return {"ID": "", "Status": "Enabled", "Filter": {"Prefix": prefix}} | acts if acts else {}


def _id(number: int, rules: Rules) -> str:
    """Return an ID that no other rule has."""
    names = [_ID, *(f"{_ID}-{n}" for n in range(2, len(rules) + number + 3))]
    return [name for name in names if name not in {rule.get("ID") for rule in rules}][number]


def _fix(bucket: StateBucket, answer: Mapping[str, Any], sound: Rules) -> Fix:
    added = missing(bucket, sound)
    rules = [*sound, *added]
    names = ", ".join(rule["ID"] for rule in added)
    return Fix(
        do=f"Add the lifecycle rule {names}. S3 has no filter by suffix, so it removes old versions of states too: "
        f"those "
        f"replaced more than {DAYS} days ago that have {NEWER} newer old ones. Raise the numbers to go back further.",
        cli=lifecycle.command(bucket, answer, rules),
        hcl=lifecycle.resource(bucket, answer, rules),
    )
