"""Tell one person alone what came of their click on a joint alert."""

from chalicelib.core.joint.click import JointAnswer, JointOutcome
from chalicelib.core.joint.verb import JointVerb
from chalicelib.slack.words.parts.lock_words import DETAIL_LIMIT
from chalicelib.slack.words.parts.text import code, code_or_nothing, exact
from chalicelib.slack.words.whispers import REFUSALS, ask

_PATH_LIMIT = 600
_ASKED = {
    JointVerb.RELEASE: "release these locks",
    JointVerb.SNOOZE: "snooze this alert",
    JointVerb.WAKE: "end the snooze of this alert",
    JointVerb.WITHDRAW: "withdraw the request to release these locks",
    JointVerb.PUT_BACK: "put these locks back",
    JointVerb.LIST: "show the list of these locks",
}
_ANSWERS = {
    JointOutcome.UNKNOWN: ":x: Nothing was done: the lock book does not know this alert any more. `/tflocks` lists the "
    "locks that are held, with buttons that work.",
    JointOutcome.CHANGED: ":repeat: Nothing was done: the locks are not those that you saw. The message shows "
    "what is true now: look at it, then click again.",
    JointOutcome.BUSY: ":hourglass: Nothing was done by this click: another one is being carried out. The message "
    "shows how far it is.",
    JointOutcome.ASKED: ":bust_in_silhouette: You asked to release {count} locks. Somebody else has to approve.",
    JointOutcome.WITHDRAWN: ":bust_in_silhouette: You no longer ask to release these locks.",
    JointOutcome.SNOOZED: ":zzz: You snoozed the alert of all {count} locks.",
    JointOutcome.WOKEN: ":bell: You ended the snooze of the alert of all {count} locks.",
    JointOutcome.BEGUN: ":gear: {count} locks are being {done}, one by one. The message shows how far it is.",
    JointOutcome.LISTED: ":page_facing_up: The list is in the thread of the message.",
}


def answer(told: JointAnswer, user: str) -> str:
    """Say what came of a click on a joint alert, to the person who clicked."""
    asked = _ASKED[told.verb]
    if told.outcome is JointOutcome.REFUSED:
        return f":no_entry: You cannot {asked}{_for(told)}: {_why(told)}{ask(told.releasers, user)}"
    if told.outcome is JointOutcome.FAILED:
        return f":x: Could not {asked}: {code(told.detail, DETAIL_LIMIT)}. Try again in a minute."
    done = "put back" if told.verb is JointVerb.PUT_BACK else "released"
    return _ANSWERS[told.outcome].format(count=told.count, done=done)


def _for(told: JointAnswer) -> str:
    """Name the lock for which the person was refused: the rights differ by route."""
    return f", because of {code(exact(told.state_path), _PATH_LIMIT)}" if told.state_path else ""


def _why(told: JointAnswer) -> str:
    return REFUSALS[told.refusal] if told.refusal else code_or_nothing(told.detail, DETAIL_LIMIT)
