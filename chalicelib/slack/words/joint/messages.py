"""Write the joint alert: one message about all locks that one run left behind."""

from itertools import repeat

from chalicelib.core.alerts.digest import OLDEST
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.part import Result
from chalicelib.core.joint.joint import Act, Joint, Member
from chalicelib.core.joint.shown import JointAlert
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.place import Clock
from chalicelib.core.locks.terraform.lock_info import operation_in_words
from chalicelib.slack.words.channel_notices import meant_for
from chalicelib.slack.words.digests import in_accounts
from chalicelib.slack.words.joint.buttons import of_joint, operations
from chalicelib.slack.words.parts.blocks import Block, actions, context, header, section, sections
from chalicelib.slack.words.parts.lock_words import in_account, in_containers, is_in_path, state
from chalicelib.slack.words.parts.text import (
    ago,
    by,
    capital,
    code,
    code_or_nothing,
    link,
    local_time,
    mention,
    since,
)

_HOLDER_LIMIT, _PATH_LIMIT, _WHY_LIMIT = 200, 240, 120
_NAMED = OLDEST
_MOST_OPERATIONS, _OPERATION_LIMIT = 6, 40
_LEFT = {
    Outcome.RELEASED: "released",
    Outcome.UNCONFIRMED: "is gone: released by this click or by its holder",
    Outcome.GONE: "was already gone",
    Outcome.REPLACED: "was left alone: another lock is there now",
    Outcome.UNWATCHED: "is no longer watched",
    Outcome.CONTAINER_GONE: "is gone with its bucket or table",
    Outcome.ASKED: "waits for a second person",
    Outcome.WITHDRAWN: "was not released: the request was withdrawn",
    Outcome.SNOOZED: "was not touched",
    Outcome.WOKEN: "was not touched",
    Outcome.RESTORED: "put back",
    Outcome.OCCUPIED: "was not put back: the state is locked again",
    Outcome.REFUSED: "was refused",
    Outcome.FAILED: "failed",
}
"""Words for a lock that the click on all of them did not end as it was to."""


def message(alert: JointAlert) -> tuple[str, list[Block]]:
    """Return the text (for notifications) and the blocks of a joint alert, as they should read now."""
    joint = alert.joint
    title, whose = _title(joint), _whose(joint)
    text = whose if joint.held else f"{title}. {whose}"
    paragraphs = [f"*{whose}*", _people(alert), _story(alert), _progress(joint), _outcome(joint)]
    clickable = of_joint(alert)
    return text, [
        header(f"{_sign(alert)} {title}"),
        *(block for words in ["\n".join(filter(None, paragraphs))] for block in sections(words)),
        *([section(_oldest(alert))] if joint.held else []),
        context(*_small_print(alert)),
        *([actions(*clickable)] if clickable else []),
    ]


def _title(joint: Joint) -> str:
    """Say how many locks are held. It is plain text, so it names nothing that others wrote."""
    total, held = len(joint.locks), len(joint.held)
    if not held:
        return f"All {total} locks of one run are gone"
    if held < total:
        are = "is" if held == 1 else "are"
        return f"{held} of {total} locks of one run {are} held too long"
    return f"{total} locks of one run are held too long"


def _whose(joint: Joint) -> str:
    count, whose = len(joint.held), f"{code(joint.holder.name, _HOLDER_LIMIT)}, since {local_time(joint.since)}"
    if not count:
        return f"They were held by {whose}"
    return f"{count} {'lock' if count == 1 else 'locks'} of {whose}"


def _sign(alert: JointAlert) -> str:
    if not alert.joint.held:
        return ":white_check_mark:"
    if alert.joint.snoozed(alert.now):
        return ":zzz:"
    return ":rotating_light:" if alert.joint.level > 1 else ":hourglass_flowing_sand:"


def _people(alert: JointAlert) -> str:
    joint = alert.joint
    if not joint.held:
        return ""
    who = code_or_nothing(joint.holder.who, _HOLDER_LIMIT) if joint.holder.session else ""
    parts = [
        " ".join(mention(name) for name in alert.called if name != joint.owner),
        f"probably {mention(joint.owner)}'s run" if joint.owner else "",
        f"by its own word {who}" if who else "",
        link(joint.ci_run_link, "CI run") if joint.ci_run_link else "",
    ]
    told = capital(" · ".join(filter(None, parts)))
    did = operations(list(joint.held.values()), _MOST_OPERATIONS, _OPERATION_LIMIT)
    return "\n".join(filter(None, [told, f"Operations: {did}."]))


def _story(alert: JointAlert) -> str:
    """Say what people have done about the locks, and what happens to them now."""
    joint, lines = alert.joint, []
    if joint.snooze and joint.snoozed(alert.now):
        lines.append(f":zzz: *Snoozed by {mention(joint.snooze.by)}* until {local_time(joint.snooze.until)}.")
    if joint.asked:
        who, when = mention(joint.asked.by), local_time(joint.asked.at)
        lines.append(f":bust_in_silhouette: *{who} asks to release them*, {when}. Somebody else has to approve.")
    return "\n".join(lines)


def _progress(joint: Joint) -> str:
    act = joint.running
    if act is None:
        return ""
    doing = "Releasing" if act.verb is JointVerb.RELEASE else "Putting back"
    return f":gear: *{doing} {len(act.numbers)}*, for {_who(act)}: {act.ended} of {len(act.numbers)} done."


def _outcome(joint: Joint) -> str:
    """Say how the last click on all of them ended, and name what was left, with who holds it now."""
    act = joint.act
    if act is None or not act.over:
        return ""
    done, sign = ("released", ":unlock:") if act.verb is JointVerb.RELEASE else ("put back", ":lock:")
    lines = [f"{sign} *{len(act.done)} {done} by {_who(act)}*, {local_time(act.at)}{_rest(act)}"]
    lines += [f"• {_left(joint, one)}" for one in act.left[:_NAMED]]
    more = act.left_count - len(act.left[:_NAMED])
    return "\n".join([*lines, *([f"• and {more} more."] if more > 0 else []), *_next(joint, act)])


def _next(joint: Joint, act: Act) -> list[str]:
    """Say what to do after a click on all of them has ended."""
    failed = any(one.outcome is Outcome.FAILED for one in act.left)
    again = "*Show the list* has those that are still held; click again to try them again."
    if act.verb is not JointVerb.RELEASE or not act.done:
        return [again] if failed and joint.held else []
    plan = "The run may have died half-way: check the next plan of each state before you apply."
    return [*([again] if failed and joint.held else []), plan]


def _rest(act: Act) -> str:
    if not act.left_count:
        return "."
    were = "was" if act.left_count == 1 else "were"
    return f"; {act.left_count} {were} not:"


def _left(joint: Joint, one: Result) -> str:
    why = code_or_nothing(one.why, _WHY_LIMIT)
    holder = f", held by {why}" if why and one.outcome in {Outcome.REPLACED, Outcome.OCCUPIED} else ""
    detail = f": {why}" if why and not holder else ""
    return f"{state(joint.locks[one.number].ref, _PATH_LIMIT)} {_LEFT[one.outcome]}{holder}{detail}"


def _who(act: Act) -> str:
    return f"{by(act.by)} (asked for by {mention(act.approved)})" if act.approved else by(act.by)


def _oldest(alert: JointAlert) -> str:
    joint = alert.joint
    named = joint.oldest[:_NAMED]
    title = "*The oldest*" if len(joint.held) > len(named) else "*They are*"
    more = len(joint.held) - len(named)
    rest = [f"and {more} more: *Show the list* has all of them."] if more else []
    accounts = alert.named if len(alert.accounts) > 1 else ()  # where all are in one account, the small print has it
    return "\n".join([title, *(f"• {_named(*one)}" for one in zip(named, accounts or repeat(""), strict=False)), *rest])


def _named(one: Member, account: str) -> str:
    place = one.ref.place
    where = in_containers([ref.place for ref in one.halves] or [place], 60)
    told = "" if len(one.halves) < _TWO and is_in_path(place) else f", {where}"
    did = operation_in_words(one.operation) or code_or_nothing(one.operation, _OPERATION_LIMIT) or "unknown operation"
    taken = "first seen" if one.clock is Clock.REAPER else "taken"
    clock = " (its machine's clock)" if one.clock is Clock.CLIENT else ""
    known = f", {in_account(account)}" if account else ""
    return f"{state(one.ref, _PATH_LIMIT)}{told}{known}: {did}, {taken} {ago(one.taken)}{clock}"


_TWO = 2


def _small_print(alert: JointAlert) -> list[str]:
    joint = alert.joint
    shown = f"As of {since(joint.shown_at or joint.at)}."
    if not joint.held:
        return [shown, "How each of them ended is in the journal.", _undo(alert)]
    doubt = "If that run is alive, releasing the lock of an apply can damage its state: look at the CI run first."
    level = f"Level {joint.level}." if joint.level > 1 else ""
    two = "A release takes two people." if alert.second_person else ""
    told = " ".join(filter(None, [level, two, shown]))
    return [meant_for(alert), in_accounts(alert.accounts), doubt, told, _undo(alert)]


def _undo(alert: JointAlert) -> str:
    """Say until when the locks can be put back; "" if they cannot."""
    act = alert.joint.act
    if act is None or not alert.joint.undoable(alert.undo, alert.now):
        return ""
    until = local_time(act.undo_until(alert.undo))
    return f"*Put back* is for a run that turns out to be alive. On offer until {until}."
