"""A release that takes two people: one asks, another approves."""

from chalicelib.core.alerts.page import Asked
from chalicelib.core.alerts.transitions import wishes
from chalicelib.core.audit.line import EventType
from chalicelib.core.clicks.click import MembersUnknownError
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.jobs.clicks.clicked import Clicked
from chalicelib.jobs.clicks.permission import why_not_release


def asked_in_vain(clicked: Clicked) -> Refusal | None:
    """Return why a second person could not approve either; a release by one looks at the object itself."""
    return why_not_releasable(clicked.page.lock, keeps=bool(clicked.undo))


def ask(clicked: Clicked) -> Asked | None:
    """Return who has asked for a release that takes two, this click included; None when it was withdrawn.

    Whoever asked must still be allowed to; else the one who clicks now is the first. Raises MembersUnknownError.
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
        clicked.after(wishes.withdraw(click.lock, first))
        first = clicked.after(wishes.ask(lock, ours)).page.asked
    return first


def wait_for_another(clicked: Clicked, asked: Asked) -> Ending:
    """Answer the first of two. The same click delivered again is answered again; another one is no second person."""
    if asked.click != clicked.click.click:
        return clicked.refuse(Refusal.OWN_REQUEST, EventType.RELEASE_REFUSED)
    ending = clicked.ending(Outcome.ASKED)
    clicked.journal(EventType.RELEASE_ASKED, ending)
    clicked.show(ending)
    return clicked.whisper(ending, clicked.policy.releasers)
