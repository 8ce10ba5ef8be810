"""Judge a bucket's Object Lock."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.doctor.bucket.checks import OBJECT_LOCK
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding, Fix
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws

_ON = {"ObjectLockEnabled": "Enabled"}


def object_lock(bucket: StateBucket, answer: Mapping[str, Any]) -> Finding:
    """Judge the answer of GetObjectLockConfiguration; an empty one means that there is none."""
    configured = answer.get("ObjectLockConfiguration", {})
    default = (configured.get("Rule") or {}).get("DefaultRetention") or {}
    if default:
        kept = f"{default['Years']} years" if default.get("Years") else f"{default.get('Days')} days"
        seen = f"each lock's version stays for {kept} ({default.get('Mode')}), and no lifecycle rule can remove it"
        return bucket.yellow(OBJECT_LOCK, seen, _fix(bucket))
    if configured.get("ObjectLockEnabled") == "Enabled":
        return bucket.green(OBJECT_LOCK, "Object Lock is on, without a default retention (Terraform 1.10.1 or later)")
    return bucket.green(OBJECT_LOCK, "Object Lock is off")


def _fix(bucket: StateBucket) -> Fix:
    return Fix(
        do=f"Take the default retention away from {bucket.name}, unless states must be kept that way: it "
        "holds for states and locks alike, and S3 cannot limit it to states. Versions that are there keep theirs.",
        cli=aws("s3api", "put-object-lock-configuration", bucket=bucket.name, object_lock_configuration=_ON),
        hcl=hcl.resource(
            "aws_s3_bucket_object_lock_configuration",
            bucket.name,
            {"bucket": bucket.name, "object_lock_enabled": "Enabled"},
        ),
    )
