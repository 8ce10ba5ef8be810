"""What can be wrong with a bucket that keeps states."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.doctor.bucket import checks
from chalicelib.core.doctor.bucket.guards.public import SWITCHES
from chalicelib.core.doctor.bucket.policy.requests import FUNCTIONS
from chalicelib.core.doctor.finding import Colour
from tests.faults import Fault, Ground

LOCK = "prod/network/terraform.tfstate.tflock"
_REGION = "us-east-1"


def make_well(client: Any, bucket: str, log_bucket: str) -> None:
    """Give a bucket all that a healthy one has. ``log_bucket`` is created for its access log."""
    region = client.meta.region_name
    place = {} if region == _REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=log_bucket, **place)
    letting = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{log_bucket}/*",
    }
    put_policy(client, log_bucket, letting)
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    encrypted = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [encrypted]})
    client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(SWITCHES, True))
    put_policy(client, bucket, https_only(bucket))
    target = {"TargetBucket": log_bucket, "TargetPrefix": f"{bucket}/"}
    client.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": target})
    put_rules(client, bucket, CLEARING)


CLEARING = {
    "ID": "old-versions",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 365, "NewerNoncurrentVersions": 50},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
}


def https_only(bucket: str) -> dict[str, Any]:
    return {
        "Sid": "HttpsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def put_policy(client: Any, bucket: str, *statements: dict[str, Any]) -> None:
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def put_rules(client: Any, bucket: str, *rules: dict[str, Any]) -> None:
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": list(rules)})


@contextmanager
def _no_policy(ground: Ground) -> Iterator[None]:
    """Take the policy away for a while: moto refuses what a statement denies, whatever its condition is."""
    client = ground.client("s3")
    policy = client.get_bucket_policy(Bucket=ground.bucket)["Policy"]
    client.delete_bucket_policy(Bucket=ground.bucket)
    yield
    client.put_bucket_policy(Bucket=ground.bucket, Policy=policy)


def _suspended(ground: Ground) -> None:
    ground.client("s3").put_bucket_versioning(Bucket=ground.bucket, VersioningConfiguration={"Status": "Suspended"})


def _not_encrypted(ground: Ground) -> None:
    ground.client("s3").delete_bucket_encryption(Bucket=ground.bucket)


def _not_blocked(ground: Ground) -> None:
    ground.client("s3").delete_public_access_block(Bucket=ground.bucket)


def _half_blocked(ground: Ground) -> None:
    switches = dict.fromkeys(SWITCHES, True) | {"RestrictPublicBuckets": False}
    ground.client("s3").put_public_access_block(Bucket=ground.bucket, PublicAccessBlockConfiguration=switches)


def _not_logged(ground: Ground) -> None:
    ground.client("s3").put_bucket_logging(Bucket=ground.bucket, BucketLoggingStatus={})


def _rules(*rules: dict[str, Any]) -> Any:
    return lambda ground: put_rules(ground.client("s3"), ground.bucket, *rules)


def _expires_a_folder_of_states(ground: Ground) -> None:
    client = ground.client("s3")
    with _no_policy(ground):
        client.put_object(Bucket=ground.bucket, Key="legacy/terraform.tfstate", Body=b"{}")
    rule = {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "legacy/"}, "Expiration": {"Days": 30}}
    put_rules(client, ground.bucket, CLEARING, rule)


def _expires_a_state_of_any_name(ground: Ground) -> None:
    """Terraform's own example of a state's key has no ending. What tells of it is the lock that was let go."""
    client = ground.client("s3")
    with _no_policy(ground):
        for key in ("path/to/my/key", "path/to/my/key.tflock"):
            client.put_object(Bucket=ground.bucket, Key=key, Body=b"{}")
        client.delete_object(Bucket=ground.bucket, Key="path/to/my/key.tflock")
    rule = {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "path/"}, "Expiration": {"Days": 30}}
    put_rules(client, ground.bucket, CLEARING, rule)


def _littered(ground: Ground) -> None:
    """Take and release a lock 500 times: 500 old versions, 500 delete markers."""
    client = ground.client("s3")
    client.delete_bucket_lifecycle(Bucket=ground.bucket)
    with _no_policy(ground):
        for _ in range(500):
            client.put_object(Bucket=ground.bucket, Key=LOCK, Body=b"{}")
            client.delete_object(Bucket=ground.bucket, Key=LOCK)


def _copied(ground: Ground) -> None:
    client = ground.client("s3")
    copy = f"{ground.bucket}-copy"
    region = client.meta.region_name
    place = {} if region == _REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=copy, **place)
    client.put_bucket_versioning(Bucket=copy, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "to-the-other-region",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{copy}"},
    }
    role = f"arn:aws:iam::{ground.parts.account}:role/copies"
    client.put_bucket_replication(Bucket=ground.bucket, ReplicationConfiguration={"Role": role, "Rules": [rule]})


def deny(bucket: str, action: Any, **more: Any) -> dict[str, Any]:
    everything = {"Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{bucket}/*"}
    return {"Sid": "Denied", "Effect": "Deny"} | everything | more


def _statements(ground: Ground) -> list[dict[str, Any]]:
    policy = ground.client("s3").get_bucket_policy(Bucket=ground.bucket)["Policy"]
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def _denied(action: Any, **more: Any) -> Any:
    """Add a statement to the policy. ``{locks}`` and ``{bucket}`` in a resource are ARNs."""

    def seed(ground: Ground) -> None:
        arn = f"arn:aws:s3:::{ground.bucket}"
        made = json.dumps(more).replace("{locks}", f"{arn}/*.tflock").replace("{bucket}", arn)
        made = made.replace("{role}", ground.parts.role_arn("ReleaseLock"))
        kept = _statements(ground)
        sid = f"Denied{len(kept)}"
        put_policy(ground.client("s3"), ground.bucket, *kept, deny(ground.bucket, action, **json.loads(made), Sid=sid))

    return seed


def _no_policy_at_all(ground: Ground) -> None:
    ground.client("s3").delete_bucket_policy(Bucket=ground.bucket)


def _https_for_objects_alone(ground: Ground) -> None:
    others = [one for one in _statements(ground) if "aws:SecureTransport" not in json.dumps(one)]
    statement = https_only(ground.bucket) | {"Resource": f"arn:aws:s3:::{ground.bucket}/*"}
    put_policy(ground.client("s3"), ground.bucket, *others, statement)


def _encrypted_by(ground: Ground, principals: list[str], **more: Any) -> str:
    """Have a key encrypt the bucket that only these may use."""
    account = ground.parts.account
    owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:user/owner"}, "Action": "kms:*"}
    using = {"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": principals}, "Action": "kms:*"}
    statements = [one | {"Resource": "*"} for one in (owner, using, *more.values())]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    kms = ground.client("kms")
    key: str = kms.create_key(Policy=policy, BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["KeyId"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    ground.client("s3").put_bucket_encryption(Bucket=ground.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    return key


def _roles(ground: Ground) -> list[str]:
    return [ground.parts.role_arn(one) for one in FUNCTIONS]


def _key_is_off(ground: Ground) -> None:
    ground.client("kms").disable_key(KeyId=_encrypted_by(ground, _roles(ground)))


def _key_is_being_deleted(ground: Ground) -> None:
    ground.client("kms").schedule_key_deletion(KeyId=_encrypted_by(ground, _roles(ground)), PendingWindowInDays=7)


def _key_of_others(ground: Ground) -> None:
    _encrypted_by(ground, [f"arn:aws:iam::{ground.parts.account}:role/ci"])


def _key_denied(ground: Ground) -> None:
    roles = _roles(ground)
    denial = {"Sid": "No", "Effect": "Deny", "Principal": {"AWS": roles[:1]}, "Action": "kms:Decrypt"}
    _encrypted_by(ground, roles, denial=denial)


def _rule(**more: Any) -> dict[str, Any]:
    return {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": ""}} | more


FAULTS: tuple[Fault, ...] = (
    Fault("versioning was suspended", checks.VERSIONING, Colour.RED, _suspended),
    Fault("no default encryption", checks.ENCRYPTION, Colour.YELLOW, _not_encrypted),
    Fault("public access is not blocked", checks.PUBLIC, Colour.YELLOW, _not_blocked),
    Fault("one switch of the public access block is off", checks.PUBLIC, Colour.YELLOW, _half_blocked),
    Fault("no access log", checks.ACCESS_LOG, Colour.YELLOW, _not_logged),
    Fault(
        "a rule expires all objects after days",
        checks.EXPIRATION,
        Colour.RED,
        _rules(_rule(Expiration={"Days": 7}, NoncurrentVersionExpiration={"NoncurrentDays": 7})),
    ),
    Fault(
        "a rule expires all objects at a date",
        checks.EXPIRATION,
        Colour.RED,
        _rules(CLEARING, _rule(Expiration={"Date": datetime(2030, 1, 1, tzinfo=UTC)})),
    ),
    Fault(
        "a rule expires small objects",
        checks.EXPIRATION,
        Colour.RED,
        _rules(CLEARING, _rule(Filter={"ObjectSizeLessThan": 10_000}, Expiration={"Days": 1})),
    ),
    Fault("a rule expires a folder in which states are", checks.EXPIRATION, Colour.RED, _expires_a_folder_of_states),
    Fault(
        "a rule expires a state whose key has no ending", checks.EXPIRATION, Colour.RED, _expires_a_state_of_any_name
    ),
    Fault("locks left a thousand versions and markers", checks.DEBRIS, Colour.YELLOW, _littered),
    Fault("plain HTTP is not refused", checks.PLAIN_HTTP, Colour.YELLOW, _no_policy_at_all),
    Fault("plain HTTP is refused for objects alone", checks.PLAIN_HTTP, Colour.YELLOW, _https_for_objects_alone),
    Fault(
        "a policy denies deletes without If-Match",
        checks.TERRAFORM,
        Colour.RED,
        _denied("s3:DeleteObject", Condition={"Null": {"s3:if-match": "true"}}),
    ),
    Fault(
        "a policy denies the delete of locks",
        checks.TERRAFORM,
        Colour.RED,
        _denied(["s3:deleteobject", "s3:DeleteObjectVersion"], Resource=["{locks}"]),
    ),
    Fault(
        "a policy denies puts without a tag",
        checks.TERRAFORM,
        Colour.RED,
        _denied("s3:PutObject", Condition={"Null": {"s3:RequestObjectTag/owner": "true"}}),
    ),
    Fault(
        "a policy denies puts without encryption",
        checks.TERRAFORM,
        Colour.YELLOW,
        _denied("s3:PutObject", Condition={"Null": {"s3:x-amz-server-side-encryption": "true"}}),
    ),
    Fault(
        "a policy denies what does not come by a VPC endpoint",
        checks.REAPER,
        Colour.YELLOW,
        _denied("s3:Get*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}),
    ),
    Fault(
        "a policy denies all but some roles",
        checks.REAPER,
        Colour.RED,
        _denied(
            "s3:List*",
            Resource=["{bucket}", "{bucket}/*"],
            Condition={"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/terraform-*"]}},
        ),
    ),
    Fault(
        "a policy denies the release to the reaper's role",
        checks.REAPER,
        Colour.RED,
        _denied("s3:DeleteObject", Principal={"AWS": "{role}"}),
    ),
    Fault("the bucket's key is disabled", checks.KEY, Colour.RED, _key_is_off),
    Fault("the bucket's key is being deleted", checks.KEY, Colour.RED, _key_is_being_deleted),
    Fault("the bucket's key lets in others alone", checks.KEY, Colour.RED, _key_of_others),
    Fault("the bucket's key denies a role of the reaper", checks.KEY, Colour.RED, _key_denied),
    Fault("replication copies locks and not their deletion", checks.REPLICATION, Colour.YELLOW, _copied),
)
