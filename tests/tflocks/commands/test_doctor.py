"""``tflocks doctor`` on an account in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.core.locks.account import Account as Owner
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from tests.aws_fixtures import REGION
from tests.builders import BUCKET, some_rules
from tests.tflocks.account import ACCOUNT_ID, Account, an_account, document, run
from tflocks.commands.doctor.question import Options, Question, question

TABLE = "terraform-locks"
OPTIONS = Options(
    names=(),
    tables=(),
    everything=False,
    only=(),
    as_json=False,
    fix_as=None,
    config=None,
    stage="prod",
    stack=None,
    region=None,
    profile=None,
    reaper_profile=None,
)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(monkeypatch) as made:
        made.bucket(BUCKET)
        made.lock_table(TABLE)
        yield made


def deployed(account: Account, *targets: Target) -> None:
    account.reaper(msgspec.structs.replace(some_rules(), targets=targets))


def findings(*arguments: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = document(run("doctor", "--json", *arguments))["findings"]
    return told


def reach(*arguments: str) -> dict[str, dict[str, Any]]:
    """What hinders a look at each subject, or that nothing does."""
    return {one["subject"]: one for one in findings(*arguments) if one["check"] == "reach.subject"}


def asked(**given: Any) -> Question:
    return question(msgspec.structs.replace(OPTIONS, **given))


def test_a_bucket_that_is_named_with_several_prefixes_is_one_subject_and_whole_if_named_whole() -> None:
    assert [one.prefixes for one in asked(names=(f"{BUCKET}/a/", f"{BUCKET}/b/", f"{BUCKET}/a/")).targets] == [
        ("a/", "b/")
    ]
    assert [one.prefixes for one in asked(names=(f"{BUCKET}/a/", f"s3://{BUCKET}")).targets] == [()]
    assert len(asked(names=(BUCKET,), tables=(TABLE,)).targets) == 2


def test_only_means_a_check_or_an_area() -> None:
    assert asked(only=("reach",)).wants("reach.subject")
    assert asked(only=("reach.rules",)).wants("reach.rules")
    assert not asked(only=("reach.rules",)).wants("reach.subject")
    assert asked().wants("reach.subject")


def test_a_shell_has_to_know_the_profile_and_the_region_that_were_named_and_nothing_else() -> None:
    assert asked().shell == ()
    assert asked(profile="a b", region="eu-west-1", reaper_profile="home").shell == (
        "export AWS_PROFILE='a b' AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1",
        "# What is about the reaper itself takes its own: AWS_PROFILE=home",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("A B",), "is not the name of a bucket"),
        (("--table", "a/b"), "is not the name of a table"),
        ((BUCKET, "--all"), "either --all, or"),
        ((BUCKET, "--json", "--fix-as", "cli"), "either --json"),
        ((BUCKET, "--fix-as", "yaml"), "'yaml'"),
        ((BUCKET, "--only", "reach.subjects"), "did you mean reach.subject"),
        ((BUCKET, "--only", "\x1b[2J"), "the areas are reach"),
        ((BUCKET, "--config", "no-such.toml"), "no-such.toml: cannot be read"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    done = run("doctor", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())


def test_a_reaper_toml_with_mistakes_is_refused_with_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "reaper.toml").write_text('[slack]\nchannel = "general"\n')
    done = run("doctor", BUCKET, "--config", str(tmp_path / "reaper.toml"))
    assert done.exit_code == 2
    assert ("channel" in done.stderr, "team_id" in done.stderr) == (True, True)


@pytest.mark.thorough
def test_buckets_and_tables_that_are_named_are_looked_at_without_a_reaper(account: Account) -> None:
    done = run("doctor", BUCKET, "--table", TABLE, "--only", "reach", "--json")
    told = document(done)
    assert {one["subject"]: one["colour"] for one in told["findings"]} == {
        f"bucket {BUCKET}": "green",
        f"table {TABLE}": "green",
    }
    assert (told["account"], told["stack"], done.exit_code) == (ACCOUNT_ID, None, 0)
    assert "no reaper is deployed here" in told["notes"][0]


@pytest.mark.thorough
def test_without_a_reaper_and_without_a_name_there_is_nothing_to_look_at(account: Account) -> None:
    done = run("doctor")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no stack tflock-reaper-prod in eu-central-1" in done.stderr
    assert "--all" in done.stderr


@pytest.mark.thorough
def test_what_is_not_there_is_red_and_what_is_no_lock_table_too(account: Account) -> None:
    account.client("dynamodb").create_table(
        TableName="orders",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "Order", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "Order", "KeyType": "HASH"}],
    )
    done = run("doctor", "acme-nobody", "--table", "no-such-table", "--table", "orders", "--json")
    told = {one["subject"]: (one["colour"], one["seen"]) for one in document(done)["findings"]}
    assert done.exit_code == 1
    assert told["bucket acme-nobody"] == ("red", "there is no such bucket")
    assert told["table no-such-table"] == ("red", f"there is no such table in {REGION}")
    assert told["table orders"] == ("red", "it is no lock table: its key is not LockID")


@pytest.mark.thorough
def test_the_reaper_s_own_targets_are_looked_at_and_those_of_other_accounts_are_grey_and_say_how(
    account: Account,
) -> None:
    far = Owner("111122223333", "prod-network", "tflock-reaper-member")
    deployed(account, Target(Kind.S3, BUCKET), Target(Kind.S3, "acme-far", ("a b/",), account=far))
    told = reach("--only", "reach.rules")
    assert told.keys() == {"bucket acme-far"}, "what is green is not asked for; what hinders is always told"
    assert told["bucket acme-far"]["colour"] == "grey"
    assert "prod-network (111122223333)" in told["bucket acme-far"]["seen"]
    assert "tflocks doctor 'acme-far/a b/' --profile PROFILE --reaper-profile" in told["bucket acme-far"]["seen"]
    assert reach()[f"bucket {BUCKET}"]["colour"] == "green"


@pytest.mark.thorough
def test_a_reaper_whose_rules_are_not_stored_yet_is_grey_and_not_well(account: Account) -> None:
    account.reaper(None)
    done = run("doctor", "--json", "--only", "reach.rules")
    [rules] = [one for one in document(done)["findings"] if one["check"] == "reach.rules"]
    assert (rules["colour"], done.exit_code) == ("grey", 3)
    assert "it has not stored them yet" in rules["seen"]


@pytest.mark.thorough
def test_all_finds_buckets_with_states_and_lock_tables(account: Account) -> None:
    account.state(BUCKET, "network.tfstate")
    account.bucket("acme-pictures")
    assert reach("--all").keys() == {f"bucket {BUCKET}", f"table {TABLE}"}
