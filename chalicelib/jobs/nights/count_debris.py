"""Count the lock debris of a target when its sweep is over, where its rule asks for it."""

from datetime import datetime

import msgspec

from chalicelib.core.audit.line import LineKind, of_run
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.debris import Debris
from chalicelib.jobs.runs.run import Run
from chalicelib.ports.locks import StoreError
from chalicelib.ports.world import World

_FOR = 300.0
"""Most seconds that it takes; nobody waits for it but the next target."""
_LONGEST_PAGE = 70.0
"""Seconds that one listing page can take."""
_MOST_PAGES = 2000
"""Most listing pages: two million versions, for one cent."""


def count_debris(target: Target, world: World, now: datetime, run: Run) -> Debris:
    """Count as far as the time allows, and journal it."""
    until = min(run.workers.clock() + _FOR, run.ends - _LONGEST_PAGE)
    counted = Debris(refusal="the sweep left no time for it")
    if run.workers.clock() < until:
        counted = _count(target, world, until, run)
    line = {"target": target.container, "versions": counted.versions, "markers": counted.markers}
    world.journal.write(of_run(LineKind.DEBRIS_COUNTED, now, detail=counted.words, **line))
    return counted


def _count(target: Target, world: World, until: float, run: Run) -> Debris:
    counted = Debris()
    try:
        for number, so_far in enumerate(world.debris.count(target), 1):
            counted = so_far
            if number >= _MOST_PAGES or run.workers.clock() >= until:
                break
    except StoreError as error:
        return msgspec.structs.replace(counted, refusal=str(error))
    return counted
