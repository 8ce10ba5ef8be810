"""What is known of a lock table and of the states that were locked in it."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.doctor.migration.holds import Hold

QUIET = timedelta(weeks=4)
"""How long no lock may have been taken in a table that is safe to delete."""
LOOK_BACK = timedelta(weeks=13)
"""How far back the journal and the metrics are read."""


class HeldItem(msgspec.Struct, frozen=True, kw_only=True):
    """A lock that is in the table now."""

    state_path: str
    lock_id: str = ""
    who: str = ""
    version: str = ""


class Items(msgspec.Struct, frozen=True, kw_only=True):
    """The items of the table."""

    digests: frozenset[str] = frozenset()
    """The paths of the states whose digest is in the table: each of them was written by a run that locked here."""
    held: tuple[HeldItem, ...] = ()
    unread: int = 0
    """Number of items, about, that were not read because the table is too large for a quick look."""


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """What the reaper's journal tells."""

    holds: tuple[Hold, ...] = ()
    since: datetime | None = None
    """The time back to which the journal was read without a gap; None: it was not read."""
    covers_table_since: datetime | None = None
    """Since when no lock in the table can have come and gone unseen (``coverage``); None: not even now."""
    trouble: str = ""
    """Why the journal does not cover the table, or was not read; words that follow "the journal proves nothing: "."""
    denied: str = ""
    """The right that reading it lacks."""


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """The days (UTC) on which CloudWatch counts writes. Each try to take a lock is a write, in vain too."""

    writes: frozenset[date] = frozenset()
    """The days with writes."""
    asked_since: datetime | None = None
    """The begin of the time that was asked about; None: there was no answer."""
    since: datetime | None = None
    """Since when days without a write prove that there was none: since the first number, of reads too. None: never."""
    trouble: str = ""
    """Why they prove nothing; words that follow "CloudWatch proves nothing: "."""
    denied: str = ""
    """The right that reading them lacks."""


class There(StrEnum):
    """Whether a state's object is in its bucket."""

    YES = "is there"
    NO = "is gone"
    UNKNOWN = "is not known"


class StateSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What S3 tells of one state."""

    there: There = There.UNKNOWN
    locked_at: datetime | None = None
    """When its newest lock in S3 was taken or let go; None: S3 keeps nothing of one."""
    held: bool = False
    """Whether that lock is there now."""
    trouble: str = ""
    """Why it is not known, for a person."""
    denied: str = ""
    """The right that asking lacks."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A lock table, as DynamoDB describes it."""

    name: str
    arn: str
    region: str
    created: datetime
    size: int = 0
    """Bytes, of some hours ago."""
    read_units: int = 0
    """Provisioned read capacity; 0 on demand."""
    write_units: int = 0
    protected: bool = False
    """Whether deletion protection is on."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known."""

    table: Table
    items: Items
    journal: Journal
    metrics: Metrics
    states: dict[str, StateSeen] = {}
    """What S3 tells, by state path, of the states that were looked at."""
    now: datetime
    quiet: timedelta = QUIET

    @property
    def subject(self) -> str:
        """Return the table as findings call it."""
        return f"table {self.table.name}"

    @property
    def quiet_since(self) -> datetime:
        """Return the begin of the time in which no lock may have been taken."""
        return self.now - self.quiet

    @property
    def denied(self) -> tuple[str, ...]:
        """Return the rights that reading all of it lacks."""
        rights = {self.journal.denied, self.metrics.denied, *(one.denied for one in self.states.values())}
        return tuple(sorted(rights - {""}))

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the paths of all states that ever locked here, as far as it is known."""
        in_table = {hold.state_path for hold in self.journal.holds if hold.in_table}
        return tuple(sorted(self.items.digests | in_table | {item.state_path for item in self.items.held}))
