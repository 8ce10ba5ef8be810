"""The held lock: what it is, how old it is, and how risky its operation is."""

from enum import StrEnum

import msgspec

from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.lock_info import LockInfo, Risk, operation_in_words, risk_of, workspace_of


class Body(StrEnum):
    """The kinds of objects at a lock's key, judged by their bytes. ``release_terms`` says which may be released."""

    LOCK = "lock"
    """Terraform reads it as a lock."""
    EMPTY = "empty"
    """Empty or blank, so that a release loses nothing."""
    FOREIGN = "neither"
    """Readable, and neither a lock nor like a state."""
    SEALED = "sealed"
    """Not readable for the reaper (another KMS key, an archive), but listed with an ETag and a lock's size."""
    DENIED = "denied"
    """A policy denies the reaper a look."""
    DIGEST = "has a digest"
    """An item of a lock table with the digest of a state beside its ``Info``. Terraform writes no such item."""
    STATE = "may be a state"


class HeldLock(msgspec.Struct, frozen=True, omit_defaults=True):
    """The lock that is kept at one place now.

    ``info`` is None if the body could not be read or parsed; then ``flaw`` says why, in words that follow "The lock".
    """

    ref: LockRef
    info: LockInfo | None = None
    flaw: str = ""
    body: Body = Body.LOCK
    version_id: str = ""
    """The ID of the version that stays in the bucket after a delete; "" if there is none or it is not known."""
    versioned: bool = False
    """Whether a delete leaves the object in the bucket as a version."""
    mark: str = ""
    """The mark of the put that put it back (``core.locks.mark``); "" for a lock that a run took."""
    not_restored: str = ""
    """The parts of the object that *Put the lock back* could not restore, in words; "" if it can restore all."""

    @property
    def risk(self) -> Risk:
        """Return the risk of a release: lowest for a plan, highest for an apply or a destroy, which look the same."""
        return risk_of(self.info.Operation if self.info else "")

    @property
    def operation(self) -> str:
        """Return the operation in plain words; "" for a word that Terraform is not known to write."""
        return operation_in_words(self.info.Operation) if self.info else ""

    @property
    def workspace(self) -> str:
        """Return the workspace; "" if it cannot be known."""
        return workspace_of(self.ref.place.state_key)
