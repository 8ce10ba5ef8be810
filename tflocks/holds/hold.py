"""A hold: one lock on one state from its acquire to its release, as far as it is known."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from chalicelib.core.clicks.ending import LetGoBy
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.terraform.lock_info import operation_in_words

_S3, _SEVERAL = "s3://", 2
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_RELEASED_BY: dict[str, str] = {
    LetGoBy.SLACK: "Slack",
    LetGoBy.REAPER: "the reaper",
    LetGoBy.OPERATOR: "tflocks",
    LetGoBy.HOLDER: "holder",
    LetGoBy.OTHER: "other",
    LetGoBy.LIFECYCLE: "lifecycle rule",
    LetGoBy.UNKNOWN: "unknown",
}


class Source(StrEnum):
    """Where a hold is known from."""

    JOURNAL = "journal"
    VERSIONS = "versions"
    """The versions of the lock object, in a versioned bucket; they do not tell who let it go."""
    BOTH = "both"


OF_RELEASE = (
    "released_by",
    "release_principal",
    "release_session_name",
    "release_account",
    "release_source_address",
    "slack_user",
    "operator",
    "asked_by",
)
"""The fields of a hold about its release."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One hold. All text in it is as somebody else wrote it; ``who`` is the client's word, ``principal`` is IAM's."""

    state_path: str
    places: tuple[str, ...] = ()
    """The addresses at which the lock was kept, S3's first; two for a dual lock."""
    lock_account: str = ""
    """The ID of the account that the lock was in."""
    lock_account_name: str = ""
    lock_region: str = ""
    shown_account: str = ""
    """The account as people call it; "" while all holds that are shown were in one account."""
    source: Source
    since: datetime | None = None
    until: datetime | None = None
    still_held: bool = False
    unread: bool = False
    """The lock was gone before it could be read, so its ID, its holder and its operation are not known."""
    seen_only: bool = False
    """S3 told of no acquire. An alert or a click proves that the hold began; nothing proves that it goes on."""
    attempt: bool = False
    """No hold: its run took S3's lock and met another holder in the table. The versions of the lock show it as one."""
    seen: bool = False
    """AWS told nothing of it: the reaper saw it in a lock table, when it looked."""
    lock_id: str = ""
    operation: str = ""
    """The operation by Terraform's name for it."""
    who: str = ""
    terraform_version: str = ""
    etag: str = ""
    version_id: str = ""
    principal: str = ""
    session_name: str = ""
    account: str = ""
    source_address: str = ""
    released_by: str = ""
    """A ``LetGoBy``, "" when no release is known."""
    release_principal: str = ""
    release_session_name: str = ""
    release_account: str = ""
    release_source_address: str = ""
    slack_user: str = ""
    """Who released it in Slack."""
    operator: str = ""
    """The ARN of who released it with ``tflocks release``."""
    asked_by: str = ""
    """The first of the two people that a release took."""
    put_back_by: str = ""
    """Who in Slack put this lock back after it had been released."""

    def seconds(self, now: datetime) -> float | None:
        """Return how long the lock was held, or has been held until now; None if that is not known."""
        end = now if self.still_held else self.until
        return max(0.0, (end - self.since).total_seconds()) if self.since and end else None

    def at(self, scheme: str) -> str:
        """Return the address at which it was kept that begins with this scheme; "" if there was none."""
        return next((place for place in self.places if place.startswith(scheme)), "")

    @property
    def in_s3(self) -> bool:
        """Return whether S3 keeps or kept the lock, perhaps beside a table."""
        return not self.places or any(place.startswith(_S3) for place in self.places)

    @property
    def kinds(self) -> str:
        """Return in words where the lock was kept; "" for S3 alone."""
        in_table = any(not place.startswith(_S3) for place in self.places)
        return ("S3, table" if self.in_s3 else "table") if in_table else ""

    @property
    def order(self) -> datetime:
        """Return the time that holds are sorted by."""
        return self.since or self.until or _NO_TIME

    @property
    def plain_operation(self) -> str:
        """Return the operation in plain words, or Terraform's name for an unknown one."""
        return operation_in_words(self.operation) or self.operation

    @property
    def release_words(self) -> str:
        """Return who let the lock go, in words for a person; "" if no release is known."""
        if not self.released_by:
            return ""
        words = _RELEASED_BY.get(self.released_by, self.released_by)
        if person := self.slack_user or self.operator.rpartition(":")[2]:
            asked = f" (asked by {self.asked_by})" if self.asked_by and self.asked_by != person else ""
            return f"{words}: {person}{asked}"
        other = self.release_session_name or self.release_principal or self.release_account
        return f"{words}: {other}" if other and self.released_by == LetGoBy.OTHER else words

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what is not known of the hold, in words for a person."""
        ended = self.until or self.still_held
        gaps = {
            "since when is not known": self.since is None,
            "the lock was gone before it could be read": self.unread,
            "no release was told": not ended,
        }
        return tuple(words for words, gap in gaps.items() if gap)

    @property
    def incomplete(self) -> bool:
        """Return whether a part of the hold is not known."""
        return bool(self.missing)


def with_accounts(holds: Sequence[Hold]) -> list[Hold]:
    """Return the holds with the accounts that are to be shown, if they were in more than one."""
    if len({hold.lock_account for hold in holds} - {""}) < _SEVERAL:
        return list(holds)
    called = (Account(hold.lock_account, hold.lock_account_name).called for hold in holds)
    return [msgspec.structs.replace(hold, shown_account=account) for hold, account in zip(holds, called, strict=True)]
