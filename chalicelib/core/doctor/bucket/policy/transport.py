"""Judge whether a bucket refuses plain HTTP."""

from chalicelib.core.doctor.bucket.checks import PLAIN_HTTP
from chalicelib.core.doctor.bucket.policy.answer import Answer, all_of, any_of, is_so
from chalicelib.core.doctor.bucket.policy.context import Context
from chalicelib.core.doctor.bucket.policy.document import free_sid, written
from chalicelib.core.doctor.bucket.policy.mending import Requests, mended
from chalicelib.core.doctor.bucket.policy.principals import Caller
from chalicelib.core.doctor.bucket.policy.requests import DELETE, GET, LIST, PUT, Request
from chalicelib.core.doctor.bucket.policy.statements import Policy, Statement, denies, has_all
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding, Fix

_PLAIN: Context = {"aws:securetransport": ("false",), "*": ()}
_ANYBODY = Caller("anybody")


def plain_http(bucket: StateBucket, policy: Policy, requests: Requests) -> Finding:
    """Judge what a policy refuses over plain HTTP. ``requests`` are those that the fix must let pass."""
    open_to = [one for one in _asked(bucket) if _refused(policy, one) is not Answer.YES]
    if not open_to:
        return bucket.green(PLAIN_HTTP, "the bucket policy refuses plain HTTP")
    unsure = any(_refused(policy, one) is Answer.MAYBE for one in open_to)
    what = ", ".join(one.does for one in open_to)
    return bucket.yellow(
        PLAIN_HTTP,
        f"over plain HTTP the bucket policy {'may let' if unsure else 'lets'} pass: {what}",
        _fix(bucket, policy, requests),
    )


def _asked(bucket: StateBucket) -> tuple[Request, ...]:
    objects = ((GET, "reading"), (PUT, "putting"), (DELETE, "deleting"))
    return (
        *(_one(f"{does} objects", action, f"{bucket.arn}/*") for action, does in objects),
        _one("listing", LIST, bucket.arn),
    )


def _one(does: str, action: str, arn: str) -> Request:
    return Request(does=does, caller=_ANYBODY, actions=(action,), resources=(arn,), variants=(_PLAIN,))


def _refused(policy: Policy, request: Request) -> Answer:
    """Return whether a statement denies a request for everything that it can be about."""
    return any_of(
        all_of((denies(policy, one, request), is_so(has_all(one, request.resources[0])))) for one in policy.statements
    )


def _statement(bucket: StateBucket, policy: Policy) -> Statement:
    """Return the statement that refuses plain HTTP, under a name of its own."""
    return {
        "Sid": free_sid(policy, "RefusePlainHttp"),
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, f"{bucket.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _fix(bucket: StateBucket, policy: Policy, requests: Requests) -> Fix:
    kept = [new for _, some in mended(bucket, policy, requests, Answer.YES) for new in some]
    added = _statement(bucket, policy)
    return Fix(
        do=f"Add the statement {added['Sid']} to the policy of {bucket.name}. Terraform and the reaper use HTTPS.",
        **written(bucket, policy, [*kept, added]),
    )
