"""A release: what was asked, by whom, whether this lock is the one that was shown, how it ended."""

from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.policy import EVERYONE, Rules


class ReleaseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One click on Release: the lock that was shown, who clicked, and on which message."""

    lock: LockRef
    user: str
    user_team: str
    channel: str
    message_ts: str
    click: str
    """Slack's ``action_ts``: the same again when the same click is delivered again."""


class ReleaseOutcome(StrEnum):
    """How a request, or a lock, ended. All but the last two close its alert."""

    RELEASED = "released"
    UNCONFIRMED = "unconfirmed"
    """Gone after our delete, whose answer was lost: by us, or by its holder in the same moment."""
    GONE = "gone"
    REPLACED = "replaced"
    UNWATCHED = "unwatched"
    """Its target was taken out of the configuration."""
    REFUSED = "refused"
    FAILED = "failed"


class Refusal(StrEnum):
    """Why a person may not release."""

    OUTSIDE = "outside the targets"
    FOREIGN = "another workspace"
    NOBODY = "no releasers"
    NOT_LISTED = "not a releaser"


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a lock, or a request to release it, came to its end."""

    outcome: ReleaseOutcome
    at: datetime
    user: str = ""
    """The Slack user who clicked; "" when nobody did."""
    click: str = ""
    detail: str = ""
    """Why it was refused (a ``Refusal``) or failed (words for a person)."""
    principal: str = ""
    """Who deleted the lock by S3's account, where an S3 notification told."""
    held_now: StateLock | None = None

    @property
    def closes(self) -> bool:
        """Whether the lock shown is no longer held, so that its alert has nothing left to offer."""
        return self.outcome not in {ReleaseOutcome.REFUSED, ReleaseOutcome.FAILED}


class Presence(StrEnum):
    """What is there now of the lock that was shown."""

    SAME = "same"
    GONE = "gone"
    REPLACED = "replaced"


class Deletion(StrEnum):
    """What S3 answered to one conditional delete.

    docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
    """

    DELETED = "deleted"
    NOT_FOUND = "not found"  # 404
    CHANGED = "changed"  # 412
    CONFLICT = "conflict"  # 409: another write won while ours was under way
    UNKNOWN = "unknown"  # the answer was lost; it may have been done


def presence(shown: LockRef, current: StateLock | None) -> Presence:
    """Whether the lock there now is the one that was shown. This is the rule that no wrong lock is deleted by."""
    if current is None:
        return Presence.GONE
    return Presence.SAME if current.ref == shown else Presence.REPLACED


def conclude(deletion: Deletion, there_now: Presence) -> ReleaseOutcome | None:
    """What one attempt and a look afterwards amount to; None: the lock is still there and may be tried again.

    After a lost answer nobody can say who deleted a lock that is gone; S3 does not tell, so neither do we.
    """
    if deletion is Deletion.DELETED:
        return ReleaseOutcome.RELEASED
    if there_now is Presence.SAME:
        return None
    if deletion is Deletion.UNKNOWN:
        return ReleaseOutcome.UNCONFIRMED
    return ReleaseOutcome.GONE if there_now is Presence.GONE else ReleaseOutcome.REPLACED


def refusal(request: ReleaseRequest, rules: Rules) -> Refusal | None:
    """Why this person may not release this lock; None when they may. Whatever is not allowed is refused."""
    lock = request.lock
    if not rules.covers(lock.bucket, lock.key):
        return Refusal.OUTSIDE
    if request.user_team != rules.team:
        return Refusal.FOREIGN
    releasers = rules.policy_for(lock.state_path).releasers
    if EVERYONE in releasers or request.user in releasers:
        return None
    return Refusal.NOT_LISTED if releasers else Refusal.NOBODY
