"""Where one lock is kept, and which lock is there."""

from datetime import datetime

import msgspec

from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX


class LockRef(msgspec.Struct, frozen=True):
    """Which lock exactly: its place, its bytes (ETag) and S3's time.

    The time is there for empty and hand-made locks, whose equal bytes give equal ETags. It is cut to whole seconds,
    which is all that S3's ``Last-Modified`` header has.
    """

    bucket: str
    key: str
    etag: str
    last_modified: datetime

    @property
    def state_key(self) -> str:
        """The key of the state: the lock's key without its suffix, in every workspace."""
        return self.key.removesuffix(LOCK_SUFFIX)

    @property
    def state_path(self) -> str:
        """``<bucket>/<state key>``, what Terraform calls ``Path``."""
        return f"{self.bucket}/{self.state_key}"

    @property
    def identity(self) -> str:
        """What tells this lock from every other lock on the same state path; sortable by its time."""
        return f"{self.last_modified.isoformat()} {self.etag}"

    @property
    def name(self) -> str:
        """What tells this lock from every other lock there is."""
        return f"{self.state_path} {self.identity}"
