"""Read and write the notification configuration of a bucket, so that it tells the reaper of its locks.

PutBucketNotificationConfiguration replaces the whole configuration. So this reads it, merges, writes, and reads it
again. Two people who connect one bucket at the same moment can still overwrite each other: this call has no condition.
"""

from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.core.notifications.merging import Notifications, TakenError, Wanted, connected, same

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_DENIED = (
    "access denied; this takes {right} on the bucket, whose account has to be that of your credentials (--profile)"
)
_ANOTHER_REGION = "the bucket is in another region, and S3 does not say in which: try it as --region"
_READ, _WRITE = "s3:GetBucketNotification", "s3:PutBucketNotification"
_FAILURES = (ClientError, BotoCoreError)


class ConnectError(Exception):
    """A bucket could not be connected; the text says why, without the bucket's name."""


class Bucket:
    """The notifications of one bucket. With an ``owner``, a bucket of any other account is refused, by S3 itself."""

    def __init__(self, s3: "S3Client", name: str, owner: str = "") -> None:
        self._s3 = s3
        self._owner: dict[str, Any] = {"ExpectedBucketOwner": owner} if owner else {}
        self.name = name

    def region(self) -> str:
        """Return the region of the bucket. S3 tells it also where it denies access.

        Some S3-compatible stores never tell it: then it is the client's.

        Raises:
            ConnectError: the bucket is in another account, or S3 cannot be asked.
        """
        answer = self._head(**self._owner)
        headers = answer["ResponseMetadata"].get("HTTPHeaders", {})
        if self._owner and "Error" in answer and "Error" not in self._head():
            owner = self._owner["ExpectedBucketOwner"]
            raise ConnectError(
                f"the bucket is in another account than your credentials ({owner}): name a --profile of its account"
            )
        return str(headers.get("x-amz-bucket-region") or self._s3.meta.region_name)

    def _head(self, **owner: Any) -> Any:
        try:
            return self._s3.head_bucket(Bucket=self.name, **owner)
        except ClientError as error:
            return error.response
        except BotoCoreError as error:
            raise ConnectError(in_words("S3", error)) from error

    def read(self) -> Notifications:
        """Return the notifications that the bucket has. Raises ConnectError."""
        try:
            told: Any = self._s3.get_bucket_notification_configuration(Bucket=self.name, **self._owner)
        except _FAILURES as error:
            raise ConnectError(explain(error, _READ)) from error
        return {name: value for name, value in told.items() if name != "ResponseMetadata"}

    def write(self, after: Notifications) -> None:
        """Replace all notifications, and look whether S3 has taken them.

        Raises:
            ConnectError: S3 refuses them; or somebody else changes them at this moment.
        """
        try:
            self._s3.put_bucket_notification_configuration(
                Bucket=self.name, NotificationConfiguration=cast("Any", after), **self._owner
            )
        except _FAILURES as error:
            raise ConnectError(explain(error, _WRITE)) from error
        if not same(self.read(), after):
            raise ConnectError(
                "S3 does not hold what was just written: somebody else changes it, so look and try again"
            )


def connect(bucket: Bucket, wanted: Wanted) -> bool:
    """Have a bucket send its lock events to a queue or topic of its region; return False when it already did.

    Raises:
        ConnectError: with what was wrong and what to do about it.
    """
    region = wanted.destination.split(":")[3]
    if bucket.region() != region:
        raise ConnectError(
            f"the bucket is in {bucket.region()}, the queue in {region}; S3 only notifies within a region"
        )
    before = bucket.read()
    after = merged(before, wanted)
    if same(before, after):
        return False
    bucket.write(after)
    return True


def merged(before: Notifications, wanted: Wanted) -> Notifications:
    """Return a bucket's notifications with ours. Raises ConnectError: ours go elsewhere."""
    try:
        return connected(before, wanted)
    except TakenError as error:
        raise ConnectError(str(error)) from error


def explain(error: Exception, right: str) -> str:
    """Put S3's refusal in words that say what to do. The request takes a ``right``."""
    if not isinstance(error, ClientError):
        return in_words("S3", error)
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "InvalidArgument":
        return _explain_argument(message)
    reasons = {
        "NoSuchBucket": "no such bucket",
        "AccessDenied": _DENIED.format(right=right),
        "PermanentRedirect": _ANOTHER_REGION,
        "AuthorizationHeaderMalformed": _ANOTHER_REGION,
        "OperationAborted": "somebody else changes the bucket's settings at this moment; try again in a minute",
    }
    return reasons.get(code) or in_words("S3", error)


def _explain_argument(message: str) -> str:
    if "verlap" in message or "mbiguous" in message:
        why = "another notification already covers .tflock keys, and S3 allows one for each key; narrow that one"
    elif "destination" in message:
        why = (
            "the queue or the topic refuses this bucket; name the bucket in reaper.toml and `make deploy` first "
            "(docs/operating.md, Events from elsewhere, for buckets of other accounts)"
        )
    else:
        why = "S3 refuses the notification"
    return f"{why} ({message})"
