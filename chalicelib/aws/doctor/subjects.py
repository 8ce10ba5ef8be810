"""Join the looks of all areas: at a bucket, at a lock table, at the deployed reaper."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.aws.doctor.bucket.looks import bucket_looks
from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.migration.looks import table_migration
from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.wiring.buckets import bucket_wiring
from chalicelib.aws.doctor.wiring.reading import table_wiring
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.ports.doctor import Look


@dataclass(frozen=True)
class Joined:
    """What the looks at all buckets and tables have in common."""

    now: datetime
    parts: Parts | None
    """The deployed reaper's; None: there is none."""
    home: Reach | None = None
    """What can be asked in the reaper's account, where targets may be in others."""

    def looks_at(self, target: Target, reach: Reach) -> dict[str, Look]:
        """Return the looks at a target, which is in the reach's account and region."""
        return self._at_bucket(target, reach) if target.kind is Kind.S3 else self._at_table(target, reach)

    def _at_bucket(self, target: Target, reach: Reach) -> dict[str, Look]:
        named = target.container, target.prefixes, reach, self.parts
        return bucket_looks(*named) | bucket_wiring(*named, self.home)

    def _at_table(self, target: Target, reach: Reach) -> dict[str, Look]:
        table, region = target.container, reach.region
        wired = table_wiring(table, region, target.stream, reach, self.parts)
        asking = Asking(table, region, reach, self.parts, self.now, self.home, unheard=_unheard(target))
        return wired | table_migration(asking)


def _unheard(table: Target) -> str:
    """Return why the reaper does not record each lock in a table that the rules have so; "": it does."""
    return "" if table.stream else "the reaper's rules do not name the table's stream, so nothing of it is recorded"
