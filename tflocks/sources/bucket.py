"""Find holds in the versions of lock objects, in the bucket that the locks are in."""

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chalicelib.ports.locks import StoreError
from tflocks.holds.hold import Hold, Source
from tflocks.holds.merging import merge
from tflocks.holds.scope import Scope
from tflocks.holds.versions import LockVersions, version_holds
from tflocks.sources.lock_versions import keeps_versions, list_versions, with_lock_body
from tflocks.sources.s3_errors import NoBucketError
from tflocks.sources.source import Findings
from tflocks.words import counted

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_AT_ONCE = 8
"""Requests to S3."""


class BucketSource:
    """Buckets, which know whether a lock is held now and, if they keep versions, when it was held before."""

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    def find(self, scope: Scope) -> Findings:
        """Return the holds that the versions of one state's lock show; their lock bodies are not read."""
        try:
            listed = list_versions(self._s3, scope.state_path)
        except StoreError as error:
            return Findings(problem=str(error), no_bucket=isinstance(error, NoBucketError))
        holds = version_holds(scope.state_path, listed)
        kept = keeps_versions(self._s3, scope.bucket)
        return _findings(scope.bucket, holds, listed, kept=kept)

    def with_lock_bodies(self, holds: list[Hold]) -> tuple[list[Hold], list[str]]:
        """Return the holds, those that only a version is known of with what its body says, and why some were unread."""
        unread = [hold for hold in holds if hold.unread and hold.version_id]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = list(pool.map(lambda hold: with_lock_body(hold, self._s3), unread))
        by_version = {hold.version_id: hold for hold, _ in answers}
        flaws = sorted({why for _, why in answers if why})
        return [by_version.get(hold.version_id, hold) for hold in holds], [f"versions: {flaw}" for flaw in flaws]

    def confirm(self, holds: Iterable[Hold]) -> tuple[list[Hold], list[str]]:
        """Look up holds that only an alert or a click tells of: is the lock still there, or when did it go?

        S3 told neither their acquire (they are older than what was read, or the bucket is not wired) nor, in a bucket
        that is not wired, their release. All other holds are returned as they are.
        """
        sure: list[Hold] = []
        by_state: defaultdict[str, list[Hold]] = defaultdict(list)
        for hold in holds:
            (by_state[hold.state_path] if hold.seen_only and hold.in_s3 and not hold.until else sure).append(hold)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = list(pool.map(self._confirm_state, by_state.values()))
        found = [hold for own, _ in answers for hold in own]
        return [*sure, *found], _unasked([why for _, why in answers if why])

    def _confirm_state(self, holds: list[Hold]) -> tuple[list[Hold], str]:
        path = holds[0].state_path
        try:
            merged = merge(holds, version_holds(path, list_versions(self._s3, path)))
        except StoreError as error:
            return holds, str(error)
        return [hold for hold in merged if hold.source is not Source.VERSIONS], ""


def _findings(bucket: str, holds: list[Hold], listed: LockVersions, *, kept: bool | None) -> Findings:
    if kept is False:
        why = f"{bucket} keeps none, so of its past only the journal knows"
        return Findings(holds=holds, notes=(f"versions: {why}",), blind=why)
    unsure = "" if kept or listed.show_versioning else f"there are none, and {bucket} may keep none"
    return Findings(holds=holds, blind=unsure)


def _unasked(why: list[str]) -> list[str]:
    if not why:
        return []
    many = f"{counted(len(why), 'state')} known from alerts alone"
    return [f"journal: {many}, whose bucket could not be asked whether the lock is there still ({why[0]})"]
