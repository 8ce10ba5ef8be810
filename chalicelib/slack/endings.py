"""How a lock, or what somebody asked of it, ended: the lines of its message that the whole channel reads."""

from chalicelib.core.alert import Alert
from chalicelib.core.click import Refusal
from chalicelib.core.copies import copy_of
from chalicelib.core.duration import in_words
from chalicelib.core.lock import Body, Risk, StateLock
from chalicelib.core.release import Ending, Outcome, ReleasedBy
from chalicelib.slack.doubts import after
from chalicelib.slack.lock_words import DETAIL_LIMIT, held_now, identity
from chalicelib.slack.text import code, local_time, mention


def ending_words(alert: Alert, ending: Ending) -> str:
    """What the team reads of an ending; "" where other lines of the message say it already."""
    words = _closed(alert, ending) if ending.closes else _still_open(ending)
    return words + after(ending, alert.lock.version_id) + held_now(ending) + _undone(ending)


def _undone(ending: Ending) -> str:
    """Of a lock that was put back and is held still, another message tells."""
    if not ending.restored_by:
        return ""
    return f"\n:lock: *Put back by {mention(ending.restored_by)}* since, and let go by its holder after that."


def _closed(alert: Alert, ending: Ending) -> str:
    who = mention(ending.user) if ending.user else ""
    if ending.outcome is Outcome.RELEASED:
        return f":unlock: {released(alert, ending)} {_after_release(alert.lock)}".rstrip()
    if ending.outcome is Outcome.UNCONFIRMED:
        began = "the reaper released it by itself" if ending.by_reaper else f"{who} clicked Release"
        return (
            f":unlock: *Gone* after {began}. S3's answer was lost, "
            "so it was released by that or by its holder in the same moment."
        )
    if ending.outcome is Outcome.REPLACED:
        return f":repeat: *The lock changed since you saw it.* {_untouched(who)}"
    if ending.outcome is Outcome.GONE:
        return f":white_check_mark: {_gone(ending, who)}"
    return (
        ":black_circle: *No longer watched* since its bucket or prefix was taken out of `reaper.toml`. "
        "Whether it is still held is not known here."
    )


def released(alert: Alert, ending: Ending) -> str:
    """By whom it was released, and when."""
    when = local_time(ending.at)
    if not ending.by_reaper:
        asked = f", asked by {mention(ending.approved)}" if ending.approved else ""
        return f"*Released by {mention(ending.user)}*{asked}, {when}."
    age = f": a plan held over {in_words(alert.policy.auto_release)}" if alert.policy.auto_release else ""
    return f"*Released by the reaper itself*, {when}, as its route asks{age}."


def _after_release(lock: StateLock) -> str:
    if copy_of(lock) or lock.body is not Body.LOCK:
        return ""  # no run here died with it
    return (
        "Run a plan before the next apply."
        if lock.risk is Risk.PLAN
        else "The run may have died half-way: check the next plan before you apply."
    )


def _untouched(who: str) -> str:
    return (
        f"The lock shown here was already gone when {who} clicked Release, so nothing was deleted."
        if who
        else "The lock shown here is gone."
    )


def _gone(ending: Ending, who: str) -> str:
    when = local_time(ending.at)
    if who:
        return f"*Already gone* when {who} clicked Release, {when}; nothing was deleted."
    if ending.released_by is ReleasedBy.HOLDER:
        return f"*Released by its holder*, {when}: the same AWS identity took it and let it go."
    by = f" by {identity(ending.principal)}" if ending.principal else ""
    another = ", another identity than took it" if ending.released_by is ReleasedBy.OTHER else ""
    return f"*Released outside of Slack*{by}{another}, seen {when}."


def _still_open(ending: Ending) -> str:
    who, when = mention(ending.user) if ending.user else "the reaper itself", local_time(ending.at)
    if ending.outcome is Outcome.REFUSED and ending.detail == Refusal.NOT_LISTED:
        return f":no_entry: {who} asked to release this lock, {when}, and was refused: not among its releasers."
    if ending.outcome is Outcome.FAILED:
        why = code(ending.detail, DETAIL_LIMIT)
        return f":x: *Release by {who} failed*, {when}: {why}. You can try again."
    if ending.outcome is Outcome.WITHDRAWN:
        return f":bust_in_silhouette: {who} no longer asks to release it, {when}."
    return f":bell: {who} ended the snooze, {when}." if ending.outcome is Outcome.WOKEN else ""
