"""Faults of the way from a lock table to S3 locks that can be seeded into a table and its bucket within a moment.

Those that take weeks, which a test cannot wait for, are in ``tests/aws/doctor/migration/test_faults.py``.
"""

import json
from typing import Any

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.migration.checks import CLIENTS, DIGESTS, PHASE
from tests.faults import Fault, Ground

_ID = "78653438-8ad9-5195-0db7-201620792a67"
_OLD, _ALONE, _BOTH, _BROKEN, _GONE = (f"migration/{name}.tfstate" for name in ("old", "alone", "both", "odd", "gone"))


def body(path: str, version: str = "1.11.4") -> str:
    """A lock as Terraform writes it (``tests/samples``)."""
    told = {"ID": _ID, "Operation": "OperationTypeApply", "Info": "", "Who": "root@vm", "Version": version}
    return json.dumps(told | {"Created": "2026-11-21T03:18:57.357503377Z", "Path": path}, separators=(",", ":"))


def put(ground: Ground, lock_id: str, **attributes: Any) -> None:
    item = {"LockID": {"S": lock_id}} | attributes
    ground.client("dynamodb").put_item(TableName=ground.table, Item=item)


def lock(ground: Ground, key: str, version: str = "1.11.4") -> None:
    path = f"{ground.bucket}/{key}"
    put(ground, path, Info={"S": body(path, version)})


def let_go(ground: Ground, key: str) -> None:
    item = {"LockID": {"S": f"{ground.bucket}/{key}"}}
    ground.client("dynamodb").delete_item(TableName=ground.table, Key=item)


def lock_in_both(ground: Ground) -> None:
    lock(ground, _BOTH)
    s3 = ground.client("s3")
    s3.put_object(Bucket=ground.bucket, Key=_BOTH, Body=b"{}")
    path = f"{ground.bucket}/{_BOTH}"
    s3.put_object(Bucket=ground.bucket, Key=f"{_BOTH}.tflock", Body=body(path).encode())


def let_both_go(ground: Ground) -> None:
    let_go(ground, _BOTH)
    for key in (_BOTH, f"{_BOTH}.tflock"):
        ground.client("s3").delete_object(Bucket=ground.bucket, Key=key)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "a state that locks only in the table",
        PHASE.id,
        Colour.YELLOW,
        seed=lambda ground: lock(ground, _ALONE),
        mend=lambda ground: let_go(ground, _ALONE),
    ),
    Fault("a state that locks in both", PHASE.id, Colour.YELLOW, seed=lock_in_both, mend=let_both_go),
    Fault(
        "a lock in the table that cannot be read",
        PHASE.id,
        Colour.YELLOW,
        seed=lambda ground: put(ground, f"{ground.bucket}/{_BROKEN}", Info={"N": "1"}),
        mend=lambda ground: let_go(ground, _BROKEN),
    ),
    Fault(
        "a client that is too old for S3 locks",
        CLIENTS.id,
        Colour.YELLOW,
        seed=lambda ground: lock(ground, _OLD, "1.5.7"),
        mend=lambda ground: let_go(ground, _OLD),
    ),
    Fault(
        "a digest of a state that is gone",
        DIGESTS.id,
        Colour.YELLOW,
        seed=lambda ground: put(ground, f"{ground.bucket}/{_GONE}-md5", Digest={"S": "0" * 32}),
    ),
    Fault(
        "a digest of a bucket that is gone",
        DIGESTS.id,
        Colour.YELLOW,
        seed=lambda ground: put(ground, "acme-no-such-bucket-migration/a.tfstate-md5", Digest={"S": "0" * 32}),
    ),
)
