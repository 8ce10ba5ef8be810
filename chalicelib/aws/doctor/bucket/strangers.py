"""Read what there is of public access to a bucket, and against it. What cannot be read hides nothing else."""

from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.bucket.guards.public import Reached, is_blocked
from chalicelib.ports.doctor import NotAllowedError, NotKnownError


def reached(client: Any, bucket: str, reach: Reach) -> Reached:
    """Return what is known. The account, the policy and the ACL are asked only where the bucket's own block is open."""
    own = asked(
        "S3",
        "s3:GetBucketPublicAccessBlock",
        lambda: client.get_public_access_block(Bucket=bucket),
        {"NoSuchPublicAccessBlockConfiguration": {}},
    ).get("PublicAccessBlockConfiguration", {})
    if is_blocked(own):
        return Reached(bucket=own)
    unknown: list[tuple[str, str]] = []
    account = _or_unknown(unknown, lambda: _of_account(reach))
    if is_blocked(own, account):
        return Reached(bucket=own, account=account)
    return Reached(
        bucket=own,
        account=account,
        policy=_or_unknown(unknown, lambda: _is_public(client, bucket)),
        grants=_or_unknown(unknown, lambda: _grants(client, bucket)),
        unknown=tuple(unknown),
    )


def _or_unknown(unknown: list[tuple[str, str]], look: Any) -> Any:
    """Return what a look finds; where it fails, None, and note why."""
    try:
        return look()
    except (NotAllowedError, NotKnownError) as error:
        unknown.append((getattr(error, "right", ""), str(error)))
        return None


def _of_account(reach: Reach) -> Any:
    answer = asked(
        "S3",
        "s3:GetAccountPublicAccessBlock",
        lambda: reach.client("s3control", "").get_public_access_block(AccountId=reach.account),
        {"NoSuchPublicAccessBlockConfiguration": {}},
    )
    return answer.get("PublicAccessBlockConfiguration", {})


def _is_public(client: Any, bucket: str) -> bool:
    answer = asked(
        "S3",
        "s3:GetBucketPolicyStatus",
        lambda: client.get_bucket_policy_status(Bucket=bucket),
        {"NoSuchBucketPolicy": {}},
    )
    return bool(answer.get("PolicyStatus", {}).get("IsPublic"))


def _grants(client: Any, bucket: str) -> tuple[Any, ...]:
    answer = asked("S3", "s3:GetBucketAcl", lambda: client.get_bucket_acl(Bucket=bucket))
    return tuple(answer.get("Grants", ()))
