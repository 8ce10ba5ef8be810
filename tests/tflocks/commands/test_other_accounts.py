"""Test that an operator's command acts in the account of its credentials only, whatever is named alike elsewhere."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib.core.alerts.transitions import telling
from chalicelib.core.locks.account import Account as AwsAccount
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.ports.book import LockBook
from chalicelib.ports.locks import LockStore, StoreRefusedError
from tests.aws_fixtures import REGION, create_lock_table
from tests.builders import a_table_lock, sample, some_rules
from tests.tflocks.account import ACCOUNT_ID, NO_STACK, Account, an_account, document, info, run
from tflocks.live.aws import Aws
from tflocks.sources.clients import session_of

pytestmark = pytest.mark.thorough
"""Two whole accounts in moto for each test: 2 s each."""

PROD = AwsAccount("111122223333", "prod-network", "tflock-reaper-member", "secret")
TABLE, BUCKET, MINE = "terraform-locks", "acme-prod", "acme-mine"
STATE = "network.tfstate"
PATH = f"{BUCKET}/{STATE}"
HOME_TABLE, PROD_TABLE = Target(Kind.DYNAMODB, TABLE), Target(Kind.DYNAMODB, TABLE, account=PROD)
PROD_BUCKET, HOME_BUCKET = Target(Kind.S3, BUCKET, account=PROD), Target(Kind.S3, MINE)


class Prod:
    """What is in the other account: a bucket and a table, each with a lock of one state."""

    def __init__(self) -> None:
        self.keys = boto3.client("sts", region_name=REGION).assume_role(
            RoleArn=f"arn:aws:iam::{PROD.id}:role/tests", RoleSessionName="tests"
        )["Credentials"]
        self.table = self.client("dynamodb")
        create_lock_table(self.table, TABLE)
        self.table.put_item(TableName=TABLE, Item={"LockID": {"S": PATH}, "Info": info()})
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key=f"{STATE}.tflock", Body=sample("s3-apply-default"))

    def client(self, service: Any) -> Any:
        names = {
            "aws_access_key_id": "AccessKeyId",
            "aws_secret_access_key": "SecretAccessKey",
            "aws_session_token": "SessionToken",
        }
        return boto3.client(service, REGION, **{name: self.keys[key] for name, key in names.items()})

    def sign_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Go on with credentials of this account."""
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", self.keys["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", self.keys["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", self.keys["SessionToken"])

    @property
    def locked(self) -> tuple[bool, bool]:
        """Whether the state is locked in this account's bucket, and in its table."""
        listed = self.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return bool(listed), bool(self.table.scan(TableName=TABLE)["Items"])


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """The account of the reaper and of the operator, with a table that is named as the other account's."""
    with an_account(monkeypatch) as made:
        made.bucket(MINE)
        made.lock_table(TABLE)
        made.item(TABLE, PATH, Info=info())
        yield made


@pytest.fixture
def prod(account: Account) -> Prod:
    return Prod()


def a_reaper(account: Account, *targets: Target) -> LockBook:
    return account.reaper(msgspec.structs.replace(some_rules(), targets=targets))


def remembered(book: LockBook, target: Target, key: str = PATH) -> None:
    """Have the book know the lock of a table."""
    lock = a_table_lock(key=key)
    ref = msgspec.structs.replace(lock.ref, place=target.place(key))
    book.write(telling.remember(msgspec.structs.replace(lock, ref=ref)))


@pytest.mark.parametrize("options", [[], ["--table", TABLE], ["--half", "dynamodb"], ["--half", "s3"]])
def test_a_lock_of_another_account_s_bucket_is_not_released_and_it_is_said_what_to_do(
    account: Account, prod: Prod, options: list[str]
) -> None:
    a_reaper(account, HOME_BUCKET, HOME_TABLE, PROD_BUCKET, PROD_TABLE)
    done = run("release", PATH, "--yes", *options)
    assert done.exit_code == 1
    assert (
        f"nothing was released: bucket {BUCKET} is in account prod-network ({PROD.id}), and your credentials are of "
        f"account {ACCOUNT_ID}. Use credentials of that account (--profile), or click Release in Slack"
    ) in done.output
    assert prod.locked == (True, True)
    assert PATH in account.items(TABLE)


def test_of_two_accounts_tables_with_one_name_and_one_key_only_the_operator_s_own_is_released(
    account: Account, prod: Prod
) -> None:
    a_reaper(account, HOME_TABLE, PROD_TABLE)  # the bucket is no target, so each table may have the lock
    prod.client("s3").delete_object(Bucket=BUCKET, Key=f"{STATE}.tflock")
    done = run("release", PATH, "--yes")
    assert (done.exit_code, "a half may be where you could not look" in done.output) == (1, True)
    assert f"table {TABLE} is in account {PROD.id}" in " ".join(done.output.split()).replace("prod-network (", "")
    assert run("release", PATH, "--yes", "--half", "dynamodb").exit_code == 0
    assert account.items(TABLE) == {}
    assert prod.locked == (False, True)


def test_with_the_other_account_s_credentials_its_lock_is_released_and_no_other(
    account: Account, prod: Prod, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_reaper(account, HOME_BUCKET, HOME_TABLE, PROD_BUCKET, PROD_TABLE)
    account.stacks.always(NO_STACK)  # there is no reaper in that account
    with monkeypatch.context() as signed_in:
        prod.sign_in(signed_in)
        assert run("release", PATH, "--yes").exit_code == 0
    assert prod.locked == (False, False)
    assert PATH in account.items(TABLE)


ACTS: dict[str, Callable[[LockStore, LockRef], object]] = {
    "read": lambda store, ref: store.read(ref.place),
    "look": lambda store, ref: store.look(ref),
    "delete": lambda store, ref: store.delete(ref, "carol"),
    "scan": lambda store, _: list(store.scan(PROD_TABLE)),
}


@pytest.mark.parametrize("act", ACTS)
def test_the_store_never_asks_the_operator_s_own_table_in_the_place_of_another_account_s(
    account: Account, prod: Prod, act: str
) -> None:
    store = Aws(session_of(None, None)).locks()
    own = store.read(Place(Kind.DYNAMODB, TABLE, PATH))
    assert own
    far = msgspec.structs.replace(own.ref, place=PROD_TABLE.place(PATH))
    with pytest.raises(StoreRefusedError, match=f"table {TABLE} is in account {PROD.id}, and your credentials are of"):
        ACTS[act](store, far)
    assert (PATH in account.items(TABLE), prod.locked) == (True, (True, True))


def test_a_table_that_names_the_operator_s_own_account_is_looked_at(account: Account) -> None:
    by_role = Target(Kind.DYNAMODB, TABLE, account=AwsAccount(ACCOUNT_ID, role="states", external_id="x"))
    a_reaper(account, by_role)
    [lock] = document(run("list", "--json"))["locks"]
    assert (lock["dynamodb"], lock["looked_at"], lock["account"]) == (f"dynamodb://{TABLE}/{PATH}", True, ACCOUNT_ID)


@pytest.mark.usefixtures("prod")
def test_locks_of_other_accounts_are_listed_from_the_reaper_s_book_and_marked(account: Account) -> None:
    book = a_reaper(account, HOME_BUCKET, HOME_TABLE, PROD_TABLE, PROD_BUCKET)
    remembered(book, PROD_TABLE)
    done = run("list", "--json")
    told = document(done)
    assert (done.exit_code, told["complete"]) == (0, True)
    assert {(one["account"], one["account_name"], one["looked_at"]) for one in told["locks"]} == {
        (ACCOUNT_ID, None, True),
        (PROD.id, PROD.name, False),
    }
    [note] = told["notes"]
    assert note == (
        f"not looked at: 2 targets in account prod-network ({PROD.id}). Their locks are shown as the reaper's book has "
        "them"
    )
    shown = " ".join(run("list").stdout.split())
    assert f"account prod-network ({PROD.id})" in shown
    assert f"account {ACCOUNT_ID}" in shown
    assert "not looked at: as the reaper's book has it" in shown


@pytest.mark.usefixtures("prod")
def test_an_account_that_no_target_is_in_is_an_error_that_names_those_that_there_are(account: Account) -> None:
    a_reaper(account, HOME_BUCKET, PROD_BUCKET)
    done = run("list", "--account", "dev")
    assert done.exit_code == 2
    assert (
        f"no target of the reaper is in such an account; there are {ACCOUNT_ID}, prod-network ({PROD.id})"
        in done.output
    )


@pytest.mark.usefixtures("prod")
def test_a_named_bucket_of_another_account_is_told_with_what_to_do(account: Account) -> None:
    a_reaper(account, HOME_BUCKET, PROD_BUCKET)
    done = run("list", BUCKET)
    assert f"bucket {BUCKET} is in account prod-network ({PROD.id}): if it cannot be looked at, use" in done.output


@pytest.mark.usefixtures("prod")
@pytest.mark.parametrize(
    ("options", "accounts"),
    [
        (["--account", "PROD-*"], [PROD.id]),
        (["--account", "network"], [PROD.id]),
        (["--account", ACCOUNT_ID], [ACCOUNT_ID]),
        (["--account", "dev", "--account", "1111222"], [PROD.id]),
        (["--table", TABLE], [ACCOUNT_ID]),
        (["--table", TABLE, "--account", "prod"], []),
        (["--all"], [ACCOUNT_ID]),
    ],
)
def test_a_list_is_of_the_accounts_that_are_asked_for(
    account: Account, options: list[str], accounts: list[str]
) -> None:
    book = a_reaper(account, HOME_TABLE, PROD_TABLE)
    remembered(book, PROD_TABLE)
    remembered(book, HOME_TABLE, f"{PATH}.gone")  # not there any more
    assert [one["account"] for one in document(run("list", "--json", *options))["locks"]] == accounts


def test_accounts_can_be_asked_for_only_where_a_reaper_tells_them(account: Account) -> None:
    done = run("list", MINE, "--account", "prod")
    assert (done.exit_code, "only a deployed reaper's rules tell" in done.stderr) == (2, True)
    assert run("list", "--account", "").exit_code == 2
    assert account.objects(MINE) == set()


def test_with_one_account_nothing_tells_it(account: Account) -> None:
    a_reaper(account, HOME_TABLE)
    assert "account" not in run("list").stdout
