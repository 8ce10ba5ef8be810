"""The lock: what it is, how old it is and how risky its operation. ``lock_body`` reads its body.

Facts about the body are from Terraform's ``internal/states/statemgr/locker.go`` (``LockInfo``) and
``internal/backend/remote-state/s3/client.go``.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.lock_info import _DEFAULT_WORKSPACE_PREFIX, _PLAIN_WORDS, LockInfo, Risk, risk_of


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


class StateLock(msgspec.Struct, frozen=True, omit_defaults=True):
    """One held lock on one state path.

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
        """Plan is the lowest, apply (and destroy, which looks the same) the highest; all else may write."""
        return risk_of(self.info.Operation if self.info else "")

    @property
    def operation(self) -> str:
        """The operation in plain words; "" for one that Terraform is not known to write."""
        return _PLAIN_WORDS.get(self.info.Operation, "") if self.info else ""

    @property
    def workspace(self) -> str:
        """The workspace, or "" where it cannot be known.

        ``workspace_key_prefix`` is free text, so only Terraform's default ``env:`` is recognised.
        """
        key = self.ref.state_key
        if not key.startswith(_DEFAULT_WORKSPACE_PREFIX):
            return ""
        name, slash, _ = key.removeprefix(_DEFAULT_WORKSPACE_PREFIX).partition("/")
        return name if slash else ""

    def age(self, now: datetime) -> timedelta:
        """How long it has been held by S3's clock, which no client can set; never negative."""
        return max(now - self.ref.last_modified, timedelta(0))
