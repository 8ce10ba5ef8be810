"""The wired application with targets in another account. AWS is moto's, which keeps accounts apart."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib import wiring
from chalicelib.core.clicks.deletion import Deletion, PutBack
from chalicelib.core.locks.place import Kind, Place
from tests.app.account import an_account, forget_everything
from tests.aws_fixtures import create_bucket, create_lock_table
from tests.builders import sample
from tests.config.test_file import LEAST

pytestmark = pytest.mark.thorough

MEMBER, BUCKET, TABLE = "111122223333", "acme-tfstate-there", "terraform-locks"
TARGETS = f"""
[accounts]
external_id = "acme-locks"
[[targets]]
bucket = "{BUCKET}"
account = "{MEMBER}"
[[targets]]
table = "{TABLE}"
account = "{MEMBER}"
"""
MARK, GENUINE = "00c0ffee", "s3-apply-default"
LOCK = Place(Kind.S3, BUCKET, "prod/x.tfstate.tflock")
ITEM = Place(Kind.DYNAMODB, TABLE, f"{BUCKET}/prod/x.tfstate", MEMBER)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Any]:
    """Makes clients of the other account, in which there are a lock and a lock item; the own account has neither."""
    forget_everything()
    with an_account(tmp_path, LEAST + TARGETS):
        given = boto3.client("sts").assume_role(RoleArn=f"arn:aws:iam::{MEMBER}:role/admin", RoleSessionName="admin")
        keys = given["Credentials"]
        admin: Any = partial(
            boto3.client,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        create_bucket(admin("s3"), BUCKET)
        create_lock_table(admin("dynamodb"), TABLE)
        admin("s3").put_object(Bucket=BUCKET, Key=LOCK.key, Body=sample(GENUINE))
        item = {"LockID": {"S": ITEM.key}, "Info": {"S": sample(GENUINE).decode()}}
        admin("dynamodb").put_item(TableName=TABLE, Item=item)
        yield admin
    forget_everything()


def assumed(called: list[str]) -> Any:
    """Note the session of each AssumeRole."""

    def note(params: dict[str, Any], **_: Any) -> None:
        called.append(params["body"]["RoleSessionName"])

    return note


@pytest.mark.parametrize("place", [LOCK, ITEM], ids=lambda place: place.kind)
def test_a_lock_in_another_account_is_found_read_released_and_put_back_there(there: Any, place: Place) -> None:
    store, entered = wiring.world().store, list[str]()
    wiring.accounts()._sts().meta.events.register("before-call.sts.AssumeRole", assumed(entered))
    [target] = [target for target in wiring.rules().targets if target.container == place.container]
    assert [found for scanned in store.scan(target) for found in scanned.places] == [place]
    lock = store.read(place)
    assert lock
    kept = store.look(lock.ref).kept
    assert kept
    assert entered == ["look-tflock-reaper-test"]
    assert store.delete(lock.ref, "U0ALICE") is Deletion.DELETED
    assert store.read(place) is None
    assert store.put_back(lock.ref, kept, MARK, "U0BOB") is PutBack.DONE
    assert store.read(place)
    assert entered == ["look-tflock-reaper-test", "release-U0ALICE", "restore-U0BOB"]
    assert BUCKET in {bucket["Name"] for bucket in there("s3").list_buckets()["Buckets"]}
