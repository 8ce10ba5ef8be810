"""Carry out a release that takes two people: one asks, another approves."""

from chalicelib.core.alerts.page import Asked
from chalicelib.core.alerts.transitions import wishes
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import MembersUnknownError
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.jobs.clicks.clicked import Clicked
from chalicelib.jobs.clicks.permission import why_not_release


def asked_in_vain(clicked: Clicked) -> Refusal | None:
    """Return why the release would be refused even after an approval; None: it would not."""
    return why_not_releasable(clicked.page.lock, keeps=bool(clicked.undo))


def ask(clicked: Clicked) -> Asked | None:
    """Note this click as a request, unless there is an earlier one; return the request that counts.

    Return None if this click was withdrawn. If the person who asked first may no longer release, this click becomes the
    first request. Raises MembersUnknownError.
    """
    click, lock = clicked.click, clicked.page.lock
    ours = Asked(click.user, clicked.now, click.click)
    known = clicked.after(wishes.ask(lock, ours)).page
    first = None if click.click in known.withdrawn else known.asked
    if first is None or first.by == click.user:
        return first
    why = why_not_release(clicked, first.by)
    if why is Refusal.UNKNOWN_MEMBERS:
        raise MembersUnknownError(first.by)
    if why:
        clicked.after(wishes.withdraw(lock.ref, first))
        first = clicked.after(wishes.ask(lock, ours)).page.asked
    return first


def wait_for_another(clicked: Clicked, asked: Asked) -> Ending:
    """Tell the first of two people to wait for another. A second click of the same person is refused."""
    if asked.click != clicked.click.click:
        return clicked.refuse(Refusal.OWN_REQUEST, LineKind.RELEASE_REFUSED)
    ending = clicked.ending(Outcome.ASKED)
    clicked.journal(LineKind.RELEASE_ASKED, ending)
    clicked.show(ending)
    return clicked.whisper(ending, clicked.policy.releasers)
