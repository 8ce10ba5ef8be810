"""What all samples are about: a lock in S3, its half in a table, a lock in another account's table, and odd ones."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from tests.builders import STATE_PATH, TABLE, TAKEN, a_lock, a_ref, a_table_lock

LOCK, HALF = a_lock(), a_table_lock()
THERE = HeldLock(
    LockRef(Place(Kind.DYNAMODB, TABLE, STATE_PATH, "111122223333", "eu-west-1"), HALF.ref.stamp, HALF.ref.since),
    HALF.info and replace(HALF.info, Info="a note"),
    mark="0123456789abcdef",
)
"""A lock in a table of another account and region, which was put back there."""
ODD = {
    body: HeldLock(
        a_ref(f"odd/{body.name.lower()}.tfstate.tflock", body.encode()),
        flaw=f"is {body}",
        body=body,
        version_id="3HL4kqtJlcpXroDTDmJ",
        versioned=True,
        not_restored="tags",
    )
    for body in Body
}
JOINT = "0123456789abcdef" * 2
REPLY_TO = "https://hooks.slack.com/actions/T0DEMO/17/secret"
STREAM = "arn:aws:dynamodb:eu-central-1:111122223333:table/terraform-locks/stream/2026-11-01T00:00:00.000"
PRINCIPAL = "AWS:AROAEXAMPLE:ci-run-7"


def after(**time: float) -> datetime:
    """A time after the lock was taken."""
    return TAKEN + timedelta(**time)
