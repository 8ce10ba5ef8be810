"""Derive holds from the versions of a lock object."""

from datetime import UTC, datetime

import msgspec

from chalicelib.core.clicks.ending import LetGoBy
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from tflocks.holds.hold import Hold, Source
from tflocks.holds.pairing import alternate

NO_VERSION = "null"
"""The version ID that S3 gives an object which was written while the bucket kept no versions."""


class Version(msgspec.Struct, frozen=True):
    """One version of a lock object; ``latest`` is the lock that is in the bucket now."""

    at: datetime
    etag: str
    version_id: str
    latest: bool


class LockVersions(msgspec.Struct, frozen=True):
    """Versions and delete markers of one lock object, each oldest first, in the order that S3 has them."""

    versions: tuple[Version, ...] = ()
    deleted_at: tuple[datetime, ...] = ()

    @property
    def show_versioning(self) -> bool:
        """Return whether they prove that the bucket keeps versions."""
        return bool(self.deleted_at) or any(version.version_id != NO_VERSION for version in self.versions)


def version_holds(state_path: str, listed: LockVersions) -> list[Hold]:
    """Return the holds that a lock's versions show, oldest first.

    A delete marker is a release; it does not tell whose.
    """
    past = [_hold_begun_by(version, state_path) for version in listed.versions if not version.latest]
    pairs = alternate(past, listed.deleted_at, lambda at: at)
    # The latest version comes after every delete marker, even one of the same second.
    latest = (_hold_begun_by(version, state_path) for version in listed.versions if version.latest)
    held = [msgspec.structs.replace(hold, still_held=True) for hold in latest]
    return [*(_ended(begun, until) for begun, until in pairs if begun), *held]


def _hold_begun_by(version: Version, state_path: str) -> Hold:
    return Hold(
        state_path=state_path,
        places=(f"s3://{state_path}{LOCK_SUFFIX}",),
        source=Source.VERSIONS,
        since=version.at.astimezone(UTC),
        etag=version.etag,
        version_id=version.version_id,
        unread=True,
    )


def _ended(hold: Hold, until: datetime | None) -> Hold:
    if until is None:
        return hold
    return msgspec.structs.replace(hold, until=until.astimezone(UTC), released_by=LetGoBy.UNKNOWN.value)
