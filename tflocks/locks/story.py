"""Tell an operator all that is known of one lock, and how its release ended, in plain words."""

from chalicelib.core.alerts.evidence import Sign, StateWritten, sign_of
from chalicelib.core.clicks.ending import Ending, Outcome, is_operator
from chalicelib.core.duration import in_words
from chalicelib.core.locks.copies import copy_of
from tflocks.locks.naming import age, all_places, for_operators, operation, where, whose_clock
from tflocks.locks.standing import Standing

_SIGNS = {
    Sign.UNKNOWN: "no evidence: it is not known when the state was last written",
    Sign.ELSEWHERE: "no evidence: the state's bucket was not looked at",
    Sign.UNDATED: "no evidence: when the lock was taken is not known; the state was last written {ago} ago",
    Sign.NO_STATE: "no evidence: there is no state object; this run has written none, or has removed it",
    Sign.PERHAPS_A_STATE: "no evidence: there is no state object, and what is kept at the lock's key may be one",
    Sign.NO_RUN: "no evidence: what is kept at the lock's key may itself be a state",
    Sign.SAME_SECOND: "little evidence: the state was last written in the second in which the lock was taken",
    Sign.TWO_CLOCKS: "little evidence: the state was last written {ago} ago, near the time that the lock itself tells",
    Sign.ALIVE_THEN: "alive {ago} ago: the state was written after the lock was taken",
    Sign.WENT_SILENT: "probably died half-way: the state was written after the lock was taken, last {ago} ago",
    Sign.PERHAPS_BY_IT: "little evidence: the state was written {ago} ago, by this run if it is an import",
    Sign.BY_ANOTHER: "no evidence of this run: the state was written {ago} ago, but a plan never writes",
    Sign.NO_DIGEST: "no evidence of this run: the state was written {ago} ago, without its digest in the table",
    Sign.BY_EITHER: "little evidence: the state was written {ago} ago, by this run or by the other lock's holder",
    Sign.SAYS_NOTHING: "no evidence: a plan never writes the state, which was last written {ago} ago",
    Sign.NO_PROOF: "no sign of life and no proof of death: the state was last written {ago} ago, before the lock",
}
_ENDS = {
    Outcome.RELEASED: "released",
    Outcome.UNCONFIRMED: "gone; AWS's answer was lost, so it was released by this or by its holder",
    Outcome.GONE: "already gone, so nothing was deleted",
    Outcome.REPLACED: "another lock is there now, so nothing was deleted",
    Outcome.CONTAINER_GONE: "its bucket or table does not exist any more",
    Outcome.UNWATCHED: "no longer watched by the reaper",
    Outcome.RESTORED: "put back since",
    Outcome.OCCUPIED: "not put back: somebody holds the state now",
    Outcome.REFUSED: "refused",
    Outcome.FAILED: "not released",
}


def story(standing: Standing, state: StateWritten | None) -> list[tuple[str, str]]:
    """Return what is known of a lock, as names and values."""
    lock, info, page = standing.lock, standing.lock.info, standing.page
    lines = {
        "state": standing.state_path,
        "kept in": all_places(standing.locks),
        "account": standing.shown_account,
        "held for": ", ".join(filter(None, [age(standing), whose_clock(standing)])),
        "since": f"{standing.since:%Y-%m-%d %H:%M:%S} UTC" if standing.since else "",
        "holder": info.Who if info else "",
        "identity": page.principal,
        "operation": operation(lock),
        "lock ID": info.ID if info else "",
        "version": info.Version if info else "",
        "flaw": f"the lock {for_operators(lock.flaw)}" if lock.flaw else "",
        "copy of": copy_of(lock),
        "evidence": evidence(standing, state),
        "digest": _digest(state),
        "alert": _alert(standing),
    }
    return [(name, value) for name, value in lines.items() if value]


def evidence(standing: Standing, state: StateWritten | None) -> str:
    """Return what the time of the state's last write says about the run."""
    if copied := copy_of(standing.lock):
        return f"no evidence: it is a copy; its run works on {copied}"
    ago = in_words(standing.now - state.at) if state and state.at else ""
    return _SIGNS[sign_of(standing.page, state, standing.now)].format(ago=ago)


def end_words(ending: Ending, arn: str) -> str:
    """Return how a release ended."""
    said = _ENDS.get(ending.outcome, ending.outcome.value)
    if ending.user and ending.user != arn and ending.deleter:
        said = f"{said} before, by {_by(ending.user)}"
    if ending.by_reaper:
        said = f"{said} before, by the reaper itself"
    why = for_operators(ending.why)
    now = ending.held_now.info.Who if ending.held_now and ending.held_now.info else ""
    return said + (f": {why}" if why else "") + (f"; held now by {now}" if now else "")


def half_words(ending: Ending) -> list[str]:
    """Return how each half ended, for a lock that has several."""
    return [
        f"{where(half.place)}: {_ENDS.get(half.outcome, half.outcome.value)}"
        + (f": {for_operators(half.detail)}" if half.detail else "")
        for half in ending.halves
    ]


def ended_well(ending: Ending, arn: str) -> bool:
    """Return whether this release, and no other, ended the lock, or may have."""
    mine = ending.user == arn
    return mine and ending.outcome in {Outcome.RELEASED, Outcome.UNCONFIRMED}


def _by(user: str) -> str:
    return f"{user} with tflocks release" if is_operator(user) else f"{user} in Slack"


def _digest(state: StateWritten | None) -> str:
    if state is None or state.digest is None:
        return ""
    return "the table has a digest of the state; it stays" if state.digest else "the table has no digest of the state"


def _alert(standing: Standing) -> str:
    page = standing.page
    if not standing.known:
        return ""
    run = ", with the other locks of its run" if page.joint else ""
    said = f"posted {standing.alerted_at:%Y-%m-%d %H:%M} UTC{run}" if standing.alerted_at else "none yet"
    quiet = standing.snoozed_until
    if page.snooze and quiet:
        said += f", snoozed by {page.snooze.by} until {quiet:%Y-%m-%d %H:%M} UTC"
    return said + (f", release asked for by {page.asked.by}" if page.asked else "")
