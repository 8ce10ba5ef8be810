"""The alert, as Block Kit: pure, as every word that Slack shows, so that it can be read and tested without Slack.

Foreign text goes through ``text.code`` or ``text.escape``, never into a header (plain text) or a link.
"""

from chalicelib.core.alert import Alert
from chalicelib.core.copies import copy_of
from chalicelib.core.duration import in_words
from chalicelib.core.life import can_auto_release
from chalicelib.core.lock import Body, StateLock
from chalicelib.core.release import Outcome
from chalicelib.slack import buttons, doubts
from chalicelib.slack.blocks import Block, actions, context, header, mrkdwn, section
from chalicelib.slack.channel_notices import meant_for
from chalicelib.slack.endings import ending_words
from chalicelib.slack.evidence import evidence, long_holds
from chalicelib.slack.lock_words import DETAIL_LIMIT, VALUE_LIMIT, identity, operation, said, state
from chalicelib.slack.text import capital, code, escape, link, local_time, mention

_PATH_LIMIT = 1500


def message(alert: Alert) -> tuple[str, list[Block]]:
    """The text (for notifications) and the blocks of one alert, as they should read now."""
    path = state(alert.lock.ref, _PATH_LIMIT)
    sign, title = _title(alert)
    doubt = doubts.warning(alert) if alert.open else ""
    people = _lines(path, _people(alert), meant_for(alert))
    paragraphs = [people, doubt, _story(alert), evidence(alert) if alert.open else ""]
    blocks = [header(f"{sign} {title}"), *(section(words) for words in paragraphs if words), _fields(alert)]
    return f"{title}: {path}", blocks + (_open(alert) if alert.open else _undo(alert))


def _title(alert: Alert) -> tuple[str, str]:
    ending = alert.ending if not alert.open else None
    held, lock = in_words(alert.lock.age(ending.at if ending else alert.now)), doubts.noun(alert)
    if ending is None:
        return _sign(alert), f"{lock} held for {held}"
    if ending.outcome is Outcome.UNWATCHED:
        return ":black_circle:", f"{lock} no longer watched"
    if ending.outcome is Outcome.REPLACED:
        return ":repeat:", f"{lock} changed hands after {held}"
    words = "released" if ending.outcome is Outcome.RELEASED else "gone"
    return ":white_check_mark:", f"{lock} {words} after {held}"


def _sign(alert: Alert) -> str:
    if alert.record.snoozed(alert.now):
        return ":zzz:"
    return ":rotating_light:" if alert.level > 1 else ":hourglass_flowing_sand:"


def _people(alert: Alert) -> str:
    """Who is called, and where to look. A table of the route's says who is behind a holder, so it is only probable."""
    if not alert.open:
        return ""
    owner = alert.record.owner
    parts = [
        " ".join(mention(name) for name in alert.called if name != owner),
        f"probably {mention(owner)}'s run" if owner else "",
        link(alert.ci_run_link, "CI run") if alert.ci_run_link else "",
    ]
    return capital(" · ".join(filter(None, parts)))


def _fields(alert: Alert) -> Block:
    lock, info = alert.lock, alert.lock.info
    fields = {"*Held since*": local_time(lock.ref.last_modified)}
    if info:
        fields = {"*Operation*": operation(lock), **fields, "*Holder*, by its own word": said(info.Who)}
    if alert.record.principal:
        fields["*AWS identity*, by S3's word"] = identity(alert.record.principal)
    if lock.workspace:
        fields["*Workspace*"] = code(lock.workspace, VALUE_LIMIT)
    if info:
        fields |= {"*Terraform version*": said(info.Version), "*Lock ID*": said(info.ID)}
    if info and info.Info:
        fields["*Note*"] = said(info.Info)
    block: Block = {"type": "section", "fields": [mrkdwn(f"{name}\n{value}") for name, value in fields.items()]}
    if lock.flaw:
        block["text"] = mrkdwn(f":warning: *The lock {escape(lock.flaw, DETAIL_LIMIT)}.* {_flaw_hint(lock)}".strip())
    return block


def _flaw_hint(lock: StateLock) -> str:
    cli_fails = lock.body in {Body.EMPTY, Body.FOREIGN}
    return "`terraform force-unlock` may not be able to release it." if cli_fails else ""


def _story(alert: Alert) -> str:
    """What people have done about it."""
    record = alert.record
    lines = []
    if record.restored_by:
        lines.append(f":lock: *Put back by {mention(record.restored_by)}* after it was released.")
    if alert.open and record.snooze and record.snoozed(alert.now):
        lines.append(f":zzz: *Snoozed by {mention(record.snooze.by)}* until {local_time(record.snooze.until)}.")
    if alert.open and record.asked:
        who, when = mention(record.asked.by), local_time(record.asked.at)
        lines.append(f":bust_in_silhouette: *{who} asks to release it*, {when}. Somebody else has to approve.")
    if alert.ending:
        lines.append(ending_words(alert, alert.ending))
    return _lines(*lines)


def _open(alert: Alert) -> list[Block]:
    lock = alert.lock
    terms = [section(words)] if (words := doubts.terms(alert)) else []
    alive = "" if copy_of(lock) else long_holds(lock)
    return [context(alive, _policy(alert)), *terms, actions(*buttons.of_open(alert))]


def _undo(alert: Alert) -> list[Block]:
    ending = alert.ending
    if not ending or not ending.undo_until or not ending.undoable(alert.now):
        return []
    until = f"For a run that turns out to be alive. On offer until {local_time(ending.undo_until)}."
    return [actions(buttons.put_back(alert.lock.ref)), context(until)]


def _policy(alert: Alert) -> str:
    """Why people are told, and what the route has for such a lock."""
    count, threshold = len(alert.thresholds), alert.thresholds[max(alert.level, 1) - 1]
    # A lock that was put back is younger than it was; its level stays.
    over = "Over the threshold of" if alert.lock.age(alert.now) >= threshold else "The threshold is"
    of = f" (level {alert.level} of {count})" if count > 1 else ""
    why = f"{over} {in_words(threshold)} for this kind of operation{of}."
    two = "A release takes two people." if alert.policy.second_person else ""
    return " ".join(filter(None, [why, two, _auto_release(alert)]))


def _auto_release(alert: Alert) -> str:
    """What ``life.may_auto_release`` comes to for a lock that nobody has wanted to keep."""
    record, age = alert.record, alert.policy.auto_release
    if age is None or not can_auto_release(alert.lock) or record.snooze or record.restored_by:
        return ""
    when = f"Once it is {in_words(age)} old, at its next hourly look"
    return f"{when}, the reaper releases it by itself, unless somebody snoozes it."


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))
