"""The function ``answer_click``."""

from datetime import UTC, datetime

from chalice.app import Blueprint, SQSEvent

from chalicelib import click_orders, wiring
from chalicelib.aws.metrics import flushed
from chalicelib.aws.orders.clicks import read_for_answer_click
from chalicelib.core.clicks.click import Unheard
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.joint.answer import answer_joint
from chalicelib.jobs.joint.progress import show_joint

entry = Blueprint(__name__)


@entry.on_sqs_message(queue="tflock-clicks", batch_size=1)
@flushed(wiring.metrics)
def answer_click(event: SQSEvent) -> None:
    """Carry out any other click. This function may put a lock back, and cannot delete."""
    for message in event:
        order = read_for_answer_click(message.body)
        if isinstance(order, Unheard):
            click_orders.turn_away(order)
        elif isinstance(order, JointClick):
            answer_joint(order, wiring.world(), wiring.rules(), datetime.now(UTC))
        elif isinstance(order, ShowJoint):
            show_joint(order, wiring.world(), wiring.rules(), datetime.now(UTC))
        else:
            answer(order, wiring.world(), click_orders.rules_for(order), datetime.now(UTC))
