"""The function ``sweep_target``."""

from datetime import UTC, datetime

from chalice.app import Blueprint, SQSEvent

from chalicelib import wiring
from chalicelib.aws.metrics import flushed
from chalicelib.aws.orders.sweeps import read_sweep
from chalicelib.core.audit.measure import sweep_duration
from chalicelib.jobs.sweep import sweep

entry = Blueprint(__name__)


@entry.on_sqs_message(queue="tflock-sweeps", batch_size=1)
@flushed(wiring.metrics)
def sweep_target(event: SQSEvent) -> None:
    """Sweep one target."""
    for message in event:
        order = read_sweep(message.body)
        began = datetime.now(UTC)
        try:
            rules = wiring.current_rules().rules_to_sweep(order.target)
            sweep(order, wiring.world(), rules, began, wiring.run(wiring.milliseconds(event.context)))
        finally:
            wiring.metrics().add(sweep_duration(datetime.now(UTC) - began))
