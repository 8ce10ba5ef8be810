"""``make wire``: let a state bucket tell the reaper's queue of every lock that is acquired and released.

PutBucketNotificationConfiguration replaces the whole configuration. So this reads it, merges, writes, and reads it
again. Two people who wire one bucket at the same moment can still overwrite each other: this call has no condition.
"""

import argparse
import sys
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from deploy import names
from deploy.commands import CommandError
from deploy.errors import told
from deploy.notifications import is_ours, same, unwired, wired
from deploy.stack import environment_of, outputs, session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_s3.client import S3Client

DEFAULT_ID = "tflock-reaper"


class WiringError(RuntimeError):
    """A bucket could not be wired; the text says why."""


def wire(
    s3: "S3Client", bucket: str, queue_arn: str, prefixes: "Sequence[str]" = (), notification_id: str = DEFAULT_ID
) -> bool:
    """Send the lock events of a bucket (or of these prefixes) to the queue; return False when they already went there.

    Raises:
        WiringError: with what was wrong and what to do about it.
    """
    _check_region(s3, bucket, queue_arn)
    before = _read(s3, bucket)
    _check_not_taken(before, bucket, queue_arn, notification_id)
    return _write(s3, bucket, before, wired(before, queue_arn, prefixes, notification_id))


def unwire(s3: "S3Client", bucket: str, notification_id: str = DEFAULT_ID) -> bool:
    """Remove our notifications; return False when there were none."""
    before = _read(s3, bucket)
    return _write(s3, bucket, before, unwired(before, notification_id))


def _read(s3: "S3Client", bucket: str) -> dict[str, Any]:
    try:
        return dict(s3.get_bucket_notification_configuration(Bucket=bucket))
    except ClientError as error:
        raise WiringError(explain(bucket, error)) from error


def _write(s3: "S3Client", bucket: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    if same(before, after):
        return False
    try:
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=cast("Any", after))
    except ClientError as error:
        raise WiringError(explain(bucket, error)) from error
    if not same(_read(s3, bucket), after):
        raise WiringError(
            f"{bucket}: S3 does not hold what was just written; somebody else may be changing it, so look and try again"
        )
    return True


def _check_not_taken(before: dict[str, Any], bucket: str, queue_arn: str, notification_id: str) -> None:
    """Fail when another stage has the bucket: S3 sends an event to one queue, so the other would get no more events."""
    ours = [queue for queue in before.get("QueueConfigurations", []) if is_ours(queue, notification_id)]
    if others := {queue["QueueArn"] for queue in ours} - {queue_arn}:
        raise WiringError(f"{bucket}: already wired to {', '.join(others)}; unwire it first (--unwire)")


def _check_region(s3: "S3Client", bucket: str, queue_arn: str) -> None:
    """Fail when the queue is in another region: https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-enable-disable-notification-intro.html."""
    region, expected = _bucket_region(s3, bucket), queue_arn.split(":")[3]
    if region and region != expected:
        raise WiringError(
            f"{bucket} is in {region}, the queue in {expected}; S3 only notifies within a region: deploy a stack there"
        )


def _bucket_region(s3: "S3Client", bucket: str) -> str | None:
    """Return a bucket's region. S3 tells it also where it denies access; some S3-compatible stores never tell it."""
    try:
        answer: Any = s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        answer = error.response
    region = answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
    return str(region) if region else None


def explain(bucket: str, error: ClientError) -> str:
    """Put S3's refusal in words that say what to do."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "InvalidArgument":
        return _explain_argument(bucket, message)
    reasons = {
        "NoSuchBucket": "no such bucket",
        "AccessDenied": "access denied; this takes s3:GetBucketNotification and s3:PutBucketNotification on the bucket",
        "PermanentRedirect": "the bucket is in another region; set AWS_REGION to it",
        "AuthorizationHeaderMalformed": "the bucket is in another region; set AWS_REGION to it",
    }
    return f"{bucket}: {reasons.get(code, f'{code}: {message}')}"


def _explain_argument(bucket: str, message: str) -> str:
    if "verlap" in message or "mbiguous" in message:
        why = "another notification already covers .tflock keys, and S3 allows one for each key; narrow that one"
    elif "destination" in message:
        why = "the queue refuses this bucket; name it in reaper.toml and `make deploy` first"
    else:
        why = "S3 refuses the notification"
    return f"{bucket}: {why} ({message})"


def _options(arguments: "Sequence[str]") -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.wire_bucket", description=__doc__)
    parser.add_argument("bucket")
    queue = parser.add_mutually_exclusive_group(required=True)
    queue.add_argument("--queue-arn", help="the stack's output LockEventsQueueArn")
    queue.add_argument("--stage", help="take the queue from the stack of this stage")
    queue.add_argument("--unwire", action="store_true", help="take our notifications out again")
    parser.add_argument("--prefix", action="append", default=[], help="only keys that begin so; may be repeated")
    parser.add_argument("--id", default=DEFAULT_ID)
    options = parser.parse_args(arguments)
    if not options.bucket:
        parser.error("BUCKET: name the state bucket to wire, such as BUCKET=acme-tfstate")
    if options.stage is not None and (problem := names.stage_problem(options.stage)):
        parser.error(problem)
    return options


def _run(options: argparse.Namespace) -> str:
    ambient = session()
    s3 = ambient.client("s3")
    if options.unwire:
        return "unwired" if unwire(s3, options.bucket, options.id) else "was not wired"
    queue_arn = options.queue_arn or outputs(options.stage, environment_of(ambient))["LockEventsQueueArn"]
    return (
        f"wired to {queue_arn}"
        if wire(s3, options.bucket, queue_arn, options.prefix, options.id)
        else "was already wired"
    )


def main(arguments: "Sequence[str]") -> int:
    """Wire or unwire one bucket and say what happened."""
    options = _options(arguments)
    try:
        print(f"{options.bucket}: {_run(options)}")
    except (WiringError, CommandError, BotoCoreError, ClientError) as error:
        print(told(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
