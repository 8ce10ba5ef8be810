"""Every word that Slack shows, as Block Kit: pure, so that it can be read and tested without Slack.

Foreign text goes through ``text.code`` or ``text.escape``, never into a header (plain text) or a link.
"""

from typing import Any

from chalicelib.core.alert import Alert
from chalicelib.core.duration import in_words
from chalicelib.core.lock import Risk, StateLock
from chalicelib.core.release import Ending, Refusal, ReleaseOutcome
from chalicelib.slack import lock_token
from chalicelib.slack.text import clean, code, escape, exact, local_time

RELEASE_ACTION = "release_lock"

# Slack's limits (docs.slack.dev/reference/block-kit/blocks), less what stands around the foreign text.
_PATH_LIMIT = 1500
_FIELD_LIMIT = 300
_CONFIRM_PATH_LIMIT = 80
_DETAIL_LIMIT = 600

Block = dict[str, Any]

_RISKS = {
    Risk.PLAN: "A plan does not write the state: if its run is alive, it ends with an error and nothing is lost.",
    Risk.APPLY: "If that run is alive, a second run can write the state at the same time and lose resources from it.",
    Risk.OTHER: "This operation writes the state: if it is alive, releasing its lock can damage the state.",
}
_REFUSALS = {
    Refusal.OUTSIDE: "it is not within the targets of this reaper's configuration.",
    Refusal.FOREIGN: "only members of the workspace that this reaper belongs to may release locks.",
    Refusal.NOBODY: "nobody may: the list of releasers for it is empty.",
    Refusal.NOT_LISTED: "you are not among its releasers.",
}


def message(alert: Alert) -> tuple[str, list[Block]]:
    """The text (for notifications) and the blocks of one alert, as they should read now."""
    lock = alert.lock
    state = code(exact(lock.ref.state_path), _PATH_LIMIT)
    sign, title = _title(alert)
    header: Block = {"type": "header", "text": {"type": "plain_text", "text": f"{sign} {title}", "emoji": True}}
    blocks = [header, _section(f"*State*\n{state}"), _fields(alert)]
    if alert.ending:
        blocks.append(_section(_ending(alert.ending, lock)))
    if alert.open:
        blocks += [_section(_evidence(alert)), _context(_policy(alert))]
        blocks.append(_section(_no_button(lock)) if lock.opaque else _buttons(lock))
    return f"{title}: {state}", blocks


def private_answer(ending: Ending, releasers: tuple[str, ...]) -> str:
    """What one person alone is told of their click."""
    if ending.outcome is ReleaseOutcome.REFUSED:
        ask = f" Ask {', '.join(f'<@{user}>' for user in releasers[:5])}." if releasers else ""
        return f":no_entry: You cannot release this lock: {_REFUSALS[Refusal(ending.detail)]}{ask}"
    if ending.outcome is ReleaseOutcome.FAILED:
        return f":x: Nothing was released just now: {code(ending.detail, _DETAIL_LIMIT)}. You can try again."
    return f":information_source: Your click changed nothing: {_already(ending)}.{_held_now(ending)}"


def _already(ending: Ending) -> str:
    when = local_time(ending.at)
    if ending.outcome is ReleaseOutcome.RELEASED:
        return f"that lock was already released by <@{ending.user}> {when}"
    if ending.outcome is ReleaseOutcome.UNWATCHED:
        return "that lock is no longer within the targets of this reaper's configuration"
    return f"that lock was already gone {when}"


def trouble(subject: str, detail: str) -> str:
    """The reaper's own trouble with something."""
    return f":warning: *tflock-reaper has trouble with {code(subject, _FIELD_LIMIT)}:* {code(detail, 2000)}"


def _title(alert: Alert) -> tuple[str, str]:
    ending = alert.ending if not alert.open else None
    held = in_words(alert.lock.age(ending.at if ending else alert.now))
    if ending is None:
        sign = ":rotating_light:" if alert.level > 1 else ":hourglass_flowing_sand:"
        return sign, f"Terraform lock held for {held}"
    if ending.outcome is ReleaseOutcome.UNWATCHED:
        return ":black_circle:", "Terraform lock no longer watched"
    if ending.outcome is ReleaseOutcome.REPLACED:
        return ":repeat:", f"Terraform lock changed hands after {held}"
    words = "released" if ending.outcome is ReleaseOutcome.RELEASED else "gone"
    return ":white_check_mark:", f"Terraform lock {words} after {held}"


def _fields(alert: Alert) -> Block:
    lock, info = alert.lock, alert.lock.info
    fields = [("Operation", _operation(lock))]
    if lock.workspace:
        fields.append(("Workspace", code(lock.workspace, _FIELD_LIMIT)))
    if info:
        fields += [("Holder", _said(info.Who)), ("Terraform version", _said(info.Version)), ("Lock ID", _said(info.ID))]
    fields.append(("Held since", local_time(lock.ref.last_modified)))
    if info and info.Info:
        fields.append(("Note", _said(info.Info)))
    block: Block = {"type": "section", "fields": [_mrkdwn(f"*{name}*\n{value}") for name, value in fields]}
    if lock.flaw:
        block["text"] = _mrkdwn(f":warning: *The lock {escape(lock.flaw, _DETAIL_LIMIT)}.* {_flaw_hint(lock)}".strip())
    return block


def _flaw_hint(lock: StateLock) -> str:
    return "" if lock.opaque else "`terraform force-unlock` may not be able to release it."


def _operation(lock: StateLock) -> str:
    return lock.operation or _said(lock.info.Operation if lock.info else "")


def _said(value: str) -> str:
    return code(value, _FIELD_LIMIT) if clean(value) else "not told"


def _evidence(alert: Alert) -> str:
    """When the state was written, beside when the lock was taken: what that proves and no more.

    Terraform writes the state while it applies, at most every 20 seconds, and never during a plan
    (``internal/states/remote/state.go``).
    """
    since = alert.lock.ref.last_modified
    if alert.state_written is None:
        return "*Evidence:* S3 did not say when the state was last written."
    written = alert.state_written.at
    if written is None:
        return "*Evidence:* there is no state object: this run has written none, or has removed it."
    if written > since:
        ago, quiet = in_words(written - since), in_words(alert.now - written)
        return (
            f"*Evidence:* the state was written {local_time(written)}, {ago} after the lock was taken: "
            f"its holder was alive then. Nothing since, for {quiet}."
        )
    if written == since:
        quiet = in_words(alert.now - written)
        return f"*Evidence:* the state was written in the second the lock was taken. Nothing since, for {quiet}."
    idle = f"*Evidence:* the state was last written {local_time(written)}, before the lock was taken; nothing since."
    if alert.lock.risk is Risk.PLAN:
        return f"{idle} That says nothing about a plan, which never writes."
    return f"{idle} That is no proof: one slow resource, or a run waiting for a *yes*, writes nothing either."


def _policy(alert: Alert) -> str:
    thresholds = [in_words(threshold) for threshold in alert.thresholds]
    passed = thresholds[max(alert.level, 1) - 1]
    of = f" (level {alert.level} of {len(thresholds)})" if len(thresholds) > 1 else ""
    return (
        f"Over the threshold of {passed} for this kind of operation{of}. "
        "The holder is what the client says of itself; nobody has checked it."
    )


def _buttons(lock: StateLock) -> Block:
    path = code(exact(lock.ref.state_path), _CONFIRM_PATH_LIMIT)
    holder = f", held by {code(lock.info.Who, 50)}" if lock.info and lock.info.Who.strip() else ""
    confirm = {
        "title": {"type": "plain_text", "text": "Release this lock?"},
        "text": _mrkdwn(f"{path}{holder}. {_RISKS[lock.risk]}"),
        "confirm": {"type": "plain_text", "text": "Release"},
        "deny": {"type": "plain_text", "text": "Keep it"},
        "style": "danger",
    }
    button = {
        "type": "button",
        "action_id": RELEASE_ACTION,
        "style": "danger",
        "text": {"type": "plain_text", "text": "Release"},
        "value": lock_token.encode(lock.ref),
        "confirm": confirm,
    }
    return {"type": "actions", "elements": [button]}


def _no_button(lock: StateLock) -> str:
    place = code(exact(f"s3://{lock.ref.bucket}/{lock.ref.key}"), _PATH_LIMIT)
    return f"It cannot be released from here. Someone who may read {place} has to look at what it is."


def _ending(ending: Ending, lock: StateLock) -> str:
    who = f"<@{ending.user}>" if ending.user else ""
    when = local_time(ending.at)
    why = code(ending.detail, _DETAIL_LIMIT)
    said = {
        ReleaseOutcome.RELEASED: f":unlock: *Released by {who}* {when}. {_after_release(lock)}",
        ReleaseOutcome.UNCONFIRMED: f":unlock: *Gone* after {who} clicked Release. S3's answer was lost, "
        "so it was released by that click or by its holder in the same moment.",
        ReleaseOutcome.REFUSED: f":no_entry: {who} asked to release this lock {when} and was refused: "
        "not among its releasers.",
        ReleaseOutcome.FAILED: f":x: *Release by {who} failed* {when}: {why}. You can try again.",
        ReleaseOutcome.REPLACED: f":repeat: *The lock changed since you saw it.* {_untouched(who)}",
        ReleaseOutcome.GONE: _gone(ending, who),
        ReleaseOutcome.UNWATCHED: ":black_circle: *No longer watched* since its bucket or prefix was taken out of "
        "`reaper.toml`. Whether it is still held is not known here.",
    }[ending.outcome]
    return said + _held_now(ending)


def _after_release(lock: StateLock) -> str:
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
    if who:
        when = local_time(ending.at)
        return f":white_check_mark: *Already gone* when {who} clicked Release {when}; nothing was deleted."
    by = f" by {code(ending.principal, _FIELD_LIMIT)}" if ending.principal else ""
    return f":white_check_mark: *No longer held*: released{by} outside of Slack, seen {local_time(ending.at)}."


def _held_now(ending: Ending) -> str:
    lock = ending.held_now
    if lock is None:
        return ""
    seen = f"\nSeen {local_time(ending.at)}:"
    if lock.info is None:
        return f"{seen} the state is locked now by another lock, which {escape(lock.flaw, _FIELD_LIMIT)}."
    what = f"{_operation(lock)}, lock ID {_said(lock.info.ID)}"
    since = local_time(lock.ref.last_modified)
    return f"{seen} the state is locked now by {_said(lock.info.Who)} ({what}), since {since}."


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack must not make links and mentions of bare words in other people's text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
