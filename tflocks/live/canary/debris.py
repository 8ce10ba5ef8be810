"""Find and remove what canaries left: their own locks, and in a bucket with versions what these left behind.

A lock is removed only on the condition that it is the one that was read, and only if key and body say that it is a
canary's. A version is removed only if it says so too, and never the one that is current. A delete marker is removed
only after all versions beneath it: else one of these would be a lock again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.core.canary import FOLDER, is_canary, run_of
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import TRAITS, Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.body import lock_of
from chalicelib.core.locks.terraform.item import LOCK_ID
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT
from tflocks.live.canary.hands import Hand
from tflocks.live.canary.waiting import StepFailedError
from tflocks.words import counted

_FAILURES = (ClientError, BotoCoreError)


class Removed(msgspec.Struct):
    """What was removed, and what is left."""

    locks: int = 0
    versions: int = 0
    markers: int = 0
    left: list[str] = msgspec.field(default_factory=list)
    """Canaries' locks that could not be removed, and why."""
    debris_left: int = 0
    """Versions and delete markers that could not be removed."""
    notes: list[str] = msgspec.field(default_factory=list)

    @property
    def words(self) -> str:
        """Return it as one text for people."""
        numbers = {"lock": self.locks, "old version": self.versions, "delete marker": self.markers}
        done = [counted(count, name) for name, count in numbers.items() if count]
        told = [f"removed: {', '.join(done)}"] if done else ["nothing was there"]
        if self.debris_left:
            told.append(f"{self.debris_left} versions and delete markers of canaries stay: you may not remove them")
        return "; ".join([*told, *self.notes, *self.left])


def remove(target: Target, client: Any, hand: Hand) -> Removed:
    """Remove all that canaries left in a target. Raises StepFailedError if it cannot be listed."""
    removed = Removed()
    try:
        for place in _places(target, client):
            _remove_lock(hand.read(place), hand, removed)
        if target.kind is Kind.S3:
            _remove_debris(target, client, removed)
    except _FAILURES as error:
        raise StepFailedError(f"{target.called}: {in_words(TRAITS[target.kind].service, error)}") from error
    return removed


def _remove_lock(lock: HeldLock | None, hand: Hand, removed: Removed) -> None:
    if lock is None:
        return
    if not is_canary(lock):
        removed.notes.append(f"{lock.ref.place.address} is no canary's, and was left alone")
    elif why := hand.remove(lock):
        removed.left.append(why)
    else:
        removed.locks += 1


def _places(target: Target, client: Any) -> Iterator[Place]:
    keys = _keys(target, client) if target.kind is Kind.S3 else _lock_ids(target, client)
    for key in keys:
        place = target.place(key)
        if place.may_have_lock and run_of(place.state_key):
            yield place


def _keys(target: Target, s3: Any) -> Iterator[str]:
    for prefix in _prefixes(target):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=target.container, Prefix=prefix):
            yield from (one["Key"] for one in page.get("Contents", []))


def _prefixes(target: Target) -> Iterable[str]:
    folders = [one if one.endswith("/") else f"{one}/" for one in target.prefixes] or [""]
    return [f"{folder}{FOLDER}/" for folder in folders]


def _lock_ids(target: Target, dynamodb: Any) -> Iterator[str]:
    wanted = {
        "FilterExpression": "contains(#id, :folder)",
        "ProjectionExpression": "#id",
        "ExpressionAttributeNames": {"#id": LOCK_ID},
        "ExpressionAttributeValues": {":folder": {"S": f"{FOLDER}/"}},
    }
    for page in dynamodb.get_paginator("scan").paginate(TableName=target.container, ConsistentRead=True, **wanted):
        yield from (item[LOCK_ID]["S"] for item in page["Items"])


class _Kept(msgspec.Struct):
    """What a bucket keeps of one key."""

    versions: list[dict[str, Any]] = msgspec.field(default_factory=list)
    markers: list[dict[str, Any]] = msgspec.field(default_factory=list)
    held: bool = False


def _remove_debris(target: Target, s3: Any, removed: Removed) -> None:
    try:
        kept = _kept(target, s3)
    except ClientError as error:
        removed.notes.append(f"old versions were not looked for: {in_words('S3', error)}")
        return
    for key, one in kept.items():
        place = target.place(key)
        if one.held or not (place.may_have_lock and run_of(place.state_key)):
            continue
        gone = sum(_remove_version(target, s3, version) for version in one.versions)
        removed.versions += gone
        removed.debris_left += len(one.versions) - gone
        if gone < len(one.versions):
            removed.debris_left += len(one.markers)
            continue
        unmarked = sum(_delete(target, s3, marker) for marker in one.markers)
        removed.markers += unmarked
        removed.debris_left += len(one.markers) - unmarked


def _kept(target: Target, s3: Any) -> dict[str, _Kept]:
    kept: defaultdict[str, _Kept] = defaultdict(_Kept)
    for prefix in _prefixes(target):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=target.container, Prefix=prefix):
            for version in page.get("Versions", []):
                of_key = kept[version["Key"]]
                of_key.held = of_key.held or bool(version["IsLatest"])
                of_key.versions.append(version)
            for marker in page.get("DeleteMarkers", []):
                kept[marker["Key"]].markers.append(marker)
    return kept


def _remove_version(target: Target, s3: Any, version: dict[str, Any]) -> bool:
    """Remove one old version, if its body says that it is a canary's; return whether it is gone."""
    which = {"Bucket": target.container, "Key": version["Key"], "VersionId": version["VersionId"]}
    try:
        body = s3.get_object(**which)["Body"].read(BODY_LIMIT + 1)
    except _FAILURES:
        return False
    since = version["LastModified"].replace(microsecond=0)
    ref = LockRef(target.place(version["Key"]), version["ETag"], since)
    return is_canary(lock_of(ref, body)) and _delete(target, s3, version)


def _delete(target: Target, s3: Any, version: dict[str, Any]) -> bool:
    """Delete one version or delete marker by its ID; return whether it is gone."""
    try:
        s3.delete_object(Bucket=target.container, Key=version["Key"], VersionId=version["VersionId"])
    except _FAILURES:
        return False
    return True
