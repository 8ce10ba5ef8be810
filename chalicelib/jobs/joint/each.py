"""Leave one order for each lock that a click on a joint alert is about, and go on where an earlier function stopped."""

from datetime import timedelta

import msgspec

from chalicelib.core.joint import change
from chalicelib.core.joint.click import JointOutcome, parts_of
from chalicelib.core.joint.joint import Joint
from chalicelib.jobs.joint.clicked import JointClicked

_AT_ONCE = 50
"""Orders between two looks at the clock."""
_TIME = timedelta(seconds=15)
"""How long one function leaves orders; its time limit is 30 s. Then it hands the rest on to the next."""


def begin(clicked: JointClicked) -> JointOutcome:
    """Begin to carry out a click on exactly the locks that were shown, unless others came first."""
    click = clicked.click

    def begun(known: Joint) -> Joint | None:
        if known.running or not click.shown or click.shown != known.committed(click.verb):
            return None
        return change.begun(known, click, clicked.now)

    _, clicked = clicked.changed(begun)
    if not clicked.is_delivered_again:
        return clicked.answer(JointOutcome.BUSY if clicked.joint.running else JointOutcome.CHANGED)
    return leave_orders(clicked)


def go_on(clicked: JointClicked) -> JointOutcome:
    """Go on with a click that is delivered again; when it is over already, its message says how it ended."""
    return leave_orders(clicked) if clicked.joint.running else JointOutcome.BEGUN


def leave_orders(clicked: JointClicked) -> JointOutcome:
    """Leave the orders. Left again, they change nothing more: each lock answers its own click again."""
    orders, click = clicked.world.orders, clicked.click
    clicked.show_progress()
    parts = parts_of(clicked.joint, click)
    until = clicked.now + _TIME
    for first in range(click.begin, len(parts), _AT_ONCE):
        if clicked.world.clock() > until:
            orders.carry_out(msgspec.structs.replace(click, begin=first))
            return JointOutcome.BEGUN
        orders.carry_out_all(parts[first : first + _AT_ONCE])
    return JointOutcome.BEGUN
