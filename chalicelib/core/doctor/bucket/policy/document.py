"""Write a whole bucket policy, as S3 replaces it."""

from collections.abc import Sequence
from typing import Any

from chalicelib.core.doctor.bucket.policy.statements import Policy, Statement
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws, compact


def written(bucket: StateBucket, policy: Policy, statements: Sequence[Statement]) -> dict[str, str]:
    """Return the command and the resource that replace a policy's statements; a policy cannot be empty."""
    if not statements:
        return {"cli": aws("s3api", "delete-bucket-policy", bucket=bucket.name)}
    document: dict[str, Any] = policy.text(list(statements))
    return {
        "cli": aws("s3api", "put-bucket-policy", bucket=bucket.name, policy=document),
        "hcl": hcl.resource("aws_s3_bucket_policy", bucket.name, {"bucket": bucket.name, "policy": compact(document)}),
    }


def free_sid(policy: Policy, wanted: str) -> str:
    """Return a name for a statement that no other statement has."""
    taken = {one.get("Sid") for one in policy.statements}
    names = (wanted, *(f"{wanted}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
