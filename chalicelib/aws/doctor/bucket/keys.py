"""Read a bucket's KMS key."""

from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.bucket.guards.keys import Key
from chalicelib.core.doctor.bucket.policy.statements import Policy, policy_of
from chalicelib.ports.doctor import NotKnownError


def key_of(given: str, reach: Reach, region: str) -> Key:
    """Return a key by what a bucket calls it: its ID, its ARN, or an alias."""
    client = reach.client("kms", _region(given) or region)
    told = asked("KMS", "kms:DescribeKey", lambda: client.describe_key(KeyId=given))["KeyMetadata"]
    state, is_awss = str(told.get("KeyState", "")), told.get("KeyManager") == "AWS"
    if is_awss or state != "Enabled":
        return Key(arn=told["Arn"], state=state, is_awss=is_awss, policy=policy_of(""))
    return Key(arn=told["Arn"], state=state, policy=_policy(client, told["Arn"]))


def _policy(client: Any, arn: str) -> Policy:
    answer = asked("KMS", "kms:GetKeyPolicy", lambda: client.get_key_policy(KeyId=arn, PolicyName="default"))
    try:
        return policy_of(answer["Policy"])
    except ValueError as error:
        raise NotKnownError(f"the policy of {arn} cannot be read: {error}") from error


def _region(given: str) -> str:
    return given.split(":")[3] if given.startswith("arn:") else ""
