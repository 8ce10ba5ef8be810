"""Find every lock of a target, correct the lock book, alert."""

from datetime import datetime

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.line import LineKind, of_run
from chalicelib.core.audit.located import located
from chalicelib.core.brief import told_briefly
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.progress import Progress
from chalicelib.jobs.alerts.round import Round
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.scan import Scan, by_place
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError, StoreRefusedError
from chalicelib.ports.orders import Orders
from chalicelib.ports.world import Journal, World


class SweepIncompleteError(Exception):
    """Some locks of a target could not be read or told; another sweep of it does only the rest."""


def order_sweeps(rules: Rules, orders: Orders, journal: Journal, now: datetime) -> None:
    """Order a sweep of each target, so that a failure at one stops no other. The line shows that the night began."""
    for target in rules.targets:
        orders.sweep(target)
    journal.write(of_run(LineKind.SWEEPS_ORDERED, now, targets=len(rules.targets)))


def sweep(target: Target, world: World, rules: Rules, now: datetime, run: Run | None = None) -> None:
    """Sweep one target. If AWS refuses it, tell the journal and people; another try would not help.

    What Slack did not take, or what there was no time to tell, is told by the next watch, because the book has it.

    Raises:
        SweepIncompleteError: a lock could not be read, or only this sweep knows that it has to be told; the queue
            delivers the order again.
    """
    swept = Round(world, rules, now, run or Run())
    known, trouble = _known(target, world)
    scan = Scan(target, swept, known)
    try:
        scan.begin()
    except StoreError as error:
        _tell_failure(target, error, world, rules, now)
        return
    swept.finish()
    if scan.error:
        _tell_failure(target, scan.error, world, rules, now)
        return
    done = swept.progress
    if not scan.finished:
        why = f"only the first {scan.objects} objects were listed in time: {_what_helps(target)}"
        done.failed.append(f"{target.container}: {why}")
    detail = told_briefly([*trouble, *done.failed, *done.untold])
    counts = {"locks": len(scan.found), "alerts": done.alerts, "objects": scan.objects}
    left = {"waiting": done.waiting, "not_reached": len(done.left)}
    line = of_run(LineKind.SWEEP_FINISHED, now, target=target.container, detail=detail, **counts, **left)
    world.journal.write(located(line, target.place(""), rules))
    if trouble:
        world.messenger.report(rules.trouble_channel, "the lock book", "; ".join(trouble))
    if _is_worth_another_try(done, forgetful=bool(trouble)):
        raise SweepIncompleteError(detail or f"{done.not_seen} locks were not looked at in time") from done.unexpected


def _what_helps(target: Target) -> str:
    if target.prefixes:
        return "the next try lists its prefixes in another order"
    return "divide the target by prefixes"


def _is_worth_another_try(done: Progress, *, forgetful: bool) -> bool:
    """Return whether to sweep again. Without the book that would repeat alerts, so only if none was posted."""
    if forgetful:
        return not done.alerts and bool(done.failed or done.untold or done.waiting or done.not_seen)
    return bool(done.failed or done.not_seen)


def _known(target: Target, world: World) -> tuple[dict[Place, list[Page]], list[str]]:
    """Read the open pages of a target's container; return those of its locks, and the trouble with the book.

    The book is read before the locks. So a lock of the book that is then not found was let go since.
    """
    try:
        return by_place(target, world.book.open_pages(target.home)), []
    except BookError as error:
        return {}, [f"could not be read, so locks may be alerted again: {error}"]


def _tell_failure(target: Target, error: StoreError, world: World, rules: Rules, now: datetime) -> None:
    """Journal a failed scan. Tell people what AWS refuses; raise for any other failure, so that it is tried again."""
    line = of_run(LineKind.SWEEP_FAILED, now, target=target.container, detail=str(error))
    world.journal.write(located(line, target.place(""), rules))
    if not isinstance(error, StoreRefusedError):
        raise SweepIncompleteError(str(error)) from error
    world.messenger.report(rules.trouble_channel, target.called, str(error))
