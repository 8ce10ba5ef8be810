import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Snooze
from chalicelib.core.alerts.transitions import joints, telling, wishes
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from tests.builders import ALICE, BUCKET, a_sending, some_rules
from tests.tflocks.account import Account, an_account, document, info, run
from tflocks.live import containers
from tflocks.live.aws import Aws
from tflocks.sources.clients import session_of

pytestmark = pytest.mark.thorough
"""A whole account in moto for each test: 2 s each."""

STATE = "prod/network/terraform.tfstate"
PATH = f"{BUCKET}/{STATE}"
TABLE = "terraform-locks"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(monkeypatch) as made:
        made.bucket(BUCKET)
        made.lock_table(TABLE)
        yield made


def rules_with(*targets: Target) -> Any:
    return msgspec.structs.replace(some_rules(), targets=targets)


def test_without_a_reaper_a_named_bucket_s_locks_are_listed_and_it_says_what_is_not_known(account: Account) -> None:
    account.state(BUCKET, STATE)
    account.lock(BUCKET, STATE)
    done = run("list", BUCKET, "--json")
    [lock] = document(done)["locks"]
    assert done.exit_code == 0
    assert (lock["state_path"], lock["who"], lock["operation"]) == (PATH, "root@vm", "apply or destroy")
    assert (lock["s3"], lock["dynamodb"], lock["clock"]) == (f"s3://{PATH}.tflock", None, "aws")
    assert (lock["level"], lock["alerted_at"], lock["known_to_reaper"]) == (None, None, False)
    assert "no reaper is deployed here" in document(done)["notes"][0]


def test_a_table_s_locks_are_listed_with_the_client_s_clock_and_its_digests_never(account: Account) -> None:
    account.item(TABLE, PATH, Info=info())
    account.item(TABLE, f"{PATH}-md5", Digest={"S": "0" * 32})
    [lock] = document(run("list", "--table", TABLE, "--json"))["locks"]
    assert (lock["dynamodb"], lock["clock"]) == (f"dynamodb://{TABLE}/{PATH}", "client")
    assert "client's clock" in " ".join(run("list", "--table", TABLE).stdout.split())


def test_both_halves_of_a_dual_lock_are_one_row_and_another_holder_is_another(account: Account) -> None:
    account.lock(BUCKET, STATE)
    account.item(TABLE, PATH, Info=info())
    account.lock(BUCKET, "other.tfstate")
    account.item(TABLE, f"{BUCKET}/other.tfstate", Info=info("s3-plan-default"))
    locks = document(run("list", BUCKET, "--table", TABLE, "--json"))["locks"]
    both = [one for one in locks if one["state_path"] == PATH]
    assert [(one["s3"], one["dynamodb"], one["clock"], one["other_holders"]) for one in both] == [
        (f"s3://{PATH}.tflock", f"dynamodb://{TABLE}/{PATH}", "aws", 0)
    ]
    assert [one["other_holders"] for one in locks if one["state_path"] != PATH] == [1, 1]


def test_hostile_items_are_listed_and_act_on_nothing(account: Account) -> None:
    odd: dict[str, Any] = {
        "missing": {},
        "number": {"Info": {"N": "1"}},
        "null": {"Info": {"NULL": True}},
        "map": {"Info": {"M": {}}},
        "bytes": {"Info": {"B": b"x"}},
        "empty": {"Info": {"S": ""}},
        "\x1b[2Jred\u202e": {"Info": {"S": "[2J"}},
        "both": {"Info": info(), "Digest": {"S": "0" * 32}},
    }
    for key, attributes in odd.items():
        account.item(TABLE, f"{BUCKET}/{key}", **attributes)
    done = run("list", "--table", TABLE, "--json")
    assert {lock["state_path"].partition("/")[2] for lock in document(done)["locks"]} == set(odd)
    shown = run("list", "--table", TABLE)
    assert shown.stdout.replace("\n", "").isprintable()
    assert "not known" in shown.stdout


@pytest.mark.parametrize(("limit", "status"), [("2000w", 0), ("2h", 1)])
def test_scripts_learn_whether_a_lock_is_older_by_the_exit_status(account: Account, limit: str, status: int) -> None:
    account.item(TABLE, PATH, Info=info())
    done = run("list", "--table", TABLE, "--fail-over", limit, "--json")
    assert (done.exit_code, len(document(done)["locks"])) == (status, 1)


def test_a_lock_of_unknown_age_counts_as_older(account: Account) -> None:
    account.item(TABLE, PATH, Info={"S": "not json"})
    done = run("list", "--table", TABLE, "--fail-over", "52w")
    assert (done.exit_code, "1 of them of unknown age" in done.stderr) == (1, True)


def test_a_client_s_clock_that_is_ahead_hides_no_age(account: Account) -> None:
    account.item(TABLE, PATH, Info={"S": '{"ID":"x","Created":"2199-01-01T00:00:00Z"}'})
    assert run("list", "--table", TABLE, "--fail-over", "52w").exit_code == 1


def test_what_cannot_be_looked_at_is_named_is_an_error_and_harms_no_other(account: Account) -> None:
    account.lock(BUCKET, STATE)
    done = run("list", BUCKET, "acme-nobody", "--table", "no-such-table", "--fail-over", "52w", "--json")
    told = document(done)
    assert (done.exit_code, told["complete"], len(told["locks"])) == (2, False, 1)
    bucket, table = told["problems"]
    assert "bucket acme-nobody: there is no such bucket" in bucket
    assert "table no-such-table: there is no such table in this region" in table
    assert "reaper.toml" not in done.stderr
    assert run("list", BUCKET, "acme-nobody", "--fail-over", "1s").exit_code in {1, 2}


def test_csv_has_its_columns_even_without_a_lock(account: Account) -> None:
    rows = list(csv.DictReader(io.StringIO(run("list", BUCKET, "--csv").stdout)))
    assert rows == []
    account.lock(BUCKET, STATE)
    [row] = csv.DictReader(io.StringIO(run("list", BUCKET, "--csv").stdout))
    assert (row["state_path"], row["other_holders"]) == (PATH, "0")


def test_all_finds_buckets_with_states_and_lock_tables_in_their_regions(account: Account) -> None:
    account.state(BUCKET, STATE)
    account.lock(BUCKET, STATE)
    account.bucket("acme-pictures")
    account.client("s3").put_object(Bucket="acme-pictures", Key="cat.jpg")
    account.client("s3", "us-east-1").create_bucket(Bucket="acme-tfstate-us")
    account.lock_table("locks-us", "us-east-1")
    account.item("locks-us", PATH, "us-east-1", Info=info("s3-plan-default"))
    done = run("list", "--all", "--json")
    assert done.exit_code == 0
    assert {(lock["s3"], lock["dynamodb"], lock["region"]) for lock in document(done)["locks"]} == {
        (f"s3://{PATH}.tflock", None, None),
        (None, f"dynamodb://locks-us/{PATH}", "us-east-1"),
    }


def test_all_looks_at_tables_of_one_name_in_each_region_also_if_the_reaper_knows_only_one(account: Account) -> None:
    account.client("s3", "us-east-1").create_bucket(Bucket="acme-tfstate-us")
    account.lock_table(TABLE, "us-east-1")
    account.item(TABLE, PATH, "us-east-1", Info=info())
    account.reaper(rules_with(Target(Kind.DYNAMODB, TABLE)))
    done = run("list", "--all", "--json", "--fail-over", "1h")
    assert (done.exit_code, [lock["region"] for lock in document(done)["locks"]]) == (1, ["us-east-1"])


def test_the_reaper_s_tables_of_one_name_are_all_looked_at(account: Account) -> None:
    account.lock_table(TABLE, "us-east-1")
    account.item(TABLE, PATH, "us-east-1", Info=info())
    account.reaper(rules_with(Target(Kind.DYNAMODB, TABLE), Target(Kind.DYNAMODB, TABLE, region="us-east-1")))
    assert [lock["region"] for lock in document(run("list", "--json"))["locks"]] == ["us-east-1"]


def test_a_bucket_too_large_to_be_probed_to_its_end_is_named(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.bucket("acme-large")
    for number in range(3):
        account.client("s3").put_object(Bucket="acme-large", Key=str(number))
    one_page = {"Contents": [{"Key": "1"}], "IsTruncated": True}
    assert containers._judged("acme-large", [one_page, one_page]).unsure == "acme-large"
    assert containers._judged("acme-large", [one_page, {"Contents": [{"Key": "x.tflock"}]}]).target
    assert containers.find_containers(Aws(session_of(None, None))).notes == []


def test_a_lock_that_a_joint_alert_tells_of_is_not_shown_as_if_nobody_had_been_told(account: Account) -> None:
    account.lock(BUCKET, STATE)
    book = account.reaper(rules_with(Target(Kind.S3, BUCKET)))
    lock = Aws(session_of(None, None)).locks().read(Place(Kind.S3, BUCKET, f"{STATE}.tflock"))
    assert lock
    now = datetime.now(UTC)
    book.write(joints.join(lock, "0" * 32, 1, "", now))
    [told] = document(run("list", "--json"))["locks"]
    assert (told["joint_alert"], told["channel"]) == ("0" * 32, None)
    assert f"alerted {now:%Y-%m-%d %H:%M} UTC, with its run" in " ".join(run("list").stdout.split())


def test_with_a_reaper_its_targets_thresholds_alerts_and_snoozes_are_shown(account: Account) -> None:
    account.lock(BUCKET, STATE)
    account.lock(BUCKET, "new.tfstate")
    account.item(TABLE, PATH, Info=info())
    account.bucket("acme-elsewhere")
    account.lock("acme-elsewhere", "not-its-target.tfstate")
    book = account.reaper(rules_with(Target(Kind.S3, BUCKET), Target(Kind.DYNAMODB, TABLE)))
    store = Aws(session_of(None, None)).locks()
    lock = store.read(Place(Kind.S3, BUCKET, f"{STATE}.tflock"))
    assert lock
    now = datetime.now(UTC)
    sending = a_sending(at=now)
    for transition in telling.said(lock, sending, Posted("C0PLATFORM", "1.1"))[:1]:
        book.write(transition)
    book.write(wishes.snooze(lock, Snooze(ALICE, now + timedelta(hours=4)), now))
    done = run("list", "--json")
    told = document(done)
    assert (done.exit_code, told["notes"], len(told["locks"])) == (0, [], 2)
    [known] = [one for one in told["locks"] if one["state_path"] == PATH]
    assert (known["level"], known["levels"], known["snoozed_by"], known["channel"]) == (0, 2, ALICE, "C0PLATFORM")
    assert known["alerted_at"]
    assert known["dynamodb"]
    shown = " ".join(run("list").stdout.split())
    assert f"snoozed by {ALICE} until" in shown
    assert "not in the reaper's book yet" in shown


def test_before_the_first_watch_the_reaper_s_targets_are_not_known_and_it_says_so(account: Account) -> None:
    account.reaper(None)
    done = run("list")
    assert (done.exit_code, "name buckets, or --table" in done.stderr) == (2, True)
    account.lock(BUCKET, STATE)
    assert "it has not stored them yet" in run("list", BUCKET).stderr


def test_without_a_reaper_and_without_a_name_there_is_nothing_to_look_at(account: Account) -> None:
    done = run("list")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no stack tflock-reaper-prod in eu-central-1" in done.stderr
    assert "--all" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("A B",), "is not the name of a bucket"),
        (("--table", "a/b"), "is not the name of a table"),
        ((BUCKET, "--all"), "either --all, or"),
        ((BUCKET, "--json", "--csv"), "either --json or --csv"),
        ((BUCKET, "--fail-over", "soon"), "not a duration"),
        ((f"{BUCKET}/\udcff",), "the prefix is not UTF-8"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    done = run("list", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr.replace("\n", " ")
