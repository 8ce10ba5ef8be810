"""Judge a bucket's versioning."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.doctor.bucket.checks import VERSIONING
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding, Fix
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws

_SEEN = {
    "Suspended": "versioning is suspended: each write of a state destroys the version before it",
    "": "versioning is off: each write of a state destroys the version before it",
}
_WITH_MFA = "; MFA delete is on: old versions can be deleted only with the root user's MFA device"


def is_versioned(answer: Mapping[str, Any]) -> bool:
    """Return whether S3 keeps what is overwritten or deleted."""
    return answer.get("Status") == "Enabled"


def versioning(bucket: StateBucket, answer: Mapping[str, Any]) -> Finding:
    """Judge the answer of GetBucketVersioning."""
    with_mfa = answer.get("MFADelete") == "Enabled"
    data = {"status": answer.get("Status", "Off"), "mfa_delete": with_mfa}
    if is_versioned(answer):
        seen = f"versioning is on{_WITH_MFA if with_mfa else ''}"
        return bucket.green(VERSIONING, seen, data=data)
    seen = _SEEN.get(answer.get("Status", ""), f"versioning is {answer.get('Status')!r}, which S3 does not document")
    return bucket.red(VERSIONING, seen, _fix(bucket, with_mfa=with_mfa), data=data)


def _fix(bucket: StateBucket, *, with_mfa: bool) -> Fix:
    root = " As MFA delete is on, only the root user can, with --mfa 'SERIAL CODE' added." if with_mfa else ""
    return Fix(
        do=f"Turn versioning on in {bucket.name}.{root}",
        cli=aws("s3api", "put-bucket-versioning", bucket=bucket.name, versioning_configuration={"Status": "Enabled"}),
        hcl=hcl.resource(
            "aws_s3_bucket_versioning",
            bucket.name,
            {"bucket": bucket.name, "versioning_configuration": {"status": "Enabled"}},
        ),
    )
