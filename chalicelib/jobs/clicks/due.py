"""Decide whether the reaper may still release a lock by itself: its order may have waited in the queue."""

from chalicelib.core.alerts.life import may_auto_release
from chalicelib.core.alerts.page import Page
from chalicelib.core.canary import is_canary
from chalicelib.jobs.alerts.halves import Halves
from chalicelib.jobs.clicks.clicked import Ordered
from chalicelib.ports.book import BookError


def page_if_due(ordered: Ordered) -> Page | None:
    """Return the page of a lock as it is now, if its route still asks for its release; None: it does not.

    For a canary nobody needs notice: whoever put it orders its release (``tflocks doctor --canary``), and may send to
    this queue. As with every other lock, only the very lock that the order names is deleted.
    """
    ours = all(ordered.rules.covers(ref.place) and ref.state_path == ordered.ref.state_path for ref in ordered.shown)
    page = Halves(ordered.world, ordered.rules, ordered.now).as_now(ordered.page)
    due = ours and page and (_is_canary_alone(page, ordered) or may_auto_release(page, ordered.policy, ordered.now))
    return page if page and due and not _is_snoozed(page, ordered) else None


def _is_canary_alone(page: Page, ordered: Ordered) -> bool:
    """Return whether the order is about a canary and nothing else."""
    return is_canary(page.lock) and not page.halves and ordered.shown == (page.lock.ref,)


def _is_snoozed(page: Page, ordered: Ordered) -> bool:
    """Return whether somebody snoozed the joint alert that tells of a lock. Without the joint book, assume so."""
    try:
        joint = ordered.world.joints.find(page.joint) if page.joint else None
    except BookError:
        return True
    return joint is not None and joint.snooze is not None
