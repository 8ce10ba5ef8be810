"""Say what is odd about a lock (a copy, a time that does not fit, no lock at all) and what its release would do."""

from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.clicks.ending import KEPT_FOR, Ending, Outcome, WayBack
from chalicelib.core.clicks.release_terms import way_back, why_not_releasable
from chalicelib.core.duration import in_words
from chalicelib.core.locks.copies import copy_of, odd_time
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef
from chalicelib.slack.words.parts.text import code, exact, local_time

_PATH_LIMIT = 600
_SHORT_PATH_LIMIT = 60
_PLACE_LIMIT = 1500
_SAID_LIMIT = 100
_EARLIEST_SHOWN, _LATEST_SHOWN = 1971, 2200
"""Years. Slack shows earlier and later times wrongly or not at all."""
_HOW = "`docs/operating.md`, *Bringing back what was no lock*, says how."
_WHY_NOT = {
    Body.LOCK: "",
    Body.EMPTY: "",
    Body.FOREIGN: "It is no lock, and would be gone for good: no version of it would stay, and `undo` is off.",
    Body.SEALED: "Nobody can see what it is, and no version of it is known to stay, so it could not come back.",
    Body.STATE: "It may be a Terraform state, which has to move {where_it_may_be}.",
    Body.DENIED: "The reaper is not allowed to read it (the {container}'s policy, or its KMS key: `DecryptKeyArns`).",
    Body.DIGEST: "It has the digest of a state beside its `Info`, and the reaper never deletes a digest; `terraform "
    "force-unlock` would delete both.",
}
"""The reasons why an alert has no Release button."""
_KINDS = {
    Body.LOCK: "not readable",
    Body.EMPTY: "empty",
    Body.FOREIGN: "no Terraform lock",
    Body.STATE: "may be a state",
    Body.SEALED: "not readable",
    Body.DENIED: "not readable",
    Body.DIGEST: "has a state's digest",
}
_COPY = (
    ":warning: *This lock is a copy.* It says that it locks {path}, but lies elsewhere: {copied_by} too. It blocks the "
    "state here; releasing it frees nothing at {path}."
)
_COPIED_BY = {
    Kind.S3: "replication, `aws s3 sync` and restores copy locks",
    Kind.DYNAMODB: "restores and imports of a table copy locks",
}
_LATE = ":mag: *No evidence:* when it was taken is not certain, so the time of the state's last write says nothing."


class Doubts(NamedTuple):
    """The odd things about a held lock, in words; each is "" if there is nothing odd."""

    noun: str
    """The name of the lock in an alert's title."""
    warning: str
    """A warning that the lock is not what it seems."""
    no_evidence: str
    """The reason why the time of the state's last write is no evidence."""
    terms: str
    """The reason why this cannot be released from Slack, with what to do, or how it could be brought back."""
    is_copy: bool = False


def about(alert: Alert) -> Doubts:
    """Say what is odd about a lock that is held."""
    lock = alert.lock
    said, odd = copy_of(lock), None if alert.page.restored_by else odd_time(lock)
    named, terms = _named(said, lock, odd), _terms(alert)
    if said:
        path = code(exact(said), _PATH_LIMIT)
        no_evidence = f":mag: *No evidence:* its run works on {path}; what is written here says nothing of it."
        copied_by = _COPIED_BY[lock.ref.place.kind]
        return Doubts(named, _COPY.format(path=path, copied_by=copied_by), no_evidence, terms, is_copy=True)
    warning = f":warning: {_odd_time(lock, odd)}" if odd else ""
    return Doubts(named, warning, _LATE if _is_late(lock, odd) else "", terms)


def noun(alert: Alert) -> str:
    """Return the name of the lock in an alert's title."""
    said = copy_of(alert.lock)
    return _named(said, alert.lock, None if said or alert.page.restored_by else odd_time(alert.lock))


def kind(lock: HeldLock) -> str:
    """Say in two or three words what is there instead of a readable lock."""
    return _KINDS[lock.body]


def copied(lock: HeldLock, limit: int = _SHORT_PATH_LIMIT) -> str:
    """Say which state's lock was copied, in words that follow a comma; "" for a lock that is no copy."""
    said = copy_of(lock)
    return f"a copy of the lock of {code(exact(said), limit)}" if said else ""


def in_dialog(lock: HeldLock, undo: timedelta, *, restored: bool) -> tuple[str, str]:
    """Return two texts for the dialog: what to know before releasing something odd, and that its time does not fit.

    Each is "" if there is nothing odd. The first has at most 150 characters, the second at most 90. A lock that was
    ``restored`` is younger in S3 than it says itself; that is not odd.
    """
    back, said = way_back(lock, keeps=bool(undo)), copy_of(lock)
    odd = None if restored else odd_time(lock)
    copied_from = f"It is a copy of the lock of {code(exact(said), _SHORT_PATH_LIMIT)}: this frees nothing there."
    return _comes_back(lock, back, undo) if back else copied_from if said else "", _odd_in_short(lock, odd)


def after(ending: Ending, version_id: str = "") -> str:
    """Say in lines of their own what a release did not free, and how to get it back; "" for a plain lock."""
    if ending.outcome not in {Outcome.RELEASED, Outcome.UNCONFIRMED}:
        return ""
    lines = []
    if ending.copy_of:
        path = code(exact(ending.copy_of), _PATH_LIMIT)
        lines.append(f":warning: It was a copy of the lock of {path}, which this did not release.")
    if ending.way_back is WayBack.KEPT:
        lines.append(f"It was no Terraform lock. Its bytes are kept for {KEPT_FOR.days} days: {_HOW}")
    if ending.way_back is WayBack.VERSION:
        lines.append(f"The bucket keeps it as a version.{_version(version_id)} {_HOW}")
    return "".join(f"\n{line}" for line in lines)


def _named(said: str, lock: HeldLock, odd: datetime | None) -> str:
    if said:
        return "Copy of a Terraform lock"
    return "Possible copy of a Terraform lock" if _is_late(lock, odd) else "Terraform lock"


def _is_late(lock: HeldLock, odd: datetime | None) -> bool:
    """Return whether S3's time may be the time of a later copy."""
    return odd is not None and odd < lock.ref.since


def _terms(alert: Alert) -> str:
    lock, keeps = alert.lock, bool(alert.undo)
    refused, back = why_not_releasable(lock, keeps=keeps), way_back(lock, keeps=keeps)
    if refused:
        return (
            f"It cannot be released from here. {_why_not(lock)} "
            f"Someone who may read {_place(lock.ref)} has to look at what it is, and keep or delete it."
        )
    version = _version(lock.version_id) if back is WayBack.VERSION else ""
    return f"{_comes_back(lock, back, alert.undo)}{version} {_HOW}" if back else ""


def _why_not(lock: HeldLock) -> str:
    traits = lock.ref.place.traits
    outside = f"to a key without `{traits.suffix}`" if traits.suffix else f"out of the {traits.container}"
    return _WHY_NOT[lock.body].format(container=traits.container, where_it_may_be=outside)


def _comes_back(lock: HeldLock, back: WayBack, undo: timedelta) -> str:
    what = "It is no Terraform lock." if lock.body is Body.FOREIGN else "Nobody could look into it."
    if back is WayBack.VERSION:
        return f"{what} The bucket keeps it as a version, from which it can be brought back."
    return f"{what} *Put the lock back* undoes it for {in_words(undo)}; its bytes are kept for {KEPT_FOR.days} days."


def _odd_in_short(lock: HeldLock, odd: datetime | None) -> str:
    if odd is None:
        return ""
    if odd > lock.ref.since:
        return "Its own time is far from S3's: its client's clock is wrong."
    return "Its own time is far from S3's: it may be a copy, whose release frees nothing elsewhere."


def _odd_time(lock: HeldLock, created: datetime) -> str:
    since = local_time(lock.ref.since)
    both = f"*Its times do not fit.* By its own word it was made {_time(created)}, in S3 it is since {since}."
    if created > lock.ref.since:
        return f"{both} The clock of its client is wrong, or it was not written by Terraform."
    return (
        f"{both} It may be a copy, made later by replication, `aws s3 sync` or a restore, and then releasing it frees "
        "nothing where it came from; or it waited long for the state (`-lock-timeout`); or its client's clock is wrong."
    )


def _time(created: datetime) -> str:
    if _EARLIEST_SHOWN <= created.year <= _LATEST_SHOWN:
        return local_time(created)
    return code(created.isoformat(), _SAID_LIMIT)


def _version(version_id: str) -> str:
    return f" Its version is {code(version_id, _SAID_LIMIT)}." if version_id else ""


def _place(ref: LockRef) -> str:
    return code(exact(ref.place.address), _PLACE_LIMIT)
