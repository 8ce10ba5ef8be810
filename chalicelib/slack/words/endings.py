"""Say to the whole channel, in a lock's message, how the lock or a click on it ended."""

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome, is_operator
from chalicelib.core.duration import in_words
from chalicelib.core.locks.copies import copy_of
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.writing import Writing, writing
from chalicelib.slack.words import halves
from chalicelib.slack.words.doubts import after
from chalicelib.slack.words.parts.lock_words import DETAIL_LIMIT, VALUE_LIMIT, held_now, identity
from chalicelib.slack.words.parts.text import by, clicked, code, local_time, mention

_HALF_WAY = "may have died half-way: check the next plan before you apply."
_UNKNOWN_HAND = "As a rule that is the run itself at its end; if it was not, check the next plan before you apply."
_NEXT = {
    Writing.NEVER: "Run a plan before the next apply.",
    Writing.AS_IT_GOES: f"The run {_HALF_WAY}",
    Writing.YES: f"The run {_HALF_WAY}",
    Writing.IMPORT_ONLY: f"If it was an import, it {_HALF_WAY}",
    Writing.UNKNOWN: f"If the run was writing, it {_HALF_WAY}",
}


def ending_words(alert: Alert, ending: Ending) -> str:
    """Say how it ended; "" if other lines of the message say it already."""
    undone = _undone(ending) if ending.closes else ""
    words = _closed(alert, ending) if ending.closes else _still_open(ending)
    beside = halves.left_alone(alert.page, ending) if ending.closes else ""
    shown = frozenset() if ending.closes else frozenset(rival.ref for rival in alert.page.rivals)
    return words + undone + after(ending, alert.lock.version_id) + held_now(ending, shown) + beside


def _undone(ending: Ending) -> str:
    """Say who put the lock back, after it was let go again. While it is held, the other message tells that."""
    if not ending.restored_by:
        return ""
    return f" {mention(ending.restored_by)} put it back, and its holder has let it go since."


def _closed(alert: Alert, ending: Ending) -> str:
    each, place = halves.ended(ending), halves.gone_place(ending) or alert.lock.ref.place
    if ending.outcome is Outcome.RELEASED:
        return _joined(f":unlock: {released(alert, ending)}", each, _after_release(alert.lock))
    who = clicked(ending.user) if ending.user else ""
    if ending.outcome is Outcome.UNCONFIRMED:
        lost = f"{place.traits.service}'s answer was lost, so it was released by that or by its holder."
        return _joined(
            f":unlock: *Gone* after {_began(ending)}, {local_time(ending.at)}.", lost, each, _after_release(alert.lock)
        )
    if ending.outcome is Outcome.REPLACED:
        return _joined(f":repeat: *The lock changed since you saw it.* {_untouched(who)}", each)
    if ending.outcome is Outcome.GONE:
        return f":white_check_mark: {_gone(alert.lock, ending, who)}"
    if ending.outcome is Outcome.CONTAINER_GONE:
        return f":black_circle: *Gone with its {place.traits.container}*: {container_gone(place)}"
    return (
        f":black_circle: *No longer watched:* `reaper.toml` does not cover its {place.traits.container}, or that part "
        "of it, any more. Whether it is still held is not known here; to have it watched, put that back and deploy."
    )


def _began(ending: Ending) -> str:
    return "the reaper began to release it by itself" if ending.by_reaper else clicked(ending.user)


def _in_part(ending: Ending) -> str:
    """Say what a release or a put did, and what it left."""
    when, each = local_time(ending.at), halves.ended(ending)
    if halves.is_put_back(ending):
        return f"*Put back only in part* by {by(ending.user)}, {when}. {each}"
    return f"*Released only in part:* {_began(ending)}, {when}. {each} {try_again(ending)}"


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def released(alert: Alert, ending: Ending) -> str:
    """Say who released it, and when."""
    when = local_time(ending.at)
    if not ending.by_reaper:
        asked = f", asked by {mention(ending.approved)}" if ending.approved else ""
        how = " with `tflocks release`" if is_operator(ending.user) else ""
        return f"*Released by {by(ending.user)}*{how}{asked}, {when}."
    age = f": a plan held over {in_words(alert.policy.auto_release)}" if alert.policy.auto_release else ""
    return f"*Released by the reaper itself*, {when}, as its route asks{age}."


def container_gone(place: Place) -> str:
    """Say what is known of a bucket or table that AWS says does not exist, and what to do about it."""
    service, container = place.traits.service, place.traits.container
    return (
        f"{service} says that there is no {container} {code(place.container, VALUE_LIMIT)} any more. If that is meant, "
        "take it out of `reaper.toml` and deploy; else the reaper reports it every night."
    )


def _after_release(lock: HeldLock) -> str:
    if copy_of(lock) or lock.body is not Body.LOCK:
        return ""  # no run of this state died with it
    return _NEXT[writing(lock)]


def try_again(ending: Ending) -> str:
    """Say what to do about a release or a click that failed."""
    if not ending.user:
        return "It tries again in an hour."
    if ending.lasting:
        return "Another click will fail as well, for as long as that is so."
    again = halves.in_part(ending) and not halves.is_put_back(ending)
    return "Click Release again to finish it." if again else "You can try again."


def why_failed(ending: Ending, *, put_back: bool = False) -> str:
    """Say why a release or a put failed: for each half, if the lock has several."""
    by_half = any(half.detail for half in ending.halves)
    return f"{halves.each(ending, put_back=put_back) if by_half else code(ending.detail, DETAIL_LIMIT)}."


def _untouched(who: str) -> str:
    gone = f"was already gone when {who}, so nothing was deleted" if who else "is gone"
    return f"The lock shown here {gone}. If somebody holds the state for too long now, a new alert says so."


def _gone(lock: HeldLock, ending: Ending, who: str) -> str:
    when = local_time(ending.at)
    if who:
        return f"*Already gone* when {who}, {when}; nothing was deleted."
    if ending.let_go_by is LetGoBy.HOLDER:
        return f"*Released by its holder*, {when}: the same AWS identity took it and let it go. Nothing is left to do."
    by = f" by {identity(ending.principal)}" if ending.principal else ""
    if ending.let_go_by is LetGoBy.OTHER:
        return f"*Released outside of Slack*{by}, another identity than took it, seen {when}. {_after_release(lock)}"
    return f"*Released outside of Slack*{by}, seen {when}. {_UNKNOWN_HAND}"


def _still_open(ending: Ending) -> str:
    who, when = by(ending.user) if ending.user else "the reaper itself", local_time(ending.at)
    if halves.in_part(ending):
        return f":warning: {_in_part(ending)}"
    if ending.outcome is Outcome.FAILED:
        return f":x: *Release by {who} failed*, {when}: {why_failed(ending)} {try_again(ending)}"
    if ending.outcome is Outcome.WITHDRAWN:
        return f":bust_in_silhouette: {who} no longer asks to release it, {when}."
    return f":bell: {who} ended the snooze, {when}." if ending.outcome is Outcome.WOKEN else ""
