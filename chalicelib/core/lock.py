"""The lock: what it is, how old it is and how risky its operation. ``lock_body`` reads its body.

Facts about the body are from Terraform's ``internal/states/statemgr/locker.go`` (``LockInfo``) and
``internal/backend/remote-state/s3/client.go``.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

LOCK_SUFFIX = ".tflock"
BODY_LIMIT = 16 * 1024
"""Bytes of a lock object that are ever read. Terraform writes about 200."""

_DEFAULT_WORKSPACE_PREFIX = "env:/"
_PLAIN_WORDS = {
    "OperationTypePlan": "plan",
    "OperationTypeApply": "apply or destroy",
    "OperationTypeRefresh": "refresh",
    "OperationTypeInvalid": "import or console",
    "init": "workspace new",
    "workspace-new": "workspace new",
    "state-mv": "state mv",
    "state-rm": "state rm",
    "state-push": "state push",
    "taint": "taint",
    "untaint": "untaint",
    # `workspace delete` names itself so too, in Terraform and OpenTofu alike (command/workspace_delete.go).
    "state-replace-provider": "workspace delete or state replace-provider",
    "migration source state": "init -migrate-state (old location)",
    "migration destination state": "init -migrate-state (new location)",
}


class Risk(StrEnum):
    """How much harm the release of a live lock can do; also the names of the thresholds in ``reaper.toml``."""

    PLAN = "plan"
    APPLY = "apply"
    OTHER = "other"


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


class LockInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """Terraform's ``LockInfo``, all text as the client wrote it: nothing in it is authenticated."""

    ID: str = ""
    Operation: str = ""
    Info: str = ""
    Who: str = ""
    Version: str = ""
    Created: str = ""
    Path: str = ""


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
    """Of the put that put it back (``core.mark``); "" for a lock that a run took."""
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


class ListedPage(msgspec.Struct, frozen=True):
    """One page of a bucket's listing."""

    lock_keys: tuple[str, ...]
    objects: int
    """How many were listed to find them."""


def risk_of(operation: str) -> Risk:
    """The risk of Terraform's word for an operation; "" for one that is not known."""
    return {"OperationTypePlan": Risk.PLAN, "OperationTypeApply": Risk.APPLY}.get(operation, Risk.OTHER)


def is_lock_key(key: str) -> bool:
    """Whether an object's key is that of a lock; a bare ``.tflock`` locks no state."""
    return key.endswith(LOCK_SUFFIX) and key != LOCK_SUFFIX
