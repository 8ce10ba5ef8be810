"""The function ``nightly_sweep``."""

from datetime import UTC, datetime

from chalice.app import Blueprint, CloudWatchEvent, Cron

from chalicelib import wiring
from chalicelib.aws.by_hand import also_by_hand
from chalicelib.aws.metrics import flushed
from chalicelib.core.nights.night import began_at
from chalicelib.jobs.nights.begin import order_sweeps
from chalicelib.jobs.targets.discover import discover

entry = Blueprint(__name__)


@also_by_hand
@entry.schedule(Cron(0, 3, "*", "*", "?", "*"))
@flushed(wiring.metrics)
def nightly_sweep(event: CloudWatchEvent) -> None:
    """Find the targets of the target rules every night, and order a sweep of each target that is known."""
    now = datetime.now(UTC)
    try:
        discover(wiring.rules(), wiring.searching(wiring.milliseconds(event.context)), now)
    finally:
        order_sweeps(wiring.world(), wiring.rules(), began_at(event.time, datetime.now(UTC)))
