"""Write the alert as Block Kit.

Foreign text goes through ``text.code`` or ``text.escape``, and never into a header (plain text) or a link.
"""

from datetime import datetime
from typing import NamedTuple

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.life import can_auto_release
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.duration import in_words
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Clock
from chalicelib.slack.words import doubts, halves
from chalicelib.slack.words.channel_notices import meant_for
from chalicelib.slack.words.endings import ending_words
from chalicelib.slack.words.evidence import evidence, long_holds
from chalicelib.slack.words.parts import buttons
from chalicelib.slack.words.parts.blocks import Block, actions, context, header, mrkdwn, section, sections
from chalicelib.slack.words.parts.lock_words import DETAIL_LIMIT, VALUE_LIMIT, identity, in_account, operation, state
from chalicelib.slack.words.parts.text import capital, code, code_or_nothing, escape, link, local_time, mention

_PATH_LIMIT = 1400

_MOST_NAMED = 5
_TOO_LONG = (
    ":warning: *It cannot be released from Slack:* its state path is too long for a button. "
    "`tflocks release` releases it."
)


def message(alert: Alert) -> tuple[str, list[Block]]:
    """Return the text (for notifications) and the blocks of one alert, as they should read now."""
    path = state(alert.lock.ref, _PATH_LIMIT)
    title, blocks = _open(alert, path) if alert.open else _closed(alert, path)
    told_apart = ", ".join(filter(None, [path, halves.beside(alert.page), in_account(alert.account)]))
    return f"{title.words}: {told_apart}", [header(f"{title.sign} {title.words}"), *blocks]


class _Title(NamedTuple):
    """The title of an alert. It is plain text, in which Slack updates no times, so a held lock has no age in it."""

    sign: str
    words: str


def _closed_title(alert: Alert) -> _Title:
    """Return the title, with how long the lock was held, unless nobody knows when or whether it was released."""
    ending, lock = alert.ending, doubts.noun(alert)
    outcome = ending.outcome if ending else Outcome.GONE
    if outcome is Outcome.UNWATCHED:
        return _Title(":black_circle:", f"{lock} no longer watched")
    if ending and outcome is Outcome.CONTAINER_GONE:
        place = halves.gone_place(ending) or alert.lock.ref.place
        return _Title(":black_circle:", f"{lock} gone with its {place.traits.container}")
    held = _for_how_long(alert.page, ending.at if ending else alert.now)
    if outcome is Outcome.REPLACED:
        return _Title(":repeat:", f"{lock} changed hands after {held}")
    words = "released" if outcome is Outcome.RELEASED else "gone"
    return _Title(":white_check_mark:", f"{lock} {words} after {held}")


def _for_how_long(page: Page, until: datetime) -> str:
    least = "at least " if page.clock is Clock.REAPER else ""
    return f"{least}{in_words(page.age(until))}"


def _sign(alert: Alert) -> str:
    if alert.page.snoozed(alert.now):
        return ":zzz:"
    return ":rotating_light:" if alert.level > 1 else ":hourglass_flowing_sand:"


def _people(alert: Alert) -> str:
    """Name who is called, and where to look. The owner is only probable, because a table in the route names them."""
    owner, called, ci_run = alert.page.owner, alert.called, alert.ci_run_link
    parts = [
        " ".join(mention(name) for name in called if name != owner),
        f"probably {mention(owner)}'s run" if owner else "",
        link(ci_run, "CI run") if ci_run else "",
    ]
    return capital(" · ".join(filter(None, parts)))


def _open(alert: Alert, path: str) -> tuple[_Title, list[Block]]:
    lock, doubt = alert.lock, doubts.about(alert)
    held, story = _held(alert), _story(alert)
    title, policy, people = _Title(_sign(alert), f"{doubt.noun} {held}"), _policy(alert), _people(alert)
    account = f"{capital(in_account(alert.account))}." if alert.account else ""
    head = (path, halves.held(alert.page), _where(alert), account, people, meant_for(alert))
    told = alert.ending is not None and halves.in_part(alert.ending) and not halves.is_put_back(alert.ending)
    odd = (halves.rivals(alert.page), "" if told else halves.half_gone(alert.page), doubt.warning)
    paragraphs = ["\n".join(filter(None, head)), *odd, story, doubt.no_evidence or evidence(alert)]
    alive = "" if doubt.is_copy else long_holds(lock)
    clickable, fields = buttons.of_open(alert), _fields(alert)
    return title, [
        *(block for words in paragraphs for block in sections(words)),
        *fields,
        context(alive, policy),
        *(section(words) for words in [doubt.terms, _too_long(alert)] if words),
        *([actions(*clickable)] if clickable else []),
    ]


def _too_long(alert: Alert) -> str:
    return "" if buttons.fits(alert.page) else _TOO_LONG


def _where(alert: Alert) -> str:
    return halves.where(alert.page, releasable=why_not_releasable(alert.lock, keeps=bool(alert.undo)) is None)


def _held(alert: Alert) -> str:
    if alert.level:
        return "held too long"
    return "held again" if alert.page.restored_by else "held"


def _closed(alert: Alert, path: str) -> tuple[_Title, list[Block]]:
    """Return the state, how its lock ended, by whom, and what to do next. The journal has the rest."""
    title, undo = _closed_title(alert), _undo(alert)
    ending = alert.ending
    words = ending_words(alert, ending) if ending else ""
    place = "" if ending and ending.halves else halves.beside(alert.page)
    head = ", ".join(filter(None, [path, place, in_account(alert.account)]))
    return title, [*sections("\n".join(filter(None, [head, words]))), *undo]


def _fields(alert: Alert) -> list[Block]:
    lock = alert.lock
    fields, untold = _by_the_lock(lock)
    if alert.page.principal:
        fields["*AWS identity*, by S3's word"] = identity(alert.page.principal)
    if lock.workspace:
        fields["*Workspace*"] = code(lock.workspace, VALUE_LIMIT)
    if untold:
        fields["*Not told by the lock*"] = ", ".join(untold)
    block: Block = {"type": "section", "fields": [mrkdwn(f"{name}\n{value}") for name, value in fields.items()]}
    if lock.flaw:
        block["text"] = mrkdwn(f":warning: *The lock {escape(lock.flaw, DETAIL_LIMIT)}.* {_flaw_hint(lock)}".strip())
    shown = {name: value for name, value in block.items() if value}
    return [shown] if len(shown) > 1 else []


def _by_the_lock(lock: HeldLock) -> tuple[dict[str, str], list[str]]:
    """Return the fields that the lock says of itself, and the names of those that it leaves out."""
    info = lock.info
    if info is None:
        return {}, []
    every = {
        "*Operation*": operation(lock),
        "*Holder*, by its own word": code_or_nothing(info.Who, VALUE_LIMIT),
        "*Terraform version*": code_or_nothing(info.Version, VALUE_LIMIT),
        "*Lock ID*": code_or_nothing(info.ID, VALUE_LIMIT),
    }
    fields = {
        name: value for name, value in {**every, "*Note*": code_or_nothing(info.Info, VALUE_LIMIT)}.items() if value
    }
    return fields, [name.split("*")[1] for name, value in every.items() if not value]


def _flaw_hint(lock: HeldLock) -> str:
    cli_fails = lock.body in {Body.EMPTY, Body.FOREIGN}
    return "`terraform force-unlock` may not be able to release it." if cli_fails else ""


def _story(alert: Alert) -> str:
    """Say what people have done about the lock."""
    page = alert.page
    lines = []
    told = alert.ending is not None and halves.in_part(alert.ending) and halves.is_put_back(alert.ending)
    if page.restored_by and not told:
        lines.append(f":lock: *Put back by {mention(page.restored_by)}* after it was released.")
    if page.snooze and page.snoozed(alert.now):
        lines.append(f":zzz: *Snoozed by {mention(page.snooze.by)}* until {local_time(page.snooze.until)}.")
    if page.asked:
        who, when = mention(page.asked.by), local_time(page.asked.at)
        lines.append(f":bust_in_silhouette: *{who} asks to release it*, {when}. Somebody else has to approve.")
    if page.refused:
        lines.append(_refused(page))
    if alert.ending:
        lines.append(ending_words(alert, alert.ending))
    return "\n".join(filter(None, lines))


def _refused(page: Page) -> str:
    """Say who asked for a release without the right to, so that the team knows that somebody is blocked."""
    names = sorted(page.refused)
    who = ", ".join(mention(name) for name in names[:_MOST_NAMED])
    others = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f":no_entry: {who}{others} asked to release this lock, and may not: not among its releasers."


def _undo(alert: Alert) -> list[Block]:
    ending = alert.ending
    if not ending or not ending.undo_until or not ending.undoable(alert.now):
        return []
    if not buttons.fits(alert.page):
        return []
    until = f"For a run that turns out to be alive. On offer until {local_time(ending.undo_until)}."
    return [actions(buttons.put_back(alert.lock.ref)), context(until)]


def _policy(alert: Alert) -> str:
    """Say why people are told, and what the route's policy is for such a lock."""
    two, by_itself = "A release takes two people." if alert.policy.second_person else "", _auto_release(alert)
    count, threshold = len(alert.thresholds), alert.thresholds[max(alert.level, 1) - 1]
    # A lock that was put back is younger than before, but keeps its level.
    over = "Over the threshold of" if alert.page.age(alert.now) >= threshold else "The threshold is"
    of = f" (level {alert.level} of {count})" if count > 1 and alert.level else ""
    why = f"{over} {in_words(threshold)} for this kind of operation{of}."
    return " ".join(filter(None, [why, two, by_itself]))


def _auto_release(alert: Alert) -> str:
    """Say when the reaper releases the lock by itself, as ``life.may_auto_release`` decides; "" if it never does."""
    page, age = alert.page, alert.policy.auto_release
    if age is None or not can_auto_release(alert.lock) or page.snooze or page.restored_by or page.rivals:
        return ""
    when = f"Once it is {in_words(age)} old, at its next hourly look"
    return f"{when}, the reaper releases it by itself, unless somebody snoozes it."
