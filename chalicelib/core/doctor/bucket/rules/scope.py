"""Tell which objects a lifecycle or replication rule is about, and whether locks are among them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.core.doctor.bucket.state_bucket import StateBucket

SMALLEST, LARGEST = 100, 1024
"""Bytes. A lock is one line of about 200 bytes (Terraform's ``LockInfo``)."""


class Scope(msgspec.Struct, frozen=True):
    """What a rule's filter lets through."""

    prefix: str = ""
    tagged: bool = False
    """Whether it wants a tag. Terraform puts none on a lock; OpenTofu does where ``lock_tags`` says so."""
    above: int = 0
    below: int | None = None

    @property
    def words(self) -> str:
        """Return the objects in words."""
        return f"all objects under {self.prefix}" if self.prefix else "all objects"

    def meets(self, bucket: StateBucket) -> bool:
        """Return whether a lock of the bucket that has no tag can be among the objects."""
        return not self.tagged and self.may_meet(bucket)

    def may_meet(self, bucket: StateBucket) -> bool:
        """Return whether a lock of the bucket can be among the objects, if it has the tag that they have."""
        return self._sizes_meet and any(
            prefix.startswith(self.prefix) or self.prefix.startswith(prefix) for prefix in bucket.prefixes or ("",)
        )

    def covers(self, prefix: str) -> bool:
        """Return whether all locks under a prefix are among the objects."""
        sizes = self.above < SMALLEST and (self.below is None or self.below > LARGEST)
        return not self.tagged and sizes and prefix.startswith(self.prefix)

    def is_within(self, bucket: StateBucket) -> bool:
        """Return whether the objects are only a part of where locks are looked for, which may have none."""
        return not any(prefix.startswith(self.prefix) for prefix in bucket.prefixes or ("",))

    @property
    def _sizes_meet(self) -> bool:
        return self.above < LARGEST and (self.below is None or self.below > SMALLEST)


def scope_of(rule: Mapping[str, Any]) -> Scope:
    """Return the scope of a rule, by its filter or by the prefix that older rules have."""
    chosen = rule.get("Filter") or {}
    parts = chosen.get("And") or chosen
    return Scope(
        prefix=str(parts.get("Prefix") or rule.get("Prefix") or ""),
        tagged=bool(parts.get("Tag") or parts.get("Tags")),
        above=int(parts.get("ObjectSizeGreaterThan") or 0),
        below=parts.get("ObjectSizeLessThan"),
    )


def is_on(rule: Mapping[str, Any]) -> bool:
    """Return whether S3 carries a rule out."""
    return rule.get("Status") == "Enabled"


def called(rule: Mapping[str, Any]) -> str:
    """Return a rule as people find it."""
    return f"rule {rule['ID']}" if rule.get("ID") else "a rule without ID"
