"""Make one short text of all that an alert's message depends on: while the text is the same, no edit is needed."""

from datetime import timedelta

import msgspec

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.evidence import sign_of
from chalicelib.core.alerts.message import hash_of

_EDITED_AT_LEAST = timedelta(days=1)
"""Only an edit finds out that somebody deleted the message in Slack, so each message is edited once a day."""


def appearance(alert: Alert) -> str:
    """Return a text that is the same for two alerts exactly when their messages read the same.

    Slack itself keeps the ages in a message up to date. Of the rest, time alone can change: the sign of the evidence,
    the level, whether a snooze is over, and the day.
    """
    page, lock = alert.page, alert.page.lock
    depends_on = (
        lock,
        alert.policy,
        alert.undo,
        alert.level,
        page.level,
        page.principal,
        page.owner,
        page.snooze if page.snoozed(alert.now) else None,
        page.asked,
        sorted(page.refused),
        page.restored_by,
        alert.state_written,
        sign_of(lock, alert.state_written, alert.now),
        alert.ending,
        lock.age(alert.now) // _EDITED_AT_LEAST,
    )
    return hash_of(msgspec.json.encode(depends_on).decode())
