"""Read the trails of CloudTrail that a bucket's events may be in."""

from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.bucket.guards.access_log import Trail


def trails_of(reach: Reach, region: str) -> tuple[Trail, ...]:
    """Return all trails that are seen in a region: its own, those of all regions, and the organisation's."""
    cloud = reach.client("cloudtrail", region)
    told = asked("CloudTrail", "cloudtrail:DescribeTrails", cloud.describe_trails)
    return tuple(_trail(reach, one) for one in told.get("trailList", ()))


def _trail(reach: Reach, told: dict[str, Any]) -> Trail:
    """Return a trail as its home region tells of it."""
    arn = told["TrailARN"]
    home = reach.client("cloudtrail", told.get("HomeRegion", ""))
    selectors = asked("CloudTrail", "cloudtrail:GetEventSelectors", lambda: home.get_event_selectors(TrailName=arn))
    status = asked("CloudTrail", "cloudtrail:GetTrailStatus", lambda: home.get_trail_status(Name=arn))
    return Trail(arn, bool(status.get("IsLogging")), selectors)
