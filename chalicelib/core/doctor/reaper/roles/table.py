"""The table of what each function must be able to do, and of what no function may ever do.

It is written from the design (who does what), not read from any policy: so it finds a policy that was changed, and
rules that the stack's rights do not fit.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.core.doctor.iam.conditions import Keys

READERS = ("SweepTarget", "WatchLocks", "RecordLockEvent", "ReleaseLock", "AnswerClick")
"""The functions that read locks."""
SPEAKERS = ("NightlySweep", "ExamineSetup", *READERS)
"""The functions that speak in Slack."""
EACH = (*SPEAKERS, "TableChanged", "ApiHandler")
_LOOKING = ("NightlySweep", "SweepTarget", "WatchLocks", "RecordLockEvent")
_ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'
_ACLS = ["bucket-owner-full-control", "private"]
_ONLY_MATCHING = {"Null": {"s3:if-match": "false"}}
_ONLY_WHERE_NOTHING_IS = {"Null": {"s3:if-none-match": "false"}}
_ANY_LOCK = "arn:{partition}:s3:::*/*.tflock"

ABSENT: Keys = dict.fromkeys(
    ("s3:if-match", "s3:if-none-match", "s3:versionid", "s3:x-amz-acl", "dynamodb:leadingkeys", "sts:rolesessionname"),
    (),
)
"""The keys that a request lacks if its line of the table does not name them."""


class Right(msgspec.Struct, frozen=True):
    """What some functions must be able to do to some of ``Holdings``."""

    functions: tuple[str, ...]
    actions: tuple[str, ...]
    at: str
    """The name of the resources in ``Holdings``."""
    keys: Keys = {}
    """The condition keys of the request, as the function sends it."""
    condition: Mapping[str, Any] = {}
    """The condition under which the right is granted; none of them is granted without."""
    only_with_undo: bool = False


class Bound(msgspec.Struct, frozen=True):
    """What some functions must never be able to do, whatever another policy grants."""

    functions: tuple[str, ...]
    actions: tuple[str, ...]
    at: str
    what: str
    """What it would be, for a person."""
    deny: Mapping[str, Any]
    """The resources and the condition of the statement that denies it; ``{partition}`` is to be filled in."""
    keys: Keys = {}


def but(*functions: str) -> tuple[str, ...]:
    """Return all functions but these."""
    return tuple(one for one in EACH if one not in functions)


def _takes(function: str, queue: str) -> Right:
    return Right((function,), ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), queue)


def _sends(queue: str, *functions: str) -> Right:
    return Right(functions, ("sqs:SendMessage",), queue)


def _enters(functions: tuple[str, ...], verb: str, *, only_with_undo: bool = False) -> Right:
    keys = {"sts:rolesessionname": (f"{verb}-tflock-reaper",)}
    condition = {"StringLike": {"sts:RoleSessionName": f"{verb}-*"}}
    return Right(functions, ("sts:AssumeRole",), "members", keys, condition, only_with_undo)


RIGHTS: tuple[Right, ...] = (
    _takes("SweepTarget", "sweeps"),
    _takes("RecordLockEvent", "events"),
    _takes("ReleaseLock", "releases"),
    _takes("AnswerClick", "clicks"),
    _sends("sweeps", "NightlySweep", "SweepTarget"),
    _sends("events", "RecordLockEvent", "TableChanged"),
    _sends("releases", "SweepTarget", "WatchLocks", "ReleaseLock", "ApiHandler"),
    _sends("clicks", "WatchLocks", "ReleaseLock", "AnswerClick", "ApiHandler"),
    Right((*SPEAKERS, "ApiHandler"), ("dynamodb:GetItem",), "book"),
    Right(SPEAKERS, ("dynamodb:UpdateItem",), "book"),
    Right((*_LOOKING, "ExamineSetup", "AnswerClick", "ApiHandler"), ("dynamodb:Query",), "book"),
    Right(("SweepTarget", "WatchLocks"), ("dynamodb:DeleteItem",), "book"),
    Right(("SweepTarget",), ("dynamodb:Query",), "held"),
    Right(("SweepTarget", "WatchLocks", "ApiHandler"), ("dynamodb:Scan",), "held"),
    Right(SPEAKERS, ("ssm:GetParameter",), "token"),
    Right(("ApiHandler",), ("ssm:GetParameter",), "signing"),
    Right(EACH, ("logs:CreateLogStream", "logs:PutLogEvents"), "log"),
    Right(READERS, ("s3:ListBucket",), "buckets"),
    Right(("SweepTarget", "WatchLocks", "ReleaseLock"), ("s3:GetBucketVersioning",), "buckets"),
    Right(("SweepTarget",), ("s3:ListBucketVersions",), "debris"),
    Right(READERS, ("s3:GetObject", "s3:GetObjectLegalHold"), "locks"),
    Right(("RecordLockEvent",), ("s3:GetObjectVersion",), "locks"),
    Right(("ReleaseLock",), ("s3:GetObjectTagging",), "locks"),
    Right(("ReleaseLock",), ("s3:DeleteObject",), "locks", {"s3:if-match": (_ETAG,)}, _ONLY_MATCHING),
    Right(
        ("AnswerClick",),
        ("s3:PutObject",),
        "locks",
        {"s3:if-none-match": ("*",)},
        _ONLY_WHERE_NOTHING_IS,
        only_with_undo=True,
    ),
    Right(("AnswerClick",), ("s3:PutObjectTagging",), "locks", only_with_undo=True),
    Right(
        ("AnswerClick",),
        ("s3:PutObjectAcl",),
        "locks",
        {"s3:x-amz-acl": ("bucket-owner-full-control",)},
        {"StringEquals": {"s3:x-amz-acl": _ACLS}},
        only_with_undo=True,
    ),
    Right(READERS, ("dynamodb:GetItem",), "tables"),
    Right(("SweepTarget", "WatchLocks"), ("dynamodb:Scan",), "tables"),
    Right(("ReleaseLock",), ("dynamodb:DeleteItem",), "tables", {"dynamodb:leadingkeys": ("acme/a.tfstate",)}),
    Right(
        ("AnswerClick",),
        ("dynamodb:PutItem",),
        "tables",
        {"dynamodb:leadingkeys": ("acme/a.tfstate",)},
        only_with_undo=True,
    ),
    Right(
        ("TableChanged",), ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"), "streams"
    ),
    Right(("NightlySweep",), ("s3:ListAllMyBuckets", "dynamodb:ListTables", "tag:GetResources"), "names"),
    Right(
        ("NightlySweep",),
        ("organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"),
        "units",
    ),
    _enters((*_LOOKING, "ReleaseLock", "AnswerClick"), "look"),
    _enters(("ReleaseLock",), "release"),
    _enters(("AnswerClick",), "restore", only_with_undo=True),
)

_ANYTHING = {"Resource": "*"}
_NO_LOCK = {"NotResource": _ANY_LOCK}
_DIGEST = {"dynamodb:leadingkeys": ("acme/a.tfstate-md5",)}
_DIGESTS = {"Resource": "*", "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "*-md5"}}}
_TABLES = {"NotResource": "{book}"}

BOUNDS: tuple[Bound, ...] = (
    Bound(EACH, ("s3:GetObject", "s3:GetObjectVersion"), "states", "read a state, which holds secrets", _NO_LOCK),
    Bound(
        EACH,
        ("s3:DeleteObjectVersion",),
        "locks",
        "destroy a version of a lock",
        {"Resource": "*", "Condition": {"Null": {"s3:VersionId": "false"}}},
        {"s3:versionid": ("a-version",)},
    ),
    Bound(but("ReleaseLock"), ("s3:DeleteObject",), "locks", "delete a lock", _ANYTHING, {"s3:if-match": (_ETAG,)}),
    Bound(
        ("ReleaseLock",),
        ("s3:DeleteObject",),
        "locks",
        "delete whatever lock is there, not only the one that was shown",
        {"Resource": "*", "Condition": {"Null": {"s3:if-match": "true"}}},
    ),
    Bound(
        ("ReleaseLock",),
        ("s3:DeleteObject",),
        "locks",
        "delete whatever lock is there, by If-Match: *",
        {"Resource": "*", "Condition": {"StringEquals": {"s3:if-match": ["*", '"*"']}}},
        {"s3:if-match": ("*",)},
    ),
    Bound(("ReleaseLock",), ("s3:DeleteObject",), "states", "delete a state", _NO_LOCK, {"s3:if-match": (_ETAG,)}),
    Bound(but("AnswerClick"), ("s3:PutObject",), "locks", "put a lock", _ANYTHING, {"s3:if-none-match": ("*",)}),
    Bound(
        ("AnswerClick",),
        ("s3:PutObject",),
        "locks",
        "overwrite a lock",
        {"Resource": "*", "Condition": {"Null": {"s3:if-none-match": "true"}}},
    ),
    Bound(("AnswerClick",), ("s3:PutObject",), "states", "put a state", _NO_LOCK, {"s3:if-none-match": ("*",)}),
    Bound(but("ReleaseLock"), ("dynamodb:DeleteItem",), "tables", "delete an item of a lock table", _TABLES),
    Bound(but("AnswerClick"), ("dynamodb:PutItem",), "tables", "put an item into a lock table", _TABLES),
    Bound(("ReleaseLock",), ("dynamodb:DeleteItem",), "tables", "delete the digest of a state", _DIGESTS, _DIGEST),
    Bound(("AnswerClick",), ("dynamodb:PutItem",), "tables", "overwrite the digest of a state", _DIGESTS, _DIGEST),
)
