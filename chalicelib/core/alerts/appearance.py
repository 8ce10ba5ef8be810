"""Make one short text of all that an alert's message depends on: while it is the same, nothing needs an edit."""

from datetime import timedelta

import msgspec

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.evidence import sign_of
from chalicelib.core.alerts.message import hash_of

_EDITED_AT_LEAST = timedelta(days=1)
"""Only an edit finds out that somebody deleted the message in Slack, so each message gets one a day."""


def appearance(alert: Alert) -> str:
    """Return a text that is the same for two alerts exactly when their messages read the same.

    Slack itself keeps ages up to date. Besides them, time alone changes the sign of the evidence, the level, the end of
    a snooze, and the day.
    """
    record, lock = alert.record, alert.record.lock
    depends_on = (
        lock,
        alert.policy,
        alert.undo,
        alert.level,
        record.level,
        record.principal,
        record.owner,
        record.snooze if record.snoozed(alert.now) else None,
        record.asked,
        sorted(record.refused),
        record.restored_by,
        alert.state_written,
        sign_of(lock, alert.state_written, alert.now),
        alert.ending,
        lock.age(alert.now) // _EDITED_AT_LEAST,
    )
    return hash_of(msgspec.json.encode(depends_on).decode())
