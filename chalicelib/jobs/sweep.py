"""Find every lock of a target, correct the lock book, alert. What there is no time for is left to another order."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.line import LineKind, of_run
from chalicelib.core.audit.located import located
from chalicelib.core.brief import told_briefly
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.night import Result
from chalicelib.core.nights.sweep_order import MOST_AGAIN, Counts, SweepOrder
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.progress import Progress
from chalicelib.jobs.alerts.round import Round
from chalicelib.jobs.nights.count_debris import count_debris
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.scan import Scan, by_place
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError, StoreRefusedError
from chalicelib.ports.orders import AT_ONCE, OrderError
from chalicelib.ports.world import World

_BREATH = timedelta(minutes=2)
"""How long the rest of a listing waits after S3 or DynamoDB failed in the middle of it."""


class SweepIncompleteError(Exception):
    """Some locks of a target could not be read or told; another sweep of it does only the rest."""


@dataclass(frozen=True)
class Swept:
    """What one order did, for the journal, the night and the next order."""

    order: SweepOrder
    scan: Scan
    progress: Progress
    trouble: list[str]
    """The trouble with the lock book."""

    @property
    def found(self) -> Counts:
        """Return what this order and those before it found."""
        scan = self.scan
        alerts = self.progress.alerts
        here = Counts(locks=len(scan.found), objects=scan.objects, listing_pages=scan.listing_pages, alerts=alerts)
        return self.order.so_far.plus(here)

    @property
    def detail(self) -> str:
        """Return in words what went wrong."""
        return told_briefly([*self.trouble, *self.progress.failed, *self.progress.untold])

    @property
    def has_rest(self) -> bool:
        """Return whether to leave the rest to another order, rather than to have this one delivered again.

        What could not be looked at goes with it, unless that is too much, or only this order can still tell it.
        """
        goes_on = self.scan.advanced and not self.scan.finished and not self.order.is_last
        return goes_on and len(self.scan.unseen) <= MOST_AGAIN and not self._is_forgetful_and_untold

    @property
    def wants_another_try(self) -> bool:
        """Return whether to sweep again. Without the book that would repeat alerts, so only if none was posted."""
        if self.trouble:
            return self._is_forgetful_and_untold
        return bool(self.progress.failed or self.progress.not_seen)

    def journal(self, world: World, kind: LineKind, now: datetime, **fields: object) -> None:
        """Write a line of the journal about the target."""
        target = self.order.target
        line = of_run(kind, now, target=target.container, **fields)
        world.journal.write(located(line, target.place(""), self.scan.swept.rules))

    @property
    def _is_forgetful_and_untold(self) -> bool:
        done = self.progress
        left = bool(done.failed or done.untold or done.waiting or done.not_seen)
        return bool(self.trouble) and left and not done.alerts


def sweep(order: SweepOrder, world: World, rules: Rules, now: datetime, run: Run | None = None) -> None:
    """Sweep one target, or go on where an earlier order stopped.

    If AWS refuses it, note it for the night's summary; another try would not help. What Slack did not take, or what
    there was no time to tell, is told by the next watch, because the book has it.

    Raises:
        SweepIncompleteError: a lock could not be read, or only this sweep knows that it has to be told; the queue
            delivers the order again.
    """
    if _is_carried_out(order, world):
        return
    swept = Round(world, rules, now, run or Run())
    known, trouble = _known(order.target, world)
    scan = Scan(order.target, swept, known, order.after, order.again)
    try:
        scan.begin()
    except StoreError as error:
        scan.error = error
    else:
        swept.finish()
    _conclude(Swept(order, scan, swept.progress, trouble), world, now)


def _is_carried_out(order: SweepOrder, world: World) -> bool:
    """Return whether the order was carried out before and is delivered once more."""
    if order.night is None:
        return False
    try:
        told = world.nights.result(order.night, order.target.home)
    except BookError:
        return False
    return told is not None and (told.part > order.part or (told.part == order.part and told.finished))


def _known(target: Target, world: World) -> tuple[dict[Place, list[Page]], list[str]]:
    """Read the open pages of a target's container; return those of its locks, and the trouble with the book.

    The book is read before the locks. So a lock of the book that is then not found was let go since.
    """
    try:
        return by_place(target, world.book.open_pages(target.home)), []
    except BookError as error:
        return {}, [f"the lock book could not be read, so locks may be alerted again: {error}"]


def _conclude(swept: Swept, world: World, now: datetime) -> None:
    """Journal what was done, note it for the night, and have the queue or another order do the rest."""
    error = swept.scan.error
    if error:
        swept.journal(world, LineKind.SWEEP_FAILED, now, detail=str(error))
    if isinstance(error, StoreRefusedError):
        _note(swept, world, failure=str(error), finished=True)
    elif swept.has_rest:
        _hand_on(swept, world, now)
    elif error:
        _try_again(swept, world, str(error))
    else:
        _finish(swept, world, now)


def _hand_on(swept: Swept, world: World, now: datetime) -> None:
    """Leave the rest to another order, then note it, so that this one is not carried out once more."""
    rest = swept.order.rest(swept.scan.cursor, swept.scan.unseen, swept.found)
    try:
        world.orders.sweep(rest, _BREATH if swept.scan.error else AT_ONCE)
    except OrderError as error:
        _try_again(swept, world, f"the rest of the listing could not be ordered: {error}")
    _note(swept, world, part=rest.part)
    if not swept.scan.error:
        found = swept.found
        counts = {"locks": found.locks, "alerts": found.alerts, "objects": found.objects}
        swept.journal(world, LineKind.SWEEP_HANDED_ON, now, detail=swept.detail, part=rest.part, **counts)


def _finish(swept: Swept, world: World, now: datetime) -> None:
    done, found, target = swept.progress, swept.found, swept.order.target
    unlisted = "" if swept.scan.finished else _only_the_first(found.objects, target)
    detail = "; ".join(filter(None, (unlisted, swept.detail)))
    counts = {"locks": found.locks, "alerts": found.alerts, "objects": found.objects}
    left = {"waiting": done.waiting, "not_reached": len(done.left)}
    swept.journal(world, LineKind.SWEEP_FINISHED, now, detail=detail, **counts, **left)
    if swept.wants_another_try:
        why = detail or f"{done.not_seen} locks were not looked at in time"
        _try_again(swept, world, why)
    _note(swept, world, failure=unlisted, finished=True)
    if target.debris:  # noted first: nothing that was swept is lost if the function is killed meanwhile
        counted = count_debris(target, world, now, done.run)
        _note(swept, world, failure=unlisted, finished=True, debris=counted)


def _only_the_first(objects: int, target: Target) -> str:
    return f"only the first {objects} objects of {target.called} were listed: divide the target by prefixes"


def _try_again(swept: Swept, world: World, why: str) -> None:
    """Note why the target is not swept yet, and have the queue deliver the order again."""
    _note(swept, world, failure=why)
    raise SweepIncompleteError(why) from swept.scan.error or swept.progress.unexpected


def _note(swept: Swept, world: World, **told: Any) -> None:
    """Note for the night what came of its target. If the book cannot be reached, the night will say: no answer."""
    order = swept.order
    if order.night is None:
        return
    result = Result(home=order.target.home, part=order.part, found=swept.found)
    with suppress(BookError):
        world.nights.note(order.night, msgspec.structs.replace(result, **told))
