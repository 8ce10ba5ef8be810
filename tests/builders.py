"""Things to test with, built from genuine lock bodies (``samples/README.md``)."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.core.alerts.message import Saying, Sending, Topic
from chalicelib.core.clicks.claim import Releasing
from chalicelib.core.clicks.click import Click, Verb
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.body import lock_of
from chalicelib.core.locks.terraform.item import INFO, LOCK_ID, lock_of_item
from chalicelib.core.locks.terraform.lock_info import Risk
from chalicelib.core.policy import Policy, Route, Rules

SAMPLES = Path(__file__).parent / "samples"
BUCKET = "acme-tfstate"
STATE_KEY = "prod/network/terraform.tfstate"
KEY = f"{STATE_KEY}.tflock"
TABLE = "terraform-locks"
STATE_PATH = f"{BUCKET}/{STATE_KEY}"
"""The state path of ``a_lock``, and the LockID of ``a_table_lock``."""
TEAM, APP = "T0DEMO", "A0DEMO"
ALICE, BOB = "U0ALICE", "U0BOB"
OPERATOR = "arn:aws:sts::111122223333:assumed-role/Operators/carol@acme.example"
"""The AWS identity of somebody who runs ``tflocks release``."""
CHANNEL = "C0PLATFORM"
TAKEN = datetime(2026, 11, 21, 3, 18, 57, tzinfo=UTC)


def sample(name: str) -> bytes:
    """The bytes of a genuine lock, by the name of its file without its ending."""
    return (SAMPLES / f"{name}.tflock.json").read_bytes()


def a_ref(key: str = KEY, body: bytes = b"", taken: datetime = TAKEN, bucket: str = BUCKET) -> LockRef:
    etag = f'"{hashlib.md5(body).hexdigest()}"'  # noqa: S324  what S3 does for an unencrypted object
    return LockRef(Place(Kind.S3, bucket, key), etag, taken)


def at(state_path: str) -> Place:
    """The place of a state's lock in S3."""
    bucket, _, state_key = state_path.partition("/")
    return Place(Kind.S3, bucket, f"{state_key}.tflock")


def a_lock(
    name: str = "s3-apply-default", key: str = KEY, taken: datetime = TAKEN, body: bytes | None = None
) -> HeldLock:
    body = sample(name) if body is None else body
    return lock_of(a_ref(key, body, taken), body)


def an_item(key: str = STATE_PATH, body: bytes | None = None) -> dict[str, Any]:
    """The item of a lock as Terraform writes it, in DynamoDB's JSON; without a body, a genuine lock's."""
    body = sample("s3-apply-default") if body is None else body
    return {LOCK_ID: {"S": key}, INFO: {"S": body.decode()}}


def a_table_lock(
    name: str = "s3-apply-default", key: str = STATE_PATH, body: bytes | None = None, region: str = ""
) -> HeldLock:
    """A lock in a lock table, with a genuine body. With ``a_lock``'s name it is the other half of that lock."""
    body = sample(name) if body is None else body
    lock = lock_of_item(Place(Kind.DYNAMODB, TABLE, key, region=region), an_item(key, body))
    assert lock is not None
    return lock


def a_table_ref(key: str = STATE_PATH, body: bytes | None = None, region: str = "") -> LockRef:
    return a_table_lock(key=key, body=body, region=region).ref


def a_table(region: str | None = None, stream: str = "") -> Target:
    """The lock table as a target."""
    return Target(Kind.DYNAMODB, TABLE, region=region, stream=stream)


def a_policy(releasers: tuple[str, ...] = (ALICE,), channel: str = CHANNEL, **others: Any) -> Policy:
    hours = {Risk.PLAN: (0.75,), Risk.APPLY: (2, 24), Risk.OTHER: (1,)}
    thresholds = {risk: tuple(timedelta(hours=hour) for hour in hours[risk]) for risk in Risk}
    return Policy(channel=channel, releasers=releasers, thresholds=thresholds, **others)


def a_claim(by: str = ALICE, until: datetime = TAKEN, click: str = "1") -> Releasing:
    return Releasing(by, f"{by} {click}", until)


def some_rules(
    *routes: Route,
    releasers: tuple[str, ...] = (ALICE,),
    prefixes: tuple[str, ...] = (),
    undo: timedelta = timedelta(minutes=10),
    digest_over: int = 5,
    enterprise: str = "",
    **policy: Any,
) -> Rules:
    every = Route(("*",), a_policy(releasers, **policy))
    return Rules(
        team=TEAM,
        enterprise=enterprise,
        trouble_channel=CHANNEL,
        targets=(Target(Kind.S3, BUCKET, prefixes), Target(Kind.S3, "acme-other")),
        routes=(*routes, every),
        digest_over=digest_over,
        undo=undo,
    )


def with_tables(rules: Rules, *tables: Target) -> Rules:
    """The same rules with lock tables among the targets; without any named, with ``a_table()``."""
    return msgspec.structs.replace(rules, targets=(*rules.targets, *(tables or (a_table(),))))


def a_click(lock: HeldLock | LockRef, user: str = ALICE, click: str = "1", **others: Any) -> Click:
    ref = lock.ref if isinstance(lock, HeldLock) else lock
    said: dict[str, Any] = {"verb": Verb.RELEASE, "user_team": TEAM, "channel": CHANNEL, "message": "1.000001"}
    return Click(lock=ref, user=user, click=f"{user} {click}", **said | others)


def a_sending(topic: Topic = Topic.ALERT, which: str = "", **others: Any) -> Sending:
    said: dict[str, Any] = {"about": a_lock().ref.name, "saying": (Saying(topic, which),), "at": TAKEN}
    return Sending(**said | {"channel": CHANNEL} | others)
