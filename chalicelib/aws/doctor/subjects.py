"""Join the looks of all areas at one bucket or one lock table."""

from dataclasses import dataclass

from chalicelib.aws.doctor.bucket.looks import bucket_looks
from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.ports.doctor import Look


@dataclass(frozen=True)
class Subjects:
    """What the looks at buckets and tables have in common."""

    parts: Parts | None
    """The deployed reaper's; None: there is none."""

    def looks_at(self, target: Target, reach: Reach) -> dict[str, Look]:
        """Return the looks at a target, which is in the reach's account and region."""
        return self._at_bucket(target, reach) if target.kind is Kind.S3 else {}

    def _at_bucket(self, target: Target, reach: Reach) -> dict[str, Look]:
        return {**bucket_looks(target.container, target.prefixes, reach, self.parts)}
