"""Tell whether a trail of CloudTrail records writes of a bucket's objects as data events.

docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from chalicelib.core.partitions import service

_OBJECTS = "AWS::S3::Object"
_WRITES = ("PutObject", "DeleteObject")
Tests = Mapping[str, Sequence[str]]


def records(bucket: StateBucket, selectors: Mapping[str, Any]) -> bool:
    """Return whether the answer of GetEventSelectors has the writes of each lock of a bucket."""
    begins = [f"{bucket.arn}/{prefix}" for prefix in bucket.prefixes or ("",)]
    plain = selectors.get("EventSelectors") or ()
    advanced = selectors.get("AdvancedEventSelectors") or ()
    values = tuple(value for one in plain if _writes(one) for value in _values(one))
    return all(
        begin.startswith(values) or any(_selects(one.get("FieldSelectors") or (), begin) for one in advanced)
        for begin in begins
    )


def _writes(selector: Mapping[str, Any]) -> bool:
    return selector.get("ReadWriteType", "All") in ("All", "WriteOnly")


def _values(selector: Mapping[str, Any]) -> Iterable[str]:
    """Return the beginnings of ARNs that a plain selector has. ``arn:aws:s3`` are all buckets."""
    resources = selector.get("DataResources") or ()
    return (value for one in resources if one.get("Type") == _OBJECTS for value in one.get("Values") or ())


def _selects(fields: Sequence[Mapping[str, Any]], begin: str) -> bool:
    """Return whether an advanced selector has the writes of all locks whose ARN begins so."""
    named = {one.get("Field") for one in fields}
    return {"eventCategory", "resources.type"} <= named and all(_field_has(one, begin) for one in fields)


def _field_has(field: Mapping[str, Any], begin: str) -> bool:
    tests: Tests = {key: value for key, value in field.items() if key != "Field" and value}
    if field.get("Field") == "resources.ARN":
        return all(_arn_passes(test, tuple(values), begin) for test, values in tests.items())
    wanted = {
        "eventCategory": ("Data",),
        "resources.type": (_OBJECTS,),
        "readOnly": ("false",),
        "eventName": _WRITES,
        "eventSource": (service("s3"),),
    }.get(str(field.get("Field")))
    return wanted is not None and all(_passes(tests, one) for one in wanted)


def _arn_passes(test: str, values: tuple[str, ...], begin: str) -> bool:
    if test == "StartsWith":
        return begin.startswith(values)
    if test == "EndsWith":
        return LOCK_SUFFIX.endswith(values)
    if test == "NotStartsWith":
        return not any(one.startswith(begin) or begin.startswith(one) for one in values)
    return test == "NotEndsWith" and not any(one.endswith(LOCK_SUFFIX) or LOCK_SUFFIX.endswith(one) for one in values)


def _passes(tests: Tests, value: str) -> bool:
    """Return whether a value passes all tests of a field. A test that is not known here is not passed."""
    known = {
        "Equals": lambda values: value in values,
        "NotEquals": lambda values: value not in values,
        "StartsWith": lambda values: value.startswith(tuple(values)),
        "NotStartsWith": lambda values: not value.startswith(tuple(values)),
        "EndsWith": lambda values: value.endswith(tuple(values)),
        "NotEndsWith": lambda values: not value.endswith(tuple(values)),
    }
    return all(test in known and known[test](values) for test, values in tests.items())
