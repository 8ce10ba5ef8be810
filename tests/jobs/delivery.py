"""Orders as queues deliver them: each to the function that carries it out."""

from datetime import datetime

from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.ports.world import World

Order = Click | AutoRelease | EndUndo


def deliver(order: Order, ports: World, rules: Rules, now: datetime) -> object:
    if isinstance(order, AutoRelease) or (isinstance(order, Click) and order.verb.releases):
        return release(order, ports, rules, now)
    return answer(order, ports, rules, now)
