"""Begin a night: order a sweep of each target."""

from datetime import datetime

from chalicelib.core.audit.line import LineKind, of_run
from chalicelib.core.brief import told_briefly
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.night import Ordered, Result
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.core.policy import Rules
from chalicelib.ports.book import BookError
from chalicelib.ports.orders import OrderError
from chalicelib.ports.world import World


class NightIncompleteError(Exception):
    """Not every target was ordered, or the night is not remembered. Beginning the same night again does no harm."""


def order_sweeps(world: World, rules: Rules, night: datetime) -> None:
    """Order a sweep of each target, so that a failure at one stops no other. The line shows that the night began.

    Raises:
        NightIncompleteError: an order could not be left, or nobody will get a summary of this night.
    """
    trouble = _remember(world, rules, night)
    for target in rules.targets:
        trouble += _order(target, world, night)
    detail = told_briefly(trouble)
    world.journal.write(of_run(LineKind.SWEEPS_ORDERED, night, targets=len(rules.targets), detail=detail))
    if trouble:
        raise NightIncompleteError(detail)


def _remember(world: World, rules: Rules, night: datetime) -> list[str]:
    ordered = [Ordered(target.home, rules.account_of(target.place("")).called) for target in rules.targets]
    try:
        world.nights.begin(night, ordered)
    except BookError as error:
        return [f"nobody will get a summary of this night: {error}"]
    return []


def _order(target: Target, world: World, night: datetime) -> list[str]:
    try:
        world.orders.sweep(SweepOrder(target, night))
    except OrderError as error:
        why = f"its sweep could not be ordered: {error}"
        return [f"{target.called}: {why}", *_note(Result(home=target.home, failure=why), world, night)]
    return []


def _note(result: Result, world: World, night: datetime) -> list[str]:
    """Note that a target was not ordered, unless the order was left at an earlier try and has told since."""
    try:
        if world.nights.result(night, result.home) is None:
            world.nights.note(night, result)
    except BookError as error:
        return [str(error)]
    return []
