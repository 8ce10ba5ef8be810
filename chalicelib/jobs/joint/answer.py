"""Carry out any other click on a joint alert in ``answer_click``: snooze, list, withdraw, put back."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from chalicelib.core.alerts.page import Snooze
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.ending import Refusal
from chalicelib.core.joint import change
from chalicelib.core.joint.click import JointClick, JointOutcome
from chalicelib.core.joint.joint import Member
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.policy import Rules
from chalicelib.jobs.joint.clicked import JointClicked, carry_out
from chalicelib.jobs.joint.each import begin, go_on
from chalicelib.jobs.joint.listing import show_list
from chalicelib.ports.world import World


def answer_joint(click: JointClick, world: World, rules: Rules, now: datetime) -> JointOutcome:
    """Carry out one click and answer it. Delivered again, it changes nothing more.

    Raises:
        MessengerError, OrderError: the queue delivers the click again.
    """
    return carry_out(_answer, click, world, rules, now)


def _answer(clicked: JointClicked) -> JointOutcome:
    if not clicked.click.verb.is_free and (why := clicked.refused_for(_about(clicked))):
        return clicked.refuse(*why)
    return _act(clicked)


def _about(clicked: JointClicked) -> Iterable[Member]:
    """Return the locks that a click is about. One that is gone, as its target may be, lets nobody be refused."""
    joint = clicked.joint
    if clicked.click.verb is JointVerb.PUT_BACK and joint.act:
        return [joint.locks[number] for number in joint.act.done] or joint.locks
    return joint.held.values() or joint.locks


def _act(clicked: JointClicked) -> JointOutcome:
    """Do what was clicked. mypy refuses a verb that has no case here."""
    verb = clicked.click.verb
    match verb:
        case JointVerb.LIST:
            return show_list(clicked)
        case JointVerb.SNOOZE:
            hours = clicked.rules.policy_for(clicked.joint.locks[0].ref.place).working_hours
            return _quieten(clicked, change.snooze_of(clicked.click, hours, clicked.now))
        case JointVerb.WAKE:
            return _quieten(clicked, None)
        case JointVerb.WITHDRAW:
            return _withdraw(clicked)
        case JointVerb.PUT_BACK:
            return _put_back(clicked)
        case JointVerb.RELEASE:
            return clicked.answer(JointOutcome.FAILED, detail=f"it came to a function that does not {verb}")
        case _:
            assert_never(verb)


def _quieten(clicked: JointClicked, snooze: Snooze | None) -> JointOutcome:
    """Snooze, or end a snooze, for all locks of the run. Of two clicks the later one counts."""
    at = clicked.click.at or clicked.now
    taken, clicked = clicked.changed(lambda known: change.quietened(known, snooze, at))
    if taken:
        kind = LineKind.ALERT_SNOOZED if snooze else LineKind.ALERT_WOKEN
        clicked.journal(kind, clicked.joint.locks[0], until=snooze.until if snooze else None)
    clicked.show()
    return clicked.answer(JointOutcome.SNOOZED if snooze else JointOutcome.WOKEN)


def _withdraw(clicked: JointClicked) -> JointOutcome:
    asked = clicked.joint.asked
    if asked is None or asked.by != clicked.click.user:
        return clicked.refuse(Refusal.NOT_ASKED)
    taken, clicked = clicked.changed(lambda known: change.withdrawn(known) if known.asked == asked else None)
    if taken:
        clicked.journal(LineKind.RELEASE_WITHDRAWN, clicked.joint.locks[0])
    clicked.show()
    return clicked.answer(JointOutcome.WITHDRAWN)


def _put_back(clicked: JointClicked) -> JointOutcome:
    """Put back what the last click released, each lock only where nothing is now."""
    joint = clicked.joint
    if clicked.is_delivered_again:
        return go_on(clicked)
    if joint.running:
        return clicked.answer(JointOutcome.BUSY)
    if not clicked.rules.undo:
        return clicked.refuse(Refusal.UNDO_OFF)
    if not joint.undoable(clicked.rules.undo, clicked.now):
        return clicked.refuse(Refusal.TOO_LATE)
    if clicked.click.shown != joint.committed(clicked.click.verb):
        clicked.show()
        return clicked.answer(JointOutcome.CHANGED)
    return begin(clicked)
