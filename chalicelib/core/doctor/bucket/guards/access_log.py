"""Judge whether anything records who deletes locks and writes states."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.core.doctor.bucket.checks import ACCESS_LOG
from chalicelib.core.doctor.bucket.guards.trail_events import records
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding, Fix
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws, compact
from chalicelib.core.partitions import UNNAMED_REGION, service


class Trail(msgspec.Struct, frozen=True):
    """A trail of CloudTrail, as far as it could be read."""

    arn: str
    is_logging: bool = True
    selectors: Mapping[str, Any] = {}
    """The answer of GetEventSelectors."""


def logged_to(bucket: StateBucket, answer: Mapping[str, Any]) -> Finding | None:
    """Judge the answer of GetBucketLogging; None: the bucket has no access log."""
    target = answer.get("LoggingEnabled", {}).get("TargetBucket")
    return bucket.green(ACCESS_LOG, f"access is logged to bucket {target}") if target else None


def trailed(bucket: StateBucket, trails: tuple[Trail, ...]) -> Finding:
    """Judge the trails of a bucket without an access log."""
    of_it = [trail for trail in trails if records(bucket, trail.selectors)]
    if ours := next((trail for trail in of_it if trail.is_logging), None):
        return bucket.green(ACCESS_LOG, f"CloudTrail records its data events: {ours.arn}")
    stopped = f"; the trail {of_it[0].arn} would record them, but it is stopped" if of_it else ""
    return bucket.yellow(ACCESS_LOG, f"neither an access log nor a trail with its data events{stopped}", _fix(bucket))


def _fix(bucket: StateBucket) -> Fix:
    name, source, region = _log_bucket(bucket), {"aws:SourceArn": bucket.arn}, bucket.region
    place = None if region in (UNNAMED_REGION, "") else {"LocationConstraint": region}
    statement = {
        "Sid": "LetS3WriteAccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": service("logging.s3")},
        "Action": "s3:PutObject",
        "Resource": f"arn:{bucket.partition}:s3:::{name}/*",
        "Condition": {"ArnLike": source, "StringEquals": {"aws:SourceAccount": bucket.account}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    target = {"TargetBucket": name, "TargetPrefix": f"{bucket.name}/"}
    lines = [
        aws("s3api", "create-bucket", bucket=name, region=region or None, create_bucket_configuration=place),
        aws("s3api", "put-bucket-policy", bucket=name, policy=policy),
        aws("s3api", "put-bucket-logging", bucket=bucket.name, bucket_logging_status={"LoggingEnabled": target}),
    ]
    return Fix(
        do=f"Create a bucket {name} for access logs and have {bucket.name} log to it; or add data events of "
        f"{bucket.arn}/ to a trail. Give the log bucket a lifecycle rule that expires old logs.",
        cli="\n".join(lines),
        hcl=_hcl(bucket, name, compact(policy)),
    )


def _hcl(bucket: StateBucket, name: str, policy: str) -> str:
    made = hcl.resource("aws_s3_bucket", name, {"bucket": name})
    allowed = hcl.resource("aws_s3_bucket_policy", name, {"bucket": name, "policy": policy})
    body = {"bucket": bucket.name, "target_bucket": name, "target_prefix": f"{bucket.name}/"}
    return "\n".join([made, allowed, hcl.resource("aws_s3_bucket_logging", bucket.name, body)])


def _log_bucket(bucket: StateBucket) -> str:
    """Return a name that nobody else has. It is the same each time, so that a second paste makes no second bucket."""
    mark = hashlib.sha256(f"{bucket.account}/{bucket.name}".encode()).hexdigest()[:8]
    return f"{bucket.name[:42].rstrip('-.')}-access-log-{mark}"
