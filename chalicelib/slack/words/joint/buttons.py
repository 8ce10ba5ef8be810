"""Make everything that can be clicked on a joint alert, with the dialogs that say what a click does."""

from collections import Counter
from collections.abc import Iterable

from chalicelib.core.clicks.click import SnoozeFor
from chalicelib.core.joint.joint import Joint, Member
from chalicelib.core.joint.shown import JointAlert, JointListing
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.terraform.lock_info import operation_in_words
from chalicelib.slack.words.joint.values import JointValue, encode
from chalicelib.slack.words.parts.blocks import Block, button, menu, question
from chalicelib.slack.words.parts.lock_words import state
from chalicelib.slack.words.parts.text import code, shortened, size

RELEASE_ACTION = "release_joint"
LIST_ACTION = "list_joint"
PREVIOUS_ACTION, NEXT_ACTION = "previous_of_joint", "next_of_joint"
SNOOZE_ACTION = "snooze_joint"
WAKE_ACTION = "end_snooze_of_joint"
WITHDRAW_ACTION = "withdraw_joint"
PUT_BACK_ACTION = "put_joint_back"
JOINT_VERBS = {
    RELEASE_ACTION: JointVerb.RELEASE,
    LIST_ACTION: JointVerb.LIST,
    PREVIOUS_ACTION: JointVerb.LIST,
    NEXT_ACTION: JointVerb.LIST,
    SNOOZE_ACTION: JointVerb.SNOOZE,
    WAKE_ACTION: JointVerb.WAKE,
    WITHDRAW_ACTION: JointVerb.WITHDRAW,
    PUT_BACK_ACTION: JointVerb.PUT_BACK,
}
"""What each button of a joint alert asks."""

_LENGTHS: dict[SnoozeFor, str] = {
    SnoozeFor.HOUR: "1 hour",
    SnoozeFor.FOUR_HOURS: "4 hours",
    SnoozeFor.MORNING: "until tomorrow morning",
    SnoozeFor.WEEK: "1 week",
}
_DIALOG = 300
"""Slack's limit for the text of a dialog (docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog
-object)."""
_HOLDER_LIMIT, _PATH_LIMIT, _OPERATION_LIMIT = 40, 46, 24
_MOST_OPERATIONS = 3
_EACH = "Each goes only if it is still the one shown."
_TWO_PEOPLE = "A second person has to approve."
_RISK = "If that run is alive, a second run can write the same states."


def of_joint(alert: JointAlert) -> list[Block]:
    """Return everything that can be clicked on a joint alert now."""
    joint = alert.joint
    offered = []
    if joint.held and not joint.running:
        offered.append(_release(alert))
    if joint.asked:
        offered.append(_simple("Withdraw", WITHDRAW_ACTION, joint))
    if joint.undoable(alert.undo, alert.now):
        offered.append(_put_back(joint))
    if joint.held:
        offered += [_simple("Show the list", LIST_ACTION, joint), _snooze(alert)]
    return offered


def turns(listing: JointListing) -> list[Block]:
    """Return the buttons for the other listing pages."""
    page = listing.page
    previous = [_turn("Previous page", PREVIOUS_ACTION, listing.joint, page - 1)] if page > 1 else []
    following = [_turn("Next page", NEXT_ACTION, listing.joint, page + 1)] if page < listing.pages else []
    return [*previous, *following]


def operations(members: Iterable[Member], most: int, limit: int) -> str:
    """Count the operations ("280 plan, 20 apply or destroy")."""
    words = Counter(operation_in_words(one.operation) or one.operation or "unknown" for one in members)
    known = set(map(operation_in_words, (one.operation for one in members)))
    common = words.most_common(most)
    more = sum(words.values()) - sum(count for _, count in common)
    told = [f"{count} {word if word in known and word else code(word, limit)}" for word, count in common]
    return ", ".join([*told, *([f"{more} other"] if more else [])])


def _release(alert: JointAlert) -> Block:
    joint, count = alert.joint, len(alert.joint.held)
    these = "this 1" if count == 1 else f"these {count}"
    if joint.asked:
        name, title = f"Approve release of {these}", f"Approve the release of {these}?"
    elif alert.second_person:
        name, title = f"Ask to release {these}", f"Ask to release {these}?"
    else:
        name, title = f"Release {these}", f"Release {these}?"
    notes = f"{_RISK} {_TWO_PEOPLE if alert.second_person and not joint.asked else _EACH}"
    asked = question(title, _what(joint, joint.oldest, notes), name, "Keep them", style="danger")
    value = encode(JointValue(joint.id, joint.shown))
    return button(name, RELEASE_ACTION, value, style="danger", confirm=asked)


def _put_back(joint: Joint) -> Block:
    done = [joint.locks[number] for number in joint.act.done] if joint.act else []
    text = _what(joint, done, "Each goes back only where nothing is now.")
    asked = question(f"Put these {len(done)} back?", text, "Put them back", "Leave it")
    value = encode(JointValue(joint.id, joint.released))
    return button(f"Put the {len(done)} back", PUT_BACK_ACTION, value, confirm=asked)


def _what(joint: Joint, members: list[Member], notes: str) -> str:
    """Say in a dialog which locks a click is about: how many, whose, since when, what they do, and the first names."""
    count = len(members)
    since = min((one.taken for one in members), default=joint.since).strftime("%Y-%m-%d %H:%M UTC")
    locks = "lock" if count == 1 else "locks"
    did = operations(members, _MOST_OPERATIONS, _OPERATION_LIMIT)
    head = f"{count} {locks} of {code(joint.holder.name, _HOLDER_LIMIT)}, since {since}: {did}."
    text = f"{head} {notes}"
    for named in range(min(2, count), 0, -1):
        paths = ", ".join(state(one.ref, _PATH_LIMIT) for one in members[:named])
        longer = f"{head} {paths}{' …' if count > named else ''}\n{notes}"
        if size(longer) <= _DIALOG:
            return longer
    return shortened(text, _DIALOG)


def _snooze(alert: JointAlert) -> Block:
    joint = alert.joint
    if joint.snoozed(alert.now):
        return _simple("End snooze", WAKE_ACTION, joint)
    choices = {encode(JointValue(joint.id, "", length)): words for length, words in _LENGTHS.items()}
    return menu("Snooze", SNOOZE_ACTION, choices)


def _simple(name: str, action: str, joint: Joint) -> Block:
    return button(name, action, encode(JointValue(joint.id)))


def _turn(name: str, action: str, joint: Joint, page: int) -> Block:
    return button(name, action, encode(JointValue(joint.id, "", str(page))))
