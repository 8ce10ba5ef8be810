"""Look at what a bucket tells, and follow it to the reaper's queue."""

from collections.abc import Iterable
from functools import cached_property

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.aws.doctor.wiring.passing import read_bus, read_rules, read_topic
from chalicelib.aws.doctor.wiring.reading import read_queue
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.wiring import checks
from chalicelib.core.doctor.wiring.case import Bus, Case, Topic
from chalicelib.core.doctor.wiring.delivery import delivery
from chalicelib.core.doctor.wiring.notification import notification, shadow, terraform, twice
from chalicelib.core.doctor.wiring.ways import Heard, heard, relevant, topics_told
from chalicelib.core.notifications.merging import Notifications
from chalicelib.core.partitions import OLD_REGION_NAMES, UNNAMED_REGION
from chalicelib.ports.doctor import Look


def bucket_wiring(
    bucket: str, prefixes: Iterable[str], reach: Reach, parts: Parts | None, home: Reach | None = None
) -> dict[str, Look]:
    """Return the looks at whether the reaper hears of the locks of a bucket; none without a deployed reaper.

    ``reach`` is of the bucket's account, ``home`` of the reaper's, if that is another one.
    """
    if parts is None:
        return {}
    wired = _Wired(bucket, tuple(prefixes) or ("",), (reach, home or reach), parts)
    return {
        checks.NOTIFICATION.id: lambda: [notification(wired.case, wired.heard)],
        checks.SHADOW.id: lambda: [shadow(wired.case, wired.heard)],
        checks.DELIVERY.id: wired.delivered,
        checks.TWICE.id: lambda: [twice(wired.case, wired.heard)],
        checks.TERRAFORM.id: lambda: [terraform(wired.case)],
    }


class _Wired:
    """A bucket and all that its events pass through, each read once."""

    def __init__(self, bucket: str, prefixes: tuple[str, ...], reaches: tuple[Reach, Reach], parts: Parts) -> None:
        self._bucket, self._prefixes, self._parts = bucket, prefixes, parts
        self._reach, self._home = reaches

    @cached_property
    def case(self) -> Case:
        """Return what the bucket tells."""
        return Case(
            bucket=self._bucket,
            account=self._reach.account,
            region=self._region(),
            prefixes=self._prefixes,
            parts=self._parts,
            notifications=self._notifications(),
        )

    @cached_property
    def heard(self) -> Heard:
        """Return in which ways the reaper hears of the bucket."""
        topics: dict[str, Topic] = {
            arn: read_topic(self._reach, arn, self.case.queue) for arn in topics_told(self.case)
        }
        elsewhere = any(arn != self.case.queue for _, arn in relevant(self.case))
        rules = read_rules(self._reach, self.case) if elsewhere or self.case.tells_eventbridge else []
        return heard(self.case, topics, rules)

    def delivered(self) -> list[Finding]:
        """Return whether what the bucket tells arrives."""
        queue = read_queue(self._home, self._parts)
        by_bus = any(way.rule and way.rule.target == self.case.bus for way in self.heard.ways)
        bus = read_bus(self._home, self.case) if by_bus else Bus()
        return list(delivery(self.case, self.heard, queue, bus))

    def _region(self) -> str:
        s3 = self._reach.client("s3", "")
        told = asked("S3", "s3:GetBucketLocation", lambda: s3.get_bucket_location(Bucket=self._bucket))
        unnamed = UNNAMED_REGION if self._reach.partition == "aws" else self._reach.region
        region = str(told.get("LocationConstraint") or unnamed)
        return OLD_REGION_NAMES.get(region, region)

    def _notifications(self) -> Notifications:
        s3 = self._reach.client("s3", "")
        told = asked(
            "S3",
            "s3:GetBucketNotification",
            lambda: s3.get_bucket_notification_configuration(Bucket=self._bucket),
        )
        return {name: value for name, value in told.items() if name != "ResponseMetadata"}
