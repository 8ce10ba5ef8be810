"""The held lock: what it is, how old it is and how risky its operation."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.lock_info import LockInfo, Risk, operation_in_words, risk_of, workspace_of


class Body(StrEnum):
    """What an object at a lock's key is, judged by its bytes. ``release_terms`` says which may be released."""

    LOCK = "lock"
    """Terraform reads it as a lock."""
    EMPTY = "empty"
    """Empty or blank: nothing is lost with it."""
    FOREIGN = "neither"
    """Readable, and neither a lock nor anything like a state."""
    SEALED = "sealed"
    """Not readable for the reaper (another key, an archive), but listed with an ETag and a lock's size."""
    DENIED = "denied"
    """Somebody denies the reaper a look."""
    STATE = "may be a state"


class HeldLock(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept at one place now.

    ``info`` is None where the body could not be read or parsed; then ``flaw`` says why in words that follow "The lock".
    """

    ref: LockRef
    info: LockInfo | None = None
    flaw: str = ""
    body: Body = Body.LOCK
    version_id: str = ""
    """S3's version that outlives a delete; "" where there is none, or none is known."""
    versioned: bool = False
    """Whether a delete leaves the object in the bucket as a version."""
    mark: str = ""
    """Of the put that put it back (``core.locks.mark``); "" for a lock that a run took."""
    not_restored: str = ""
    """What of the object *Put the lock back* could not restore, in words; "" where it can restore all."""

    @property
    def risk(self) -> Risk:
        """Return its risk: plan is the lowest, apply (and destroy, which looks the same) the highest."""
        return risk_of(self.info.Operation if self.info else "")

    @property
    def operation(self) -> str:
        """Return the operation in plain words; "" for one that Terraform is not known to write."""
        return operation_in_words(self.info.Operation) if self.info else ""

    @property
    def workspace(self) -> str:
        """Return the workspace, or "" where it cannot be known."""
        return workspace_of(self.ref.place.state_key)

    def age(self, now: datetime) -> timedelta:
        """Return how long it has been held by its place's clock, which no client can set; never negative."""
        return max(now - self.ref.since, timedelta(0))
