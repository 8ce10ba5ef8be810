"""The function ``release_lock``."""

from datetime import UTC, datetime

from chalice.app import Blueprint, SQSEvent

from chalicelib import click_orders, wiring
from chalicelib.aws.metrics import flushed
from chalicelib.aws.orders.clicks import read_for_release_lock
from chalicelib.core.clicks.click import Unheard
from chalicelib.core.joint.click import JointClick
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.joint.release import release_joint

entry = Blueprint(__name__)


@entry.on_sqs_message(queue="tflock-releases", batch_size=1)
@flushed(wiring.metrics)
def release_lock(event: SQSEvent) -> None:
    """Carry out one order to release. No other function may delete."""
    for message in event:
        order = read_for_release_lock(message.body)
        if isinstance(order, Unheard):
            click_orders.turn_away(order)
        elif isinstance(order, JointClick):
            release_joint(order, wiring.world(), wiring.rules(), datetime.now(UTC))
        else:
            release(order, wiring.world(), click_orders.rules_for(order), datetime.now(UTC))
