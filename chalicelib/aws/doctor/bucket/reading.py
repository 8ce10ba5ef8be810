"""Read what S3 tells of a bucket, each thing once."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.bucket.state_bucket import StateBucket

Answer = Mapping[str, Any]


class Reading:
    """What S3 tells of one bucket. Each property asks at its first use, and raises the errors of ``asked``."""

    def __init__(self, name: str, prefixes: tuple[str, ...], reach: Reach) -> None:
        self._name, self._prefixes, self._reach = name, prefixes, reach

    @cached_property
    def client(self) -> Any:
        """Return the client of S3."""
        return self._reach.client("s3", "")

    @property
    def unplaced(self) -> StateBucket:
        """Return the bucket, in the reach's region."""
        return StateBucket(self._name, self._prefixes, self._reach.account, self._reach.region, self._reach.partition)

    @cached_property
    def region(self) -> str:
        """Return the region that the bucket is in; it may be another one than the reach's."""
        told = self._asked("s3:ListBucket", "head_bucket")
        return str(told.get("BucketRegion") or self._reach.region)

    @cached_property
    def versioning(self) -> Answer:
        """Return the answer of GetBucketVersioning."""
        return self._asked("s3:GetBucketVersioning", "get_bucket_versioning")

    @cached_property
    def encryption(self) -> Answer:
        """Return the answer of GetBucketEncryption; empty: there is none."""
        none = "ServerSideEncryptionConfigurationNotFoundError"
        return self._asked("s3:GetEncryptionConfiguration", "get_bucket_encryption", none)

    @cached_property
    def policy(self) -> str:
        """Return the bucket policy's text; "": there is none."""
        return str(self._asked("s3:GetBucketPolicy", "get_bucket_policy", "NoSuchBucketPolicy").get("Policy", ""))

    @cached_property
    def lifecycle(self) -> Answer:
        """Return the answer of GetBucketLifecycleConfiguration; empty: there are no rules."""
        none = "NoSuchLifecycleConfiguration"
        return self._asked("s3:GetLifecycleConfiguration", "get_bucket_lifecycle_configuration", none)

    @cached_property
    def replication(self) -> Answer:
        """Return the answer of GetBucketReplication; empty: there is none."""
        none = "ReplicationConfigurationNotFoundError"
        return self._asked("s3:GetReplicationConfiguration", "get_bucket_replication", none)

    @cached_property
    def object_lock(self) -> Answer:
        """Return the answer of GetObjectLockConfiguration; empty: there is none."""
        none = "ObjectLockConfigurationNotFoundError"
        return self._asked("s3:GetBucketObjectLockConfiguration", "get_object_lock_configuration", none)

    @cached_property
    def logging(self) -> Answer:
        """Return the answer of GetBucketLogging."""
        return self._asked("s3:GetBucketLogging", "get_bucket_logging")

    def _asked(self, right: str, operation: str, none: str = "", **more: Any) -> Answer:
        request = getattr(self.client, operation)
        answer: Answer = asked("S3", right, lambda: request(Bucket=self._name, **more), {none: {}} if none else None)
        return answer
