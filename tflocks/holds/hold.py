"""A hold: one lock on one state from its acquire to its release, as far as it is known."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from chalicelib.core.audit.hold import ReleaseKind
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.terraform.lock_info import LockInfo

_NO_TIME = datetime.min.replace(tzinfo=UTC)
_RELEASED_BY = {
    ReleaseKind.SLACK: "Slack",
    ReleaseKind.REAPER: "the reaper",
    ReleaseKind.HOLDER: "holder",
    ReleaseKind.OTHER: "other",
    ReleaseKind.LIFECYCLE: "lifecycle rule",
    ReleaseKind.UNKNOWN: "unknown",
}


class Source(StrEnum):
    """Where a hold is known from."""

    JOURNAL = "journal"
    VERSIONS = "versions"
    """Of the lock object, in a versioned bucket: nobody knows who let it go."""
    BOTH = "both"


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """All text in it is as somebody else wrote it; ``who`` is the client's word, ``principal`` is IAM's."""

    state_path: str
    source: Source
    since: datetime | None = None
    until: datetime | None = None
    still_held: bool = False
    unread: bool = False
    """The lock was gone before it could be read: nobody knows its ID, its holder and its operation."""
    seen_only: bool = False
    """S3 told of no acquire: known from an alert or a click, so that it began is sure and that it goes on is not."""
    lock_id: str = ""
    operation: str = ""
    """Terraform's name of it."""
    who: str = ""
    terraform_version: str = ""
    etag: str = ""
    version_id: str = ""
    principal: str = ""
    session_name: str = ""
    account: str = ""
    source_address: str = ""
    released_by: str = ""
    """A ``ReleaseKind``, "" when no release is known."""
    release_principal: str = ""
    release_session_name: str = ""
    release_account: str = ""
    release_source_address: str = ""
    slack_user: str = ""
    """Who released it in Slack."""
    asked_by: str = ""
    """The first of the two people that a release took."""
    put_back_by: str = ""
    """Who in Slack put this lock back after it had been released."""

    def seconds(self, now: datetime) -> float | None:
        """How long it was held, or is by now; None when nobody knows."""
        end = now if self.still_held else self.until
        return max(0.0, (end - self.since).total_seconds()) if self.since and end else None

    @property
    def order(self) -> datetime:
        """What holds are sorted by."""
        return self.since or self.until or _NO_TIME

    @property
    def plain_operation(self) -> str:
        """The operation in plain words where Terraform is known to write it."""
        nowhere = LockRef(Place(Kind.S3, "", ""), "", _NO_TIME)
        return HeldLock(nowhere, LockInfo(Operation=self.operation)).operation or self.operation

    @property
    def release_words(self) -> str:
        """By whom it was let go, for a person; "" while it is held."""
        if not self.released_by:
            return ""
        words = _RELEASED_BY.get(ReleaseKind(self.released_by)) if self.released_by in _KINDS else self.released_by
        if self.slack_user:
            asked = f" (asked by {self.asked_by})" if self.asked_by and self.asked_by != self.slack_user else ""
            return f"{words}: {self.slack_user}{asked}"
        other = self.release_session_name or self.release_principal or self.release_account
        return f"{words}: {other}" if other and self.released_by == ReleaseKind.OTHER else str(words)

    @property
    def missing(self) -> tuple[str, ...]:
        """What of its story nobody knows."""
        ended = self.until or self.still_held
        gaps = {
            "since when is not known": self.since is None,
            "the lock was gone before it could be read": self.unread,
            "no release was told": not ended,
        }
        return tuple(words for words, gap in gaps.items() if gap)

    @property
    def incomplete(self) -> bool:
        """Whether a part of its story is not known."""
        return bool(self.missing)


_KINDS = {kind.value for kind in ReleaseKind}
