"""The checks of a bucket."""

from chalicelib.core.doctor.check import Check

VERSIONING, ENCRYPTION, KEY = "bucket.versioning", "bucket.encryption", "bucket.key"
PUBLIC, PLAIN_HTTP, ACCESS_LOG = "bucket.public-access", "bucket.plain-http", "bucket.access-log"
TERRAFORM, REAPER = "bucket.policy-terraform", "bucket.policy-reaper"
OBJECT_LOCK, EXPIRATION, DEBRIS = "bucket.object-lock", "bucket.expiration", "bucket.debris"
REPLICATION, CONDITIONS = "bucket.replication", "bucket.conditions"

CHECKS: tuple[Check, ...] = (
    Check(
        id=VERSIONING,
        title="Versioning",
        why="After a release at the wrong moment, the old version of the state is the only way back.",
        rights=("s3:GetBucketVersioning",),
    ),
    Check(
        id=ENCRYPTION,
        title="Default encryption",
        why="States hold secrets, so what is put without naming an encryption has to be encrypted too.",
        rights=("s3:GetEncryptionConfiguration",),
    ),
    Check(
        id=KEY,
        title="Use of the KMS key",
        why="Without the key nobody reads a state, and the reaper can neither show a lock nor release it.",
        rights=("s3:GetEncryptionConfiguration", "kms:DescribeKey", "kms:GetKeyPolicy"),
    ),
    Check(
        id=PUBLIC,
        title="Public access",
        why="States hold secrets, and a lock that strangers may delete protects nothing.",
        rights=(
            "s3:GetBucketPublicAccessBlock",
            "s3:GetAccountPublicAccessBlock",
            "s3:GetBucketPolicyStatus",
            "s3:GetBucketAcl",
        ),
    ),
    Check(
        id=PLAIN_HTTP,
        title="Plain HTTP",
        why="Over plain HTTP everybody on the way reads the secrets of a state.",
        rights=("s3:GetBucketPolicy",),
    ),
    Check(
        id=ACCESS_LOG,
        title="Access log",
        why="Only an access log or CloudTrail data events tell afterwards who deleted a lock or changed a state.",
        rights=(
            "s3:GetBucketLogging",
            "cloudtrail:DescribeTrails",
            "cloudtrail:GetTrailStatus",
            "cloudtrail:GetEventSelectors",
        ),
    ),
    Check(
        id=TERRAFORM,
        title="Bucket policy and Terraform",
        why="A run that may not put its lock cannot start, and one that may not delete it leaves it behind.",
        rights=("s3:GetBucketPolicy", "s3:GetBucketVersioning"),
    ),
    Check(
        id=REAPER,
        title="Bucket policy and the reaper",
        why="What a bucket policy denies to the reaper's roles they cannot do, whatever their own policies allow.",
        rights=("s3:GetBucketPolicy", "s3:GetBucketVersioning"),
    ),
    Check(
        id=OBJECT_LOCK,
        title="Object Lock",
        why="A default retention keeps the versions of all locks for that time, and they slow each listing down.",
        rights=("s3:GetBucketObjectLockConfiguration",),
    ),
    Check(
        id=EXPIRATION,
        title="Expiration of objects",
        why="A lifecycle rule that expires objects deletes locks that are held, and states with them.",
        rights=("s3:GetLifecycleConfiguration", "s3:ListBucketVersions"),
    ),
    Check(
        id=DEBRIS,
        title="Lock debris",
        why="Old versions and delete markers of locks slow each listing down, for ever unless a rule removes them.",
        rights=("s3:GetLifecycleConfiguration", "s3:GetBucketVersioning", "s3:ListBucketVersions"),
    ),
    Check(
        id=REPLICATION,
        title="Replication of locks",
        why="A copy of a lock blocks the copy of its state, so that nobody can go on from there after an outage.",
        rights=("s3:GetReplicationConfiguration",),
    ),
    Check(
        id=CONDITIONS,
        title="Conditional requests",
        why="A store that ignores these conditions gives one lock to two runs, and a release may hit a new lock.",
        rights=("s3:ListBucket",),
    ),
)
