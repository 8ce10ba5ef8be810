"""The function ``watch_locks``."""

from datetime import UTC, datetime

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib import wiring
from chalicelib.aws.by_hand import also_by_hand
from chalicelib.aws.metrics import flushed
from chalicelib.jobs.watch import watch

entry = Blueprint(__name__)


@also_by_hand
@entry.schedule(Rate(15, unit=Rate.MINUTES))
@flushed(wiring.metrics)
def watch_locks(event: CloudWatchEvent) -> None:
    """Check the ages of the locks in the book every 15 minutes."""
    wiring.store_rules()
    run = wiring.run(wiring.milliseconds(event.context))
    watch(wiring.world(), wiring.rules(), datetime.now(UTC), run)
