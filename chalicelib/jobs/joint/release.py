"""Carry out *Release these* in ``release_lock``: authorise, compare with what was shown, order each release."""

from datetime import datetime

from chalicelib.core.alerts.page import Asked
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.joint import change
from chalicelib.core.joint.click import JointClick, JointOutcome
from chalicelib.core.joint.shown import policies_of
from chalicelib.core.policy import Rules
from chalicelib.jobs.joint.clicked import JointClicked, carry_out
from chalicelib.jobs.joint.each import begin, go_on
from chalicelib.ports.world import World


def release_joint(click: JointClick, world: World, rules: Rules, now: datetime) -> JointOutcome:
    """Order the release of all locks of a joint alert. Delivered again, it changes nothing more.

    Raises:
        MessengerError, OrderError: the queue delivers the click again.
    """
    return carry_out(_release, click, world, rules, now)


def _release(clicked: JointClicked) -> JointOutcome:
    joint, click = clicked.joint, clicked.click
    if clicked.is_delivered_again:
        return go_on(clicked)
    if not click.verb.releases:
        return clicked.answer(JointOutcome.FAILED, detail=f"it came to a function that does not {click.verb}")
    if joint.running:
        return clicked.answer(JointOutcome.BUSY)
    why = clicked.refused_for(joint.held.values())
    return clicked.refuse(*why) if why else _release_shown(clicked)


def _release_shown(clicked: JointClicked) -> JointOutcome:
    """Release the locks for a person who may, if they are those that were shown."""
    joint, click = clicked.joint, clicked.click
    if not click.shown or click.shown != joint.committed(click.verb):
        clicked.show()
        return clicked.answer(JointOutcome.CHANGED)
    if any(policy.second_person for policy in policies_of(joint.held.values(), clicked.rules)):
        return _release_by_two(clicked)
    return begin(clicked)


def _release_by_two(clicked: JointClicked) -> JointOutcome:
    """Ask once for all locks; another person's click approves for all."""
    joint, click = clicked.joint, clicked.click
    if click.click in joint.withdrawn:
        return clicked.answer(JointOutcome.WITHDRAWN)
    if joint.asked and joint.asked.by != click.user:
        if clicked.refused_for(joint.held.values(), joint.asked.by) is None:
            return begin(clicked)
        _, clicked = clicked.changed(change.withdrawn)  # whoever asked first may no longer release
    return _ask(clicked)


def _ask(clicked: JointClicked) -> JointOutcome:
    asking = Asked(clicked.click.user, clicked.now, clicked.click.click)
    taken, clicked = clicked.changed(lambda known: change.asked(known, asking))
    first = clicked.joint.asked
    if first is None or first.click != asking.click:
        return clicked.refuse(Refusal.OWN_REQUEST)
    if taken:
        ending = Ending(outcome=Outcome.ASKED, at=clicked.now, user=asking.by)
        clicked.journal(LineKind.RELEASE_ASKED, clicked.joint.oldest[0], ending)
    clicked.show()
    return clicked.answer(JointOutcome.ASKED)
