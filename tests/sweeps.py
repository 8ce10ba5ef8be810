"""A sweep of a target by itself, without a night: one order from its beginning."""

from datetime import datetime

from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.core.policy import Rules
from chalicelib.jobs import sweep as job
from chalicelib.jobs.runs.run import Run
from chalicelib.ports.world import World


def sweep(target: Target, world: World, rules: Rules, now: datetime, run: Run | None = None) -> None:
    job.sweep(SweepOrder(target), world, rules, now, run)
