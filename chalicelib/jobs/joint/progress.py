"""Show in the message of a joint alert how far a click is, until each of its locks has an answer."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from chalicelib.core.alerts.page import Page
from chalicelib.core.joint import change
from chalicelib.core.joint.click import ShowJoint
from chalicelib.core.joint.joint import Joint
from chalicelib.core.joint.life import WAITED_FOR
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.policy import Rules
from chalicelib.jobs.joint.changing import Change, changed
from chalicelib.jobs.joint.stand import show
from chalicelib.ports.book import BookError
from chalicelib.ports.orders import LONGEST_DELAY, OrderError
from chalicelib.ports.world import World

AGAIN_AFTER = timedelta(seconds=3)
"""The pace at which progress is shown. Slack takes about 50 edits a minute for all messages."""
_LOOK_FOR = timedelta(seconds=15)
"""Most time to look up which locks were put back; the next watch finds the rest."""


def show_joint(order: ShowJoint, world: World, rules: Rules, now: datetime) -> None:
    """Edit the message to what is true now; while the click is being carried out, order that again.

    Raises:
        MessengerError, OrderError, BookError: the queue delivers the order again.
    """
    joint = _noted(order, world, now)
    if joint is None:
        return
    if joint.running and joint.running.click == order.click:
        _, joint = changed(world.joints, joint.id, _progress(joint, order.click, world, now))
        if joint is None:
            return
        if joint.running is None:
            joint = _finish(joint, world, rules, now)
    show(joint, world, rules, now)
    if joint.running and joint.running.click == order.click:
        world.orders.show_joint(order, AGAIN_AFTER)


def _noted(order: ShowJoint, world: World, now: datetime) -> Joint | None:
    """Note which of the order's locks have ended, and who released one of them; return the joint alert as it is now."""
    if not order.locks:
        return world.joints.find(order.joint)
    pages = [page for ref in order.locks if (page := world.book.find(ref))]
    refs = [page.lock.ref for page in pages if page.ending]

    def noted(known: Joint) -> Joint | None:
        new = change.without(known, refs) or known
        for page in pages:
            new = change.released_alone(new, page, now) or new
        return new

    return changed(world.joints, order.joint, noted)[1]


def _progress(joint: Joint, click: str, world: World, now: datetime) -> Change:
    results = world.joints.results(joint.id, click)
    last = joint.act is not None and now - joint.act.at >= WAITED_FOR
    return lambda known: change.progressed(known, results, now, last=last)


def _finish(joint: Joint, world: World, rules: Rules, now: datetime) -> Joint:
    """Return a joint alert after a click: with the locks that were put back, and an order to end the offer of undo."""
    act = joint.act
    if act and act.verb is JointVerb.PUT_BACK:
        pages = list(_put_back(joint, world))
        return changed(world.joints, joint.id, lambda known: change.with_pages(known, pages))[1] or joint
    if act and joint.undoable(rules.undo, now):
        after = min(max(act.undo_until(rules.undo) - now, timedelta(0)), LONGEST_DELAY)
        with suppress(OrderError):  # the next watch edits the message too
            world.orders.show_joint(ShowJoint(joint=joint.id), after)
    return joint


def _put_back(joint: Joint, world: World) -> Iterable[Page]:
    """Yield the pages of the locks that were put back, as long as there is time."""
    until = world.clock() + _LOOK_FOR
    for number in joint.act.done if joint.act else ():
        if world.clock() > until:
            return
        with suppress(BookError):
            old = world.book.find(joint.locks[number].ref)
            new = world.book.find(old.back_as) if old and old.back_as else None
            if new and not new.ending:
                yield new
