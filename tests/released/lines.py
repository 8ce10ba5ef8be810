"""The lines of the journal: one of each kind, and each of their fields."""

import io
from typing import Any

from chalicelib.aws.journal import LogJournal
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.line import JournalLine, LineKind, line_of, of_click, of_lock
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.place import Clock
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, OPERATOR, a_click
from tests.released.scene import LOCK, ODD, PRINCIPAL, THERE, after

_NUMBERS = (
    *("level", "targets", "new", "gone", "kept", "failed", "part", "locks", "stale", "alerts", "objects"),
    *("versions", "markers", "red", "yellow", "grey", "green", "waiting", "not_reached"),
)
_ALL: dict[str, Any] = {
    **{name: number for number, name in enumerate(_NUMBERS, 1)},
    "lock_account": "111122223333",
    "lock_account_name": "acme-prod",
    "lock_region": "eu-west-1",
    "acquired_at": after(),
    "clock": Clock.REAPER.value,
    "held_seconds": 420.5,
    "flaw": "is empty",
    "copy_of": "acme-old/prod/network/terraform.tfstate",
    "principal": PRINCIPAL,
    "taken_by": PRINCIPAL,
    "turned_away_by": "78653438-8b5d-5f4b-9d0f-5c8bf3f2b5b1",
    "turned_away_at": THERE.ref.place.address,
    "account": "111122223333",
    "source_address": "203.0.113.9",
    "told_by": "s3",
    "released_by": "slack",
    "slack_user": ALICE,
    "operator": OPERATOR,
    "asked_by": BOB,
    "joint_click": f"{ALICE} 1",
    "by_reaper": True,
    "outcome": "released",
    "detail": "S3 answered 503",
    "channel": CHANNEL,
    "message_ts": "1795231137.000100",
    "until": after(hours=6),
    "incomplete": True,
    "target": BUCKET,
    "changes": "acme-new",
    "oldest_seconds": 420.5,
}
_DONE = Ending(outcome=Outcome.RELEASED, at=after(hours=3), user=ALICE, approved=BOB)
LINES: dict[str, JournalLine] = {
    **{kind.value: of_lock(kind, LOCK, after(hours=3)) for kind in LineKind},
    "of what is no lock": of_lock(LineKind.ALERT_POSTED, next(iter(ODD.values())), after(hours=3)),
    "of a click": of_click(LineKind.RELEASE_ANSWERED, a_click(LOCK), LOCK, after(hours=3), _DONE),
    "all that a line can have": line_of(LineKind.LOCK_RELEASED, after(hours=3), ("all",), LOCK, **_ALL),
}


def written(line: JournalLine) -> str:
    """A line as the journal has it."""
    stream = io.StringIO()
    LogJournal(stream, EmfMetrics("prod")).write(line)
    return stream.getvalue()
