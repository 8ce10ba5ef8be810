"""Judge whether a store honours If-None-Match and If-Match."""

from chalicelib.core.doctor.bucket.checks import CONDITIONS
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.partitions import HOSTS_END

_PROOF = "`tflocks doctor --canary` proves it with a lock of its own"


def conditions(bucket: StateBucket, host: str) -> Finding:
    """Judge by the host that keeps the bucket. A look writes nothing, so only AWS's documentation can make it green."""
    known = host.lower().rstrip(".")
    if not known.endswith(tuple(f".{suffix}" for suffix in HOSTS_END.get(bucket.partition, ()))):
        return bucket.grey(CONDITIONS, f"{host or 'this endpoint'} is no endpoint of S3 that is known here; {_PROOF}")
    if bucket.name.endswith("--x-s3"):
        return bucket.grey(CONDITIONS, f"a directory bucket keeps no versions and tells of no locks; {_PROOF}")
    return bucket.green(CONDITIONS, "S3 honours If-None-Match of puts and If-Match of deletes (AWS's documentation)")
