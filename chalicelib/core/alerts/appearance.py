"""Make one short text of all that an alert's message depends on: while the text is the same, no edit is needed."""

from datetime import timedelta

import msgspec

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.evidence import sign_of
from chalicelib.core.alerts.message import hash_of

_EDITED_AT_LEAST = timedelta(days=1)
"""Only an edit finds out that somebody deleted the message in Slack, so each message is edited once a day."""
UNSEEN = frozenset(
    {
        "acquired_at",  # shown as the age
        "alerted_at",
        "appearance",
        "back_as",
        "claimed_until",
        "ending",  # shown as the alert's
        "half_ending",  # shown by the halves
        "half_of",  # a page with it has no message
        "joint",  # a page with it has no message
        "kept",
        "kept_halves",
        "posted",
        "quiet_at",
        "releasing",
        "reopened_at",
        "restorers",
        "restoring",
        "said",
        "seen_at",  # shown as the age
        "sending",
        "shown_at",
        "snooze",  # shown until it is over
        "told",
        "withdrawn",
    }
)
"""The fields of a page that no message shows. A field that is not listed counts as shown, because one edit too many
does less harm than one too few."""


def appearance(alert: Alert) -> str:
    """Return a text that is the same for two alerts exactly when their messages read the same.

    Slack itself keeps the ages in a message up to date. Of the rest, time alone can change: the sign of the evidence,
    the level, whether a snooze is over, and the day.
    """
    page = alert.page
    seen = {name: _in_order(value) for name, value in msgspec.structs.asdict(page).items() if name not in UNSEEN}
    depends_on = (
        seen,
        (page.clock, page.held_since),
        page.snooze if page.snoozed(alert.now) else None,
        alert.policy,
        alert.undo,
        alert.account,
        alert.level,
        alert.state_written,
        sign_of(page, alert.state_written, alert.now),
        alert.ending,
        page.age(alert.now) // _EDITED_AT_LEAST,
    )
    return hash_of(msgspec.json.encode(depends_on).decode())


def _in_order(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value
