"""What the looks at one table need, and how they ask."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.doctor.migration.evidence import QUIET
from chalicelib.core.doctor.parts import Parts


@dataclass(frozen=True)
class Asking:
    """One table, and who asks about it."""

    table: str
    region: str
    reach: Reach
    """Into the table's account."""
    parts: Parts | None
    """The deployed reaper, which keeps the journal; None: there is none."""
    now: datetime
    home: Reach | None = None
    """Into the reaper's account, where that is another one."""
    quiet: timedelta = QUIET
    """How long no lock may have been taken in a table that is safe to delete."""
    unheard: str = ""
    """Why the reaper's rules do not have it record each lock in the table, for a person; "": they do."""

    @property
    def arn(self) -> str:
        """Return the table's ARN."""
        return f"arn:{self.reach.partition}:dynamodb:{self.region}:{self.reach.account}:table/{self.table}"

    def client(self, service: str) -> Any:
        """Return a client in the table's account and region."""
        return self.reach.client(service, self.region)

    def of_reaper(self, service: str) -> Any | None:
        """Return a client in the reaper's account and region; None: there is no reaper, or it cannot be reached."""
        if self.parts is None:
            return None
        reach = self.home or self.reach
        return reach.client(service, self.parts.region) if reach.account == self.parts.account else None
