"""Tell one person alone how their click ended. There are words for every ending."""

from chalicelib.core.clicks.click import Verb, Whisper
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.policy import EVERYONE
from chalicelib.slack.words import halves
from chalicelib.slack.words.doubts import after
from chalicelib.slack.words.endings import try_again, why_failed
from chalicelib.slack.words.parts.lock_words import DETAIL_LIMIT, held_now, in_account
from chalicelib.slack.words.parts.text import by, capital, code, exact, local_time, mention

_PATH_LIMIT = 600
_MOST_NAMED = 5
_DONE = {
    Verb.RELEASE: "release",
    Verb.SNOOZE: "snooze the alert of",
    Verb.WAKE: "end the snooze of",
    Verb.WITHDRAW: "withdraw the request to release",
    Verb.PUT_BACK: "put back",
}
REFUSALS = {
    Refusal.OUTSIDE: "it is not within the targets of this reaper's configuration.",
    Refusal.TARGETS_UNKNOWN: "the lock book did not tell which buckets and tables the target rules found. Try again in "
    "a minute; if that does not help, the next night finds them anew.",
    Refusal.FOREIGN: "your Slack account belongs to another workspace, and only members of this reaper's own workspace "
    "or organisation may. If both are of one Enterprise Grid, `enterprise_id` is missing in `reaper.toml`.",
    Refusal.UNKNOWN_HOME: "Slack did not say whether you belong to the organisation of this reaper. Try again in a "
    "minute; if that does not help, the app is without its scope `users:read`.",
    Refusal.NOBODY: "its list of releasers is empty, so nobody may.",
    Refusal.NOT_LISTED: "you are not among its releasers.",
    Refusal.UNKNOWN_MEMBERS: "Slack did not say who is in the user groups of its releasers. Try again in a minute.",
    Refusal.OWN_REQUEST: "you asked for it yourself, and a release takes two people.",
    Refusal.NOT_ASKED: "you did not ask for it.",
    Refusal.TOO_LATE: "the time for it is over.",
    Refusal.HELD_AGAIN: "you clicked when it was held before. It had ended since, and is held again: look at its new "
    "message.",
    Refusal.UNDO_OFF: "this reaper is set up without it.",
    Refusal.MAY_BE_STATE: "it may be a Terraform state. Somebody has to look at what it is.",
    Refusal.UNSEEN: "the reaper is not allowed to read it. Somebody who may has to look at what it is.",
    Refusal.HAS_DIGEST: "it has the digest of a state beside its `Info`, and the reaper never deletes a digest. "
    "Somebody has to look at what it is.",
    Refusal.NO_WAY_BACK: "it is not known to be a lock and would be gone for good: its bytes could not be kept, and no "
    "version of it is known to stay. Somebody has to look at what it is.",
}
_ENDINGS = {
    Outcome.RELEASED: ":unlock: {Lock} was released by {who}, {when}.",
    Outcome.UNCONFIRMED: ":unlock: {Lock} is gone: released by {who}, or by its holder, {when}.",
    Outcome.GONE: ":white_check_mark: {Lock} was already gone, {when}; there was nothing left to do.",
    Outcome.REPLACED: ":repeat: {Lock} is no longer the one that you saw, so nothing was done.",
    Outcome.UNWATCHED: ":black_circle: {Lock} is no longer within the targets of this reaper's configuration.",
    Outcome.CONTAINER_GONE: ":black_circle: {Lock} is gone: AWS says that there is no such {container} any more.",
    Outcome.ASKED: ":bust_in_silhouette: You asked to release {lock}. Somebody else has to approve.",
    Outcome.WITHDRAWN: ":bust_in_silhouette: You no longer ask to release {lock}.",
    Outcome.SNOOZED: ":zzz: You snoozed the alert of {lock}.",
    Outcome.WOKEN: ":bell: You ended the snooze of {lock}.",
    Outcome.RESTORED: ":lock: {Lock} was put back by {who}.",
    Outcome.OCCUPIED: ":no_entry: {Lock} was not put back, because somebody holds the state by now.",
}


def whispered(whisper: Whisper, user: str) -> str:
    """Say how a click ended, to the person who clicked."""
    ending, lock = whisper.ending, _lock(whisper)
    done = f"{_DONE[whisper.verb]} {lock}"
    whom = ask(whisper.releasers, user)
    if ending.outcome is Outcome.REFUSED:
        return f":no_entry: You cannot {done}: {_refusal(ending)}{whom}"
    if halves.in_part(ending):
        again = try_again(ending) if ending.outcome is Outcome.FAILED else ""
        done = "put back" if halves.is_put_back(ending) else "released"
        part = f":warning: {capital(lock)} was {done} only in part. {halves.ended(ending)} {again}".rstrip()
        return f"{part}{held_now(ending)}"
    if ending.outcome is Outcome.FAILED:
        return f":x: Could not {done}: {why_failed(ending, put_back=whisper.verb is Verb.PUT_BACK)} {try_again(ending)}"
    return f"{_ended(whisper, user)}{whom}{after(ending)}{held_now(ending)}"


def _ended(whisper: Whisper, user: str) -> str:
    """Say how a click ended that was neither refused nor failed, with each half of a lock that has several."""
    ending, lock = whisper.ending, _lock(whisper)
    gone = halves.gone_place(ending)
    words = _ENDINGS[ending.outcome].format(
        lock=lock,
        Lock=capital(lock),
        who=_who(ending, user),
        when=local_time(ending.at),
        container=gone.traits.container if gone else whisper.container,
    )
    return f"{words} {halves.ended(ending)}".rstrip()


def _refusal(ending: Ending) -> str:
    """Say why somebody may not do it."""
    return REFUSALS[ending.refusal] if ending.refusal else f"{code(ending.detail, DETAIL_LIMIT)}."


def _lock(whisper: Whisper) -> str:
    if not whisper.state_path:
        return "that lock"
    named = f"the lock of {code(exact(whisper.state_path), _PATH_LIMIT)}"
    return " ".join(filter(None, [named, in_account(whisper.account)]))


def _who(ending: Ending, user: str) -> str:
    if ending.by_reaper:
        return "the reaper itself"
    if not ending.user:
        return "somebody, it is not known who"
    return "you" if ending.user == user else by(ending.user)


def ask(releasers: tuple[str, ...], user: str) -> str:
    """Say whom to ask. A mention in a message for one person notifies nobody."""
    others = ["anybody here" if name == EVERYONE else mention(name) for name in releasers if name != user]
    return f" Ask {', '.join(others[:_MOST_NAMED])}." if others else ""
