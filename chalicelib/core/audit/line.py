"""Make the journal's lines. ``docs/journal.md`` describes them for people who query them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.audit.event import event_id
from chalicelib.core.bounded import all_bounded
from chalicelib.core.clicks.ending import Ending, Outcome, is_operator
from chalicelib.core.clicks.order import ReleaseOrder
from chalicelib.core.locks.copies import copy_of
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import NO_TIME, Clock


class LineKind(StrEnum):
    """The kinds of journal lines."""

    LOCK_ACQUIRED = "lock_acquired"
    LOCK_RELEASED = "lock_released"
    LOCK_REAPPEARED = "lock_reappeared"
    LOCK_ATTEMPTED = "lock_attempted"
    RELEASE_REQUESTED = "release_requested"
    RELEASE_REFUSED = "release_refused"
    RELEASE_ANSWERED = "release_answered"
    RELEASE_ASKED = "release_asked"
    RELEASE_WITHDRAWN = "release_withdrawn"
    LOCK_REPLACED = "lock_replaced"
    LOCK_RESTORED = "lock_restored"
    RESTORE_ANSWERED = "restore_answered"
    CLICK_REFUSED = "click_refused"
    ALERT_POSTED = "alert_posted"
    ALERT_RAISED = "alert_raised"
    ALERT_SNOOZED = "alert_snoozed"
    ALERT_WOKEN = "alert_woken"
    ALERT_FAILED = "alert_failed"
    SWEEP_FINISHED = "sweep_finished"
    SWEEP_HANDED_ON = "sweep_handed_on"
    SWEEP_FAILED = "sweep_failed"
    DEBRIS_COUNTED = "debris_counted"
    SWEEPS_ORDERED = "sweeps_ordered"
    NIGHT_FINISHED = "night_finished"
    WATCH_FINISHED = "watch_finished"
    TARGETS_FOUND = "targets_found"
    DOCTOR_EXAMINED = "doctor_examined"


class JournalLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the journal. Times are in UTC, durations in seconds. Unknown values are left out.

    The client itself said ``who``; IAM said ``principal``.
    """

    event: LineKind
    time: datetime
    event_id: str
    """The same each time a line is written again, so that a reader counts it once."""
    state_path: str = ""
    address: str = ""
    """The place of the lock (``Place.address``). A state that is locked in two places has a line for each."""
    lock_account: str = ""
    """The ID of the account of the lock, or of the target of a sweep."""
    lock_account_name: str = ""
    """The name of that account in AWS Organizations."""
    lock_region: str = ""
    """The region of the lock, or of the target of a sweep."""
    lock_id: str = ""
    operation: str = ""
    who: str = ""
    terraform_version: str = ""
    created: str = ""
    acquired_at: datetime | None = None
    clock: str = ""
    """Whose clock ``acquired_at`` is by (a ``Clock``), if it is not AWS's."""
    held_seconds: float | None = None
    etag: str = ""
    flaw: str = ""
    copy_of: str = ""
    """The state path that the lock itself names, if that is another one."""
    principal: str = ""
    session_name: str = ""
    """The session name at the end of a role's principal; often it names a CI run or a person."""
    taken_by: str = ""
    """The principal that took the lock, if ``principal`` is the one that released it or brought it back."""
    turned_away_by: str = ""
    """The ID of the other holder's lock in the lock table; "" when that lock does not say."""
    turned_away_at: str = ""
    """The place of that lock."""
    account: str = ""
    """The account that did it. EventBridge names only the account."""
    source_address: str = ""
    told_by: str = ""
    """A ``ToldBy``."""
    released_by: str = ""
    """A ``core.clicks.ending.LetGoBy``."""
    slack_user: str = ""
    operator: str = ""
    """The ARN of the AWS identity that asked for the release with ``tflocks release``."""
    asked_by: str = ""
    """The person who asked first, when a release takes two people."""
    joint_click: str = ""
    """The click on a joint alert of which this is a part: the same in the lines of all its locks."""
    by_reaper: bool = False
    """Whether the reaper released the lock by itself, as the route asks."""
    outcome: str = ""
    detail: str = ""
    channel: str = ""
    message_ts: str = ""
    level: int | None = None
    until: datetime | None = None
    """The end of the snooze."""
    incomplete: bool = False
    """Whether the lock was gone before it could be read, so that its ID and holder are not known."""
    target: str = ""
    """The bucket of a sweep, or the target rule that looked for targets (``Discovery.called``)."""
    targets: int | None = None
    """Number of targets, of a night or of what a target rule found."""
    new: int | None = None
    """Number of targets that a rule found for the first time."""
    gone: int | None = None
    """Number of targets that a rule found before and that are no more."""
    kept: int | None = None
    """Number of targets that a rule found before and could not see, so that they may still be there."""
    changes: str = ""
    """The names of the new targets and of those that are gone."""
    failed: int | None = None
    """Number of those that were not swept, or not all of them."""
    part: int | None = None
    """The number of the order that goes on with a target, among the orders for it in this night."""
    locks: int | None = None
    """Number of held locks, as a sweep found them or the lock book has them."""
    stale: int | None = None
    """Number of held locks over their first threshold."""
    oldest_seconds: float | None = None
    alerts: int | None = None
    objects: int | None = None
    """Number of objects that a sweep listed."""
    versions: int | None = None
    """Number of noncurrent versions of locks in a bucket, as far as they were counted."""
    markers: int | None = None
    """Number of delete markers over locks in a bucket, as far as they were counted."""
    red: int | None = None
    """Number of checks that are red, of all subjects as they were last looked at; likewise the next three."""
    yellow: int | None = None
    grey: int | None = None
    green: int | None = None
    waiting: int | None = None
    """Number of new alerts for which a run had no time; the next run posts them."""
    not_reached: int | None = None
    """Number of other steps for which a run had no time."""


def of_lock(kind: LineKind, lock: HeldLock, time: datetime, **fields: object) -> JournalLine:
    """Return a line about a lock, with all that the lock says of itself."""
    said = str(fields.get("message_ts") or time.isoformat())
    return line_of(kind, time, (kind, lock.ref.name, said), lock, **fields)


def of_click(
    kind: LineKind,
    order: ReleaseOrder,
    lock: HeldLock | None,
    time: datetime,
    ending: Ending | None = None,
    **others: object,
) -> JournalLine:
    """Return a line about a click, or about a release without a click, with its outcome if there is one."""
    # A click that came too late may find out how an earlier release ended: the ending names whose release that was.
    whose = ending if ending and ending.outcome in {Outcome.RELEASED, Outcome.UNCONFIRMED} else order
    fields: dict[str, object] = {
        **person(whose.user),
        "channel": order.channel,
        "message_ts": order.message,
        "by_reaper": whose.by_reaper,
    }
    if ending:
        fields |= {"outcome": ending.outcome.value, "detail": ending.why, "asked_by": ending.approved}
    # A click that is delivered again has the same ID. The reaper's own orders have none; their time tells them apart.
    said = (whose.click or time.isoformat(), str(fields.get("outcome", "")))
    return line_of(kind, time, (kind, order.lock.name, *said), lock or HeldLock(order.lock), **fields, **others)


def person(user: str) -> dict[str, str]:
    """Return the fields of whoever asked for a release: a Slack user, or an operator by their ARN."""
    return {"slack_user": "", "operator": user} if is_operator(user) else {"slack_user": user, "operator": ""}


def of_run(kind: LineKind, time: datetime, **fields: object) -> JournalLine:
    """Return a line about a run of the reaper, not about one lock."""
    return line_of(kind, time, (kind, time.isoformat(), str(fields.get("target", ""))), None, **fields)


def _of_state_lock(lock: HeldLock) -> dict[str, object]:
    ref = lock.ref
    told: dict[str, object] = {"state_path": ref.state_path, "address": ref.place.address, "etag": ref.stamp}
    if ref.since != NO_TIME:
        told |= {"acquired_at": ref.since, "clock": unless_aws(ref.place.traits.clock)}
    told |= {"flaw": lock.flaw, "copy_of": copy_of(lock)}
    if lock.info:
        info = lock.info
        told |= {
            "lock_id": info.ID,
            "operation": info.Operation,
            "who": info.Who,
            "terraform_version": info.Version,
            "created": info.Created,
        }
    return told


def unless_aws(clock: Clock) -> str:
    """Return the name of a clock that is not AWS's; "" for AWS's."""
    return "" if clock is Clock.AWS else clock.value


def line_of(
    kind: LineKind, time: datetime, known_by: tuple[str, ...], lock: HeldLock | None, **fields: object
) -> JournalLine:
    """Return a line. ``known_by`` has all that tells it from other lines; ``fields`` replace what the lock says."""
    about = _of_state_lock(lock) if lock else {}
    if principal := fields.get("principal"):
        about["session_name"] = session_name(str(principal))
    told = {"event": kind, "time": time, "event_id": event_id(*known_by), **all_bounded(about | fields)}
    return msgspec.convert(told, JournalLine)
