"""The requests that locks are made of: what Terraform sends, and what the reaper does.

Terraform's: internal/backend/remote-state/s3/client.go of hashicorp/terraform. The reaper's: ``aws.locks.s3``.
"""

from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.core.doctor.bucket.policy.context import ABSENT, PASSES, PRESENT, Context
from chalicelib.core.doctor.bucket.policy.principals import Caller
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from chalicelib.core.partitions import HOSTS_END

PUT, GET, DELETE, LIST = "s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket"
DELETE_VERSION = "s3:DeleteObjectVersion"
_SSE, _ACL = "s3:x-amz-server-side-encryption", "s3:x-amz-acl"
_KEY, _CUSTOMER = f"{_SSE}-aws-kms-key-id", f"{_SSE}-customer-algorithm"
_IF_NONE = ("*", '"*"')
_OURS = ("bucket-owner-full-control", "private")
"""ACLs that a put back is tried with, after none (``aws.locks.s3.DEMANDED_ACLS``)."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is asked of S3, for any of a bucket's locks."""

    does: str
    """What it is, after "denies": ``Terraform the delete of a lock``."""
    caller: Caller
    actions: tuple[str, ...]
    """S3 asks for one of these; a statement that denies any of them denies the request."""
    resources: tuple[str, ...]
    """Patterns of the ARNs that it is about."""
    variants: tuple[Context, ...]
    """The request as it can be made. It is denied only if each of these is."""


def in_words(requests: Iterable[Request]) -> str:
    """Return what is asked: each act once, behind all who do it."""
    who: dict[str, list[str]] = {}
    for one in requests:
        who.setdefault(one.does.removeprefix(one.caller.words), []).append(one.caller.words)
    return ", ".join(f"{_all_of(words)}{act}" for act, words in who.items())


def _all_of(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words)).replace(", the reaper's ", ", ")


_HTTPS: Context = {
    "aws:securetransport": ("true",),
    "s3:tlsversion": ("1.2", "1.3"),
    "s3:signatureversion": ("AWS4-HMAC-SHA256",),
    "s3:authtype": ("REST-HEADER",),
    "s3:x-amz-content-sha256": PRESENT,
    "s3:versionid": ABSENT,
    "s3:if-match": ABSENT,
    "s3:if-none-match": ABSENT,
    "aws:viaawsservice": ("false",),
    "aws:principalisawsservice": ("false",),
    "aws:principalservicename": ABSENT,
    "aws:calledvia": ABSENT,
    "aws:referer": ABSENT,
    "aws:sourcearn": ABSENT,
    "aws:sourceaccount": ABSENT,
}
_A_RUNS: Context = {
    **_HTTPS,
    "aws:principalarn": PRESENT,
    "aws:principalaccount": PRESENT,
    "aws:userid": PRESENT,
}
_A_RUNS_PUT: Context = {
    **_A_RUNS,
    "s3:if-none-match": _IF_NONE,
    "s3:objectcreationoperation": ("true",),
    _SSE: (*ABSENT, "AES256", "aws:kms"),
    _KEY: (*ABSENT, *PRESENT),
    _CUSTOMER: (*ABSENT, "AES256"),
    _ACL: (*ABSENT, *PRESENT),
}


def of_terraform(bucket: StateBucket, *, versioned: bool, ours: tuple[str, ...] = ()) -> Iterator[Request]:
    """Return what a run asks. It unlocks by a plain delete; headers for encryption depend on its backend.

    Nobody tells by which principals Terraform runs; only not by the reaper's own roles.
    """
    terraform = Caller("Terraform", but=ours)
    for does, actions, context in (
        ("the put of a lock", (PUT,), _A_RUNS_PUT),
        ("the read of its own lock", (GET,), _A_RUNS),
        ("the delete of its lock", _deletes(versioned=versioned), _A_RUNS),
    ):
        yield Request(
            does=f"Terraform {does}",
            caller=terraform,
            actions=actions,
            resources=_locks(bucket),
            variants=(context,),
        )


def of_roles(bucket: StateBucket, roles: Iterable[tuple[str, Caller]], *, versioned: bool) -> Iterator[Request]:
    """Return what the reaper's roles ask, by the logical IDs of their functions; "" does all of it."""
    for function, caller in roles:
        yield from (one for one in _of_role(bucket, caller, versioned=versioned) if one.actions[0] in _DOES[function])


_DOES = {
    "SweepTarget": (LIST, GET),
    "WatchLocks": (GET,),
    "RecordLockEvent": (GET,),
    "ReleaseLock": (GET, DELETE),
    "AnswerClick": (GET, PUT),
    "": (LIST, GET, DELETE, PUT),
}
FUNCTIONS = tuple(name for name in _DOES if name)
"""The functions whose roles meet locks in buckets."""


def _of_role(bucket: StateBucket, caller: Caller, *, versioned: bool) -> Iterator[Request]:
    base = {**_HTTPS, **_identity(caller)}
    put = {**base, "s3:if-none-match": _IF_NONE, "s3:objectcreationoperation": ("true",)}
    put |= {_SSE: PASSES, _KEY: PASSES, _CUSTOMER: ABSENT}
    acls = tuple({**put, _ACL: (acl,)} for acl in (*ABSENT, *_OURS))
    released = {**base, "s3:if-match": PRESENT}
    for does, actions, resources, variants in (
        ("to list locks", (LIST,), (bucket.arn,), (base,)),
        ("to read a lock", (GET,), _locks(bucket), (base,)),
        ("to release a lock", _deletes(versioned=versioned), _locks(bucket), (released,)),
        ("to put a lock back", (PUT,), _locks(bucket), acls),
    ):
        yield Request(
            does=f"{caller.words} {does}", caller=caller, actions=actions, resources=resources, variants=variants
        )


def of_key(bucket: StateBucket, arn: str, roles: Iterable[tuple[str, Caller]]) -> Iterator[Request]:
    """Return what the reaper's roles ask of a bucket's key, by way of S3."""
    for function, caller in roles:
        context: Context = {
            **_identity(caller),
            "aws:securetransport": ("true",),
            "kms:calleraccount": (caller.account,),
            "kms:viaservice": tuple(f"s3.{bucket.region}.{suffix}" for suffix in HOSTS_END.get(bucket.partition, ())),
            "kms:grantisforawsresource": ABSENT,
        }
        actions = ("kms:GenerateDataKey", "kms:Decrypt") if function == "AnswerClick" else ("kms:Decrypt",)
        for action in actions:
            yield Request(
                does=f"{caller.words} to call {action}",
                caller=caller,
                actions=(action,),
                resources=(arn,),
                variants=(context,),
            )


def _identity(caller: Caller) -> Context:
    """Return what keys tell of a role that a function has."""
    return {
        "aws:principalarn": (caller.arn,) if caller.arn else PRESENT,
        "aws:principalaccount": (caller.account,) if caller.account else PRESENT,
        "aws:principaltype": ("AssumedRole",),
        "aws:userid": PRESENT,
        "aws:username": ABSENT,
        "aws:multifactorauthage": ABSENT,
        "aws:multifactorauthpresent": (*ABSENT, "false"),
        "aws:federatedprovider": ABSENT,
        "s3:dataaccesspointarn": ABSENT,
        "s3:dataaccesspointaccount": ABSENT,
        "s3:accesspointnetworkorigin": ABSENT,
    }


def _locks(bucket: StateBucket) -> tuple[str, ...]:
    return tuple(f"{bucket.arn}/{prefix}*{LOCK_SUFFIX}" for prefix in bucket.prefixes or ("",))


def _deletes(*, versioned: bool) -> tuple[str, ...]:
    """Return the actions of a delete: a Deny of either denies it where objects have no versions.

    The rule is in S3's API reference of DeleteObject.
    """
    return (DELETE,) if versioned else (DELETE, DELETE_VERSION)
