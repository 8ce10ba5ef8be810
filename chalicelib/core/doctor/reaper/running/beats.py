"""Judge the last night and the last watch."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from shlex import join

from chalicelib.core.doctor.finding import Finding, Fix, green, red
from chalicelib.core.doctor.parts import Parts, plain
from chalicelib.core.duration import in_words
from chalicelib.core.nights.night import LONGEST, Night
from chalicelib.core.nights.summary import NotSwept, summary_of

NIGHT, WATCH = "reaper.last-sweep", "reaper.last-watch"
A_NIGHT_MISSED = timedelta(hours=25)
"""A night is swept every day; an hour is left for a late one, as in its alarm."""
A_WATCH_MISSED = timedelta(minutes=40)
"""A watch begins every 15 minutes and takes 14 at most."""
Times = tuple[datetime | None, datetime]
"""When the reaper was deployed, if that is known, and now."""
_NAMED = 3


def judge_night(subject: str, night: Night | None, parts: Parts, times: Times) -> list[Finding]:
    """Return how the last night went."""
    deployed, now = times
    since = night.began if night else deployed
    if since is None or now - since > A_NIGHT_MISSED:
        last = f"the last night began {in_words(now - night.began)} ago" if night else "no night was ever swept"
        seen = f"{last}: nobody finds the locks that S3 does not tell of"
        return [red(NIGHT, subject, seen, _fix(parts, "NightlySweep"))]
    if night is None:
        return [green(NIGHT, subject, "no night was swept yet: the reaper was deployed less than a day ago")]
    return [_swept(subject, night, now, parts)]


def _swept(subject: str, night: Night, now: datetime, parts: Parts) -> Finding:
    ago = in_words(now - night.began)
    if now - night.began < LONGEST and not night.is_over(now, superseded=False):
        return green(NIGHT, subject, f"the last night began {ago} ago and is still being swept")
    summary = summary_of(night)
    missed = [one for account in summary.accounts for one in account.not_swept]
    if not missed:
        return green(NIGHT, subject, f"the last night began {ago} ago; all {summary.targets} targets were swept")
    was = "was" if len(missed) == 1 else "were"
    was = "was" if len(missed) == 1 else "were"
    seen = f"in the last night, {ago} ago, {len(missed)} of {summary.targets} targets {was} not swept: {_some(missed)}"
    do = (
        "Mend what is said of each target (see the checks of its bucket or table), or take it out of reaper.toml and "
        "deploy. Then sweep at once, by the command."
    )
    lines = tuple(f"{one.target} {one.standing}: {one.why}" if one.why else _said(one) for one in missed)
    return red(NIGHT, subject, seen, Fix(do=do, cli=_invoke(parts, "NightlySweep")), details=lines)


def _some(missed: Sequence[NotSwept]) -> str:
    return "; ".join(map(_said, missed[:_NAMED])) + (f"; and {len(missed) - _NAMED} more" if missed[_NAMED:] else "")


def _said(one: NotSwept) -> str:
    return f"{one.target} {one.standing}"


def judge_watch(subject: str, watched: datetime | None, parts: Parts, times: Times) -> Finding:
    """Return when the last watch finished."""
    deployed, now = times
    if watched is not None:
        return green(WATCH, subject, f"the last watch finished {in_words(now - watched)} ago")
    if deployed is not None and now - deployed < A_WATCH_MISSED:
        lately = in_words(now - deployed)
        return green(WATCH, subject, f"no watch has finished yet: the reaper was deployed {lately} ago")
    seen = f"no watch has finished in the last {in_words(A_WATCH_MISSED)}: nobody is alerted of a lock held too long"
    return red(WATCH, subject, seen, _fix(parts, "WatchLocks"))


def _fix(parts: Parts, function: str) -> Fix:
    do = (
        f"See the checks of the schedules, functions and rights in this report, and mend what is red there. Then "
        f"run {plain(function)} at once, by the command: its answer says why it fails."
    )
    return Fix(do=do, cli=_invoke(parts, function))


def _invoke(parts: Parts, function: str) -> str:
    name = parts.functions.get(function, function)
    return join(["aws", "lambda", "invoke", "--function-name", name, "--cli-read-timeout", "900", "/dev/stdout"])
