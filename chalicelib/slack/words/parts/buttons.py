"""Make everything that can be clicked: its label, its dialog, and the lock that it is about.

The value of a button is the lock (``lock_value``). A select has no value of its own, and the values of its options are
too short for a lock (150 characters, docs.slack.dev/reference/block-kit/composition-objects/option-object). But Slack
sends the message along with the click, so ``requests`` takes the value from the Release button in that message. (A
``block_id`` is too short as well, with 255 characters, and other apps can read metadata.) A lock without a Release
button has buttons to snooze instead of a select. An ephemeral message, which Slack does not send along, has only
buttons.
"""

from datetime import timedelta

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import SnoozeFor, Verb
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.writing import Writing, writing
from chalicelib.slack.words import doubts, halves
from chalicelib.slack.words.parts import lock_value
from chalicelib.slack.words.parts.blocks import Block, button, menu, question
from chalicelib.slack.words.parts.lock_words import state
from chalicelib.slack.words.parts.text import code

RELEASE_ACTION = "release_lock"
LISTED_RELEASE_ACTION = "release_listed"
"""The Release button in a message that lists many locks, which a click on one of them must not replace."""
WITHDRAW_ACTION = "withdraw_release"
SNOOZE_ACTION = "snooze_alert"
WAKE_ACTION = "end_snooze"
PUT_BACK_ACTION = "put_lock_back"
SNOOZE_ACTIONS = {f"{SNOOZE_ACTION}_{length}": length for length in SnoozeFor}
"""The actions of the snooze buttons, with their lengths."""
VERBS = {
    RELEASE_ACTION: Verb.RELEASE,
    LISTED_RELEASE_ACTION: Verb.RELEASE,
    WITHDRAW_ACTION: Verb.WITHDRAW,
    SNOOZE_ACTION: Verb.SNOOZE,
    WAKE_ACTION: Verb.WAKE,
    PUT_BACK_ACTION: Verb.PUT_BACK,
    **dict.fromkeys(SNOOZE_ACTIONS, Verb.SNOOZE),
}

_ASKED_PATH_LIMIT = 80
_ASKED_HOLDER_LIMIT = 50
_ASKED_LIMITS_OF_SEVERAL = (50, 30)
"""The same two, of a lock in several places or with another one beside it: the dialog has to say that too."""
_LENGTHS: dict[str, str] = {
    SnoozeFor.HOUR: "1 hour",
    SnoozeFor.FOUR_HOURS: "4 hours",
    SnoozeFor.MORNING: "until tomorrow morning",
    SnoozeFor.WEEK: "1 week",
}
_RISKS = {
    Writing.NEVER: "A plan does not write the state: if its run is alive, it ends with an error and nothing is lost.",
    Writing.AS_IT_GOES: "If that run is alive, a second run can write the state at the same time and lose resources "
    "from it.",
    Writing.YES: "This operation writes the state: if it is alive, releasing its lock can damage the state.",
    Writing.IMPORT_ONLY: "It is an import, which writes the state, or a console, which does not. Releasing a live "
    "import can damage the state.",
    Writing.UNKNOWN: "What this run does is not known. If it is alive and writes, releasing its lock can damage the "
    "state.",
}
_TWO_PEOPLE = "Nothing is released before a second person approves it."


def of_open(alert: Alert) -> list[Block]:
    """Return everything that can be clicked in the alert of a held lock."""
    value, snoozed = lock_value.encode(alert.lock.ref), alert.page.snoozed(alert.now)
    if not lock_value.fits(value):
        return []
    may = fits(alert.page) and why_not_releasable(alert.lock, keeps=bool(alert.undo)) is None
    offered = [_offered(alert)] if may else []
    if alert.page.asked:
        offered.append(button("Withdraw", WITHDRAW_ACTION, value))
    if snoozed:
        return [*offered, button("End snooze", WAKE_ACTION, value)]
    return offered + ([menu("Snooze", SNOOZE_ACTION, _LENGTHS)] if may else _snooze_buttons(value))


def fits(page: Page) -> bool:
    """Return whether a Release button can name a lock and its halves: a table's state paths may be too long."""
    return lock_value.fits(_value(page))


def _value(page: Page) -> str:
    return lock_value.encode(page.lock.ref, page.present if page.halves else ())


def _offered(alert: Alert) -> Block:
    return release(alert.page, second_person=alert.policy.second_person, undo=alert.undo)


def release(page: Page, *, second_person: bool = False, undo: timedelta = timedelta(0)) -> Block:
    """Return a Release button, or the button in its place when a release takes two people."""
    lock = page.lock
    special, odd = doubts.in_dialog(lock, undo, restored=bool(page.restored_by))
    warning = special or f"{odd} {_RISKS[writing(lock)]}"
    who = lock.info.Who if lock.info and not (special or odd) else ""
    if page.asked:
        return _release(page, "Approve release", "Approve this release?", who, warning)
    if second_person:
        return _release(page, "Ask to release", "Ask to release this lock?", who, f"{special or odd} {_TWO_PEOPLE}")
    return _release(page, "Release", "Release this lock?", who, warning)


def put_back(ref: LockRef) -> Block:
    """Return the button *Put the lock back* for a released lock."""
    value = lock_value.encode(ref)
    asked = question(
        "Put the lock back?",
        f"{state(ref, _ASKED_PATH_LIMIT)} is locked again by the very same lock, if nobody holds it by now. "
        "A run that is still alive is protected again, and its own release still works.",
        "Put it back",
        "Leave it",
    )
    return button("Put the lock back", PUT_BACK_ACTION, value, confirm=asked)


def _release(page: Page, name: str, title: str, who: str, warning: str) -> Block:
    lock, several = page.lock, halves.in_dialog(page)
    path, name_limit = _ASKED_LIMITS_OF_SEVERAL if several else (_ASKED_PATH_LIMIT, _ASKED_HOLDER_LIMIT)
    holder = f", held by {code(who, name_limit)}" if who.strip() else ""
    loss = f"Putting it back cannot restore its {lock.not_restored}." if lock.not_restored else ""
    text = " ".join(filter(None, [f"{state(lock.ref, path)}{holder}.", several, warning.strip(), loss]))
    asked = question(title, text, name, "Keep it", style="danger")
    return button(name, RELEASE_ACTION, _value(page), style="danger", confirm=asked)


def _snooze_buttons(value: str) -> list[Block]:
    return [button(f"Snooze {_LENGTHS[length]}", action, value) for action, length in SNOOZE_ACTIONS.items()]
