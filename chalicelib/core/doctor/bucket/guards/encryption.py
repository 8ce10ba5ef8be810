"""Judge a bucket's default encryption."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.doctor.bucket.checks import ENCRYPTION
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding, Fix
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws

_BY_S3 = "AES256"
_CALLED = {_BY_S3: "SSE-S3", "aws:kms": "SSE-KMS", "aws:kms:dsse": "two layers of KMS"}


def default_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the default of GetBucketEncryption's answer; empty: there is none."""
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", ())
    defaults = (rule.get("ApplyServerSideEncryptionByDefault") for rule in rules)
    return next((one for one in defaults if one), {})


def encryption(bucket: StateBucket, answer: Mapping[str, Any]) -> Finding:
    """Judge the answer of GetBucketEncryption; an empty one means that there is no default."""
    default = default_of(answer)
    kind = str(default.get("SSEAlgorithm", ""))
    if not kind:
        return bucket.yellow(ENCRYPTION, "there is no default encryption", _fix(bucket))
    key = f", key {default['KMSMasterKeyID']}" if default.get("KMSMasterKeyID") else ""
    return bucket.green(
        ENCRYPTION, f"new objects are encrypted: {_CALLED.get(kind, kind)}{key}", data={"algorithm": kind}
    )


def _fix(bucket: StateBucket) -> Fix:
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": _BY_S3}}]
    block = {"apply_server_side_encryption_by_default": {"sse_algorithm": _BY_S3}}
    return Fix(
        do=f"Give {bucket.name} a default encryption. SSE-S3 costs nothing and needs no further rights.",
        cli=aws(
            "s3api",
            "put-bucket-encryption",
            bucket=bucket.name,
            server_side_encryption_configuration={"Rules": rules},
        ),
        hcl=hcl.resource(
            "aws_s3_bucket_server_side_encryption_configuration",
            bucket.name,
            {"bucket": bucket.name, "rule": block},
        ),
    )
