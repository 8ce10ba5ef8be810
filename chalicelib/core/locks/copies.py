"""Compare what a lock says of itself with what S3 says: is it a copy from another place, and does its time fit?

Replication, ``aws s3 sync`` and restores copy locks too. A copy locks the state beside it like any lock, but its run
works on another state, which the copy's ``Path`` names.
"""

from datetime import datetime, timedelta

from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Clock
from chalicelib.core.locks.terraform.body import created_at

BEFORE = timedelta(hours=1)
"""Longest plausible time from ``Created`` to S3's time. Terraform sets ``Created`` once, before it waits for its lock
(``-lock-timeout``, usually minutes)."""
AFTER = timedelta(minutes=15)
"""Longest plausible time that ``Created`` is ahead of S3's time: S3 refuses requests of a client whose clock is further
off (RequestTimeTooSkewed)."""


def copy_of(lock: HeldLock) -> str:
    """Return the state path that a copied lock names; "" for a lock that names its own place, or none.

    ``Path`` has the bucket's name as the client's configuration has it, the place has it as the reaper's does. Either
    name may be an access point's, which does not tell the bucket; then only the key is compared.
    """
    said, ref = lock.info.Path if lock.info else "", lock.ref
    ours = ref.place.bucket
    if not said or said == ref.state_path:
        return ""
    bucket = said.removesuffix(f"/{ref.place.state_key}")
    same_key = bucket != said
    another_name = _is_access_point(bucket) or _is_access_point(ours) or bucket.lower() == ours.lower()
    return "" if same_key and another_name else said


def odd_time(lock: HeldLock) -> datetime | None:
    """Return ``Created`` if it is far from S3's time; None if it fits or is missing, or S3 does not keep the lock."""
    created = created_at(lock.info) if lock.info else None
    if created is None or lock.ref.place.traits.clock is not Clock.AWS:
        return None
    late = lock.ref.since - created
    return created if late > BEFORE or late < -AFTER else None


def speaks_for_itself(lock: HeldLock) -> bool:
    """Return whether a lock names its own place and a plausible time. An automatic release requires this."""
    info = lock.info
    return (
        info is not None
        and lock.body is Body.LOCK
        and info.Path == lock.ref.state_path
        and created_at(info) is not None
        and odd_time(lock) is None
    )


def _is_access_point(bucket: str) -> bool:
    """Return whether a bucket's name is the ARN or the alias of an access point.

    docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
    """
    return bucket.startswith("arn:") or bucket.endswith(("-s3alias", "--ol-s3", "--op-s3", ".mrap"))
