"""``tflocks targets`` on an account in memory."""

import json
from collections.abc import Iterator

import boto3
import msgspec
import pytest

from chalicelib.aws.book.target_book import DynamoTargetBook
from chalicelib.core.locks.account import Account as Owner
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.core.targets.remembered import Container, Remembered
from tests.aws_fixtures import REGION
from tests.builders import TAKEN, some_rules
from tests.tflocks.account import ACCOUNT_ID, BOOK, NO_STACK, Account, an_account, run

pytestmark = pytest.mark.thorough

RULE = Discovery(kind=Kind.S3, names=("*-tfstate",), units=("ou-ab12-cdefgh34",), member=Owner(role="m"))
TABLES = Discovery(kind=Kind.DYNAMODB, names=("locks*",))


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(monkeypatch) as made:
        yield made


def deployed(account: Account, *found: Container, rules: tuple[Discovery, ...] = (RULE, TABLES)) -> None:
    named = (Target(Kind.S3, "acme-named", ("network/",)), Target(Kind.DYNAMODB, "locks"))
    configured = msgspec.structs.replace(some_rules(), targets=named, discoveries=rules)
    account.reaper(configured.at_home(ACCOUNT_ID, REGION))
    if found:
        remembered(*found)


def remembered(*found: Container) -> None:
    table = boto3.resource("dynamodb", region_name=REGION).Table(BOOK)
    DynamoTargetBook(table, lambda: TAKEN).replace(Remembered(at=TAKEN, containers=found))


def test_named_and_found_targets_are_listed_with_account_region_and_rule(account: Account) -> None:
    deployed(
        account,
        Container(Kind.S3, "red-tfstate", "us-east-1", "111122223333", "red\x1b[31m"),
        Container(Kind.DYNAMODB, "locks-2", REGION),
        Container(Kind.DYNAMODB, "locks", REGION),
    )
    done = run("targets")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "4 targets"
    [head, *rows] = [line.split() for line in done.stdout.splitlines()[2:]]
    assert head[0] == "TARGET"
    assert [row[:2] for row in rows] == [
        ["bucket", "acme-named"],
        ["table", "locks"],
        ["bucket", "red-tfstate"],
        ["table", "locks-2"],
    ]
    assert "network/" in rows[0]
    assert rows[1][-1] == "reaper.toml"
    assert rows[2][-4:] == ["buckets", "*-tfstate", "in", "ou-ab12-cdefgh34"]
    assert rows[3][-5:] == [ACCOUNT_ID, REGION, "tables", "locks*"] or rows[3][-2:] == ["tables", "locks*"]
    assert "\x1b" not in done.stdout


def test_the_document_has_the_same(account: Account) -> None:
    deployed(account, Container(Kind.S3, "red-tfstate", "us-east-1", "111122223333", "red"))
    told = json.loads(run("targets", "--json").stdout)
    assert told["targets"][-1] == {
        "kind": "s3",
        "name": "red-tfstate",
        "prefixes": [],
        "account": "111122223333",
        "account_name": "red",
        "region": "us-east-1",
        "found_by": "buckets *-tfstate in ou-ab12-cdefgh34",
    }


def test_it_is_said_that_the_rules_have_not_looked_yet_and_the_named_targets_are_there(account: Account) -> None:
    deployed(account)
    done = run("targets")
    assert (done.exit_code, "2 targets" in done.stdout, "every night" in done.stderr) == (2, True, True)


def test_without_rules_nothing_is_missing(account: Account) -> None:
    deployed(account, rules=())
    assert run("targets").exit_code == 0


def test_a_damaged_book_is_said_so(account: Account) -> None:
    deployed(account)
    table = boto3.resource("dynamodb", region_name=REGION).Table(BOOK)
    table.put_item(Item={"StatePath": "#targets", "LockIdentity": "head", "Generation": "x"})
    done = run("targets")
    assert (done.exit_code, "what the target rules found is not known" in done.stderr) == (2, True)


def test_without_a_reaper_there_is_nothing_to_list(account: Account) -> None:
    account.stacks.always(NO_STACK)
    done = run("targets")
    assert (done.exit_code, "no reaper is deployed here" in done.stderr) == (1, True)


def test_other_commands_know_found_targets_too(account: Account) -> None:
    """``list`` looks into all targets of the reaper, also into those that were found."""
    account.bucket("own-tfstate")
    account.lock("own-tfstate", "x.tfstate")
    rule = Discovery(kind=Kind.S3, names=("*-tfstate",))
    rules = Rules(**{name: getattr(some_rules(), name) for name in Rules.__struct_fields__} | {"targets": ()})
    account.reaper(msgspec.structs.replace(rules, discoveries=(rule,)).at_home(ACCOUNT_ID, REGION))
    remembered(Container(Kind.S3, "own-tfstate", REGION))
    done = run("list", "--json")
    assert [lock["state_path"] for lock in json.loads(done.stdout)["locks"]] == ["own-tfstate/x.tfstate"]
