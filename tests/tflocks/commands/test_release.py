import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Asked
from chalicelib.core.alerts.transitions import endings, telling, wishes
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.ports.book import LockBook
from tests.aws_fixtures import REGION
from tests.builders import ALICE, BUCKET, a_claim, a_sending, sample, some_rules
from tests.tflocks.account import LOG_GROUP, Account, an_account, info, run
from tflocks.live.aws import Aws
from tflocks.live.operator import stream_name
from tflocks.sources.clients import session_of

pytestmark = pytest.mark.thorough
"""A whole account in moto for each test: 2 s each."""

STATE = "prod/network/terraform.tfstate"
PATH = f"{BUCKET}/{STATE}"
KEY = f"{STATE}.tflock"
TABLE = "terraform-locks"
APPLY_ID, PLAN_ID = (json.loads(sample(name))["ID"] for name in ("s3-apply-default", "s3-plan-default"))
OPERATOR = "arn:aws:sts::123456789012:user/moto"
DIGEST: dict[str, Any] = {"Digest": {"S": "0" * 32}}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(monkeypatch) as made:
        made.bucket(BUCKET)
        made.lock_table(TABLE)
        made.item(TABLE, f"{PATH}-md5", **DIGEST)
        yield made


def rules(**policy: Any) -> Rules:
    targets = (Target(Kind.S3, BUCKET), Target(Kind.DYNAMODB, TABLE))
    return msgspec.structs.replace(some_rules(**policy), targets=targets)


def held(key: str = STATE) -> HeldLock:
    lock = Aws(session_of(None, None)).locks().read(Place(Kind.S3, BUCKET, f"{key}.tflock"))
    assert lock
    return lock


def alerted(book: LockBook, lock: HeldLock) -> None:
    sending = a_sending(at=datetime.now(UTC))
    book.write(telling.said(lock, sending, Posted("C0PLATFORM", "1.1"))[0])


def dual(account: Account) -> None:
    account.lock(BUCKET, STATE)
    account.item(TABLE, PATH, Info=info())


def rival(account: Account) -> None:
    account.lock(BUCKET, STATE)
    account.item(TABLE, PATH, Info=info("s3-plan-default"))


def locked(account: Account) -> tuple[bool, bool]:
    """Whether the state is locked in S3, and in the table."""
    return KEY in account.objects(BUCKET), PATH in account.items(TABLE)


def test_without_a_reaper_a_dual_lock_is_released_whole_and_it_says_that_nothing_was_journaled(
    account: Account,
) -> None:
    dual(account)
    done = run("release", PATH, "--yes")
    assert (done.exit_code, locked(account)) == (0, (False, False))
    assert account.items(TABLE) == {f"{PATH}-md5": {"LockID": {"S": f"{PATH}-md5"}, **DIGEST}}
    assert "NOT journaled: no reaper is deployed" in done.stderr
    assert f"{PATH}: released" in done.stdout
    assert f"table {TABLE}: released" in done.stdout
    assert "S3: released" in done.stdout


def test_the_lock_is_shown_with_its_evidence_before_anybody_is_asked(account: Account) -> None:
    dual(account)
    account.state(BUCKET, STATE)
    done = run("release", PATH, "--dry-run")
    assert (done.exit_code, locked(account)) == (0, (True, True))
    shown = " ".join(done.stdout.split())
    assert f"kept in table {TABLE} + S3" in shown
    assert "holder root@vm" in shown
    assert f"lock ID {APPLY_ID}" in shown
    assert "evidence" in shown
    assert "digest the table has a digest of the state; it stays" in shown


def test_the_book_the_journal_and_the_order_to_edit_the_alert_name_the_operator_s_aws_identity(
    account: Account,
) -> None:
    dual(account)
    book = account.reaper(rules())
    alerted(book, held())
    done = run("release", PATH, "--id", APPLY_ID)
    assert (done.exit_code, locked(account)) == (0, (False, False))
    page = book.find(held_page(book).lock.ref)
    assert page
    assert page.ending
    assert (page.ending.outcome, page.ending.user, page.told) == (Outcome.RELEASED, OPERATOR, False)
    lines = account.journaled()
    assert {line["event"] for line in lines} == {"release_requested", "lock_released", "release_answered"}
    assert {line["operator"] for line in lines} == {OPERATOR}
    assert not any("slack_user" in line for line in lines)
    assert "end an undo" in {order["order"] for order in account.ordered()}
    assert "its alert in Slack: it is edited in a few seconds" in done.stderr
    assert "NOT journaled" not in done.stderr


def held_page(book: LockBook) -> Any:
    [page] = [page for page in book.open_pages() if page.lock.ref.place.kind is Kind.S3]
    return page


def test_the_journal_s_lines_are_in_a_stream_named_after_the_operator(account: Account) -> None:
    account.lock(BUCKET, STATE)
    account.reaper(rules())
    run("release", PATH, "--yes")
    [stream] = account.client("logs").describe_log_streams(logGroupName=LOG_GROUP)["logStreams"]
    assert stream["logStreamName"] == "tflocks/123456789012/user/moto"
    hostile = "arn:aws:sts::1:assumed-role/R/a:b*c\x1b" + "x" * 600
    assert stream_name(hostile).startswith("tflocks/1/assumed-role/R/a_b_c_x")
    assert len(stream_name(hostile)) == 512


def test_without_a_journal_it_is_released_and_says_clearly_that_it_was_not_journaled(account: Account) -> None:
    account.lock(BUCKET, STATE)
    account.reaper(rules())
    account.client("logs").delete_log_group(logGroupName=LOG_GROUP)
    done = run("release", PATH, "--yes")
    assert (done.exit_code, locked(account)[0]) == (0, False)
    assert "NOT journaled: CloudWatch Logs" in done.stderr


def test_without_the_queue_the_next_watch_is_said_to_edit_the_alert(account: Account) -> None:
    account.lock(BUCKET, STATE)
    alerted(account.reaper(rules()), held())
    sqs = account.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="tflock-clicks-prod")["QueueUrl"])
    done = run("release", PATH, "--yes")
    assert done.exit_code == 0
    assert "the next watch edits it, within 15 minutes" in done.stderr


def test_without_the_lock_book_nothing_is_released(account: Account) -> None:
    account.lock(BUCKET, STATE)
    account.reaper(rules())
    account.client("dynamodb").delete_table(TableName="book")
    done = run("release", PATH, "--yes", "--table", TABLE)
    assert (done.exit_code, locked(account)[0]) == (1, True)
    assert "the lock book could not be reached" in done.stderr


def test_another_lock_than_the_one_named_stays(account: Account) -> None:
    dual(account)
    done = run("release", PATH, "--id", PLAN_ID)
    assert (done.exit_code, locked(account)) == (1, (True, True))
    assert f"no lock of this state has the ID {PLAN_ID}; the state is held by root@vm (ID {APPLY_ID}" in done.stderr


def test_of_two_holders_none_is_released_unless_it_is_said_which(account: Account) -> None:
    rival(account)
    done = run("release", PATH, "--yes")
    assert (done.exit_code, locked(account)) == (1, (True, True))
    assert "more than one holds the state" in done.stderr
    assert APPLY_ID in done.stderr
    assert PLAN_ID in done.stderr
    dry = run("release", PATH, "--dry-run", "--half", "dynamodb")
    assert f"dry run: the lock of root@vm (ID {PLAN_ID}, in table {TABLE}) would be released" in dry.stderr
    done = run("release", PATH, "--yes", "--half", "dynamodb")
    assert (done.exit_code, locked(account)) == (0, (True, False))
    assert f"another lock on it was left alone, of root@vm (ID {APPLY_ID}, in S3)" in done.stderr


def test_the_id_says_which_of_two_holders_is_meant(account: Account) -> None:
    rival(account)
    assert run("release", PATH, "--id", APPLY_ID).exit_code == 0
    assert locked(account) == (False, True)


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_lock_is_released_which_force_unlock_cannot(account: Account, body: bytes) -> None:
    account.lock(BUCKET, STATE, body=body)
    assert run("release", PATH, "--yes").exit_code == 0
    assert not locked(account)[0]


ODD_ITEMS: dict[str, dict[str, Any]] = {
    "missing": {},
    "a number": {"Info": {"N": "1"}},
    "null": {"Info": {"NULL": True}},
    "a map": {"Info": {"M": {"x": {"S": "y"}}}},
    "bytes": {"Info": {"B": b"\x00\xff"}},
    "empty": {"Info": {"S": ""}},
    "no JSON": {"Info": {"S": "\x1b[2J"}},
}


@pytest.mark.parametrize("attributes", ODD_ITEMS.values(), ids=ODD_ITEMS)
def test_an_odd_item_is_released_with_its_bytes_kept_in_a_file(
    account: Account, attributes: dict[str, Any], tmp_path: Path
) -> None:
    account.item(TABLE, PATH, **attributes)
    kept = tmp_path / "kept.json"
    done = run("release", PATH, "--yes", "--keep", str(kept))
    assert (done.exit_code, locked(account)) == (0, (False, False))
    [one] = json.loads(kept.read_text())
    assert one["address"] == f"dynamodb://{TABLE}/{PATH}"
    assert one["object"]["body"]
    assert done.stdout.replace("\n", "").isprintable()


def test_what_is_no_lock_and_could_not_come_back_is_released_only_when_it_is_kept(
    account: Account, tmp_path: Path
) -> None:
    account.lock(BUCKET, STATE, body=b"<html>")
    done = run("release", PATH, "--yes")
    assert (done.exit_code, locked(account)[0]) == (1, True)
    assert "keep it with --keep FILE" in done.stderr
    (tmp_path / "there").write_text("mine")
    assert run("release", PATH, "--yes", "--keep", str(tmp_path / "there")).exit_code == 2
    assert run("release", PATH, "--yes", "--keep", str(tmp_path / "kept")).exit_code == 0
    assert not locked(account)[0]


def test_an_item_with_a_digest_beside_its_lock_is_never_released(account: Account, tmp_path: Path) -> None:
    account.item(TABLE, PATH, Info=info(), **DIGEST)
    done = run("release", PATH, "--id", APPLY_ID, "--keep", str(tmp_path / "kept"))
    assert (done.exit_code, locked(account)[1]) == (1, True)
    assert "a digest is never deleted" in done.stderr


def test_what_may_be_a_state_is_never_released(account: Account) -> None:
    state = b'{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","outputs":{},"resources":[]}'
    account.lock(BUCKET, STATE, body=state)
    assert (run("release", PATH, "--yes").exit_code, locked(account)[0]) == (1, True)


def test_an_unlocked_state_is_said_to_be_so(account: Account) -> None:
    done = run("release", PATH, "--yes")
    assert (done.exit_code, "the state is not locked" in done.stderr) == (1, True)


def test_where_a_half_may_be_unseen_nothing_is_released_without_saying_which_half(account: Account) -> None:
    account.lock(BUCKET, STATE)
    done = run("release", PATH, "--yes", "--table", "no-such-table")
    assert (done.exit_code, locked(account)[0]) == (1, True)
    assert "a half may be where you could not look" in done.stderr
    assert run("release", PATH, "--yes", "--table", "no-such-table", "--half", "s3").exit_code == 0


def test_where_no_lock_is_seen_and_a_place_could_not_be_looked_at_nobody_is_told_to_release_what_they_see(
    account: Account,
) -> None:
    assert account  # nothing is locked, and there is no such bucket
    done = run("release", f"no-such-bucket/{STATE}", "--yes")
    assert done.exit_code == 1
    assert "no lock was seen, but not every place could be looked at" in done.stderr
    assert "--half" not in done.stderr


def test_nobody_at_a_terminal_is_a_usage_error(account: Account) -> None:
    account.lock(BUCKET, STATE)
    done = run("release", PATH)
    assert (done.exit_code, locked(account)[0]) == (2, True)
    assert "nobody is at a terminal to be asked" in done.stderr.replace("\n", " ")


def test_where_a_release_takes_two_people_nobody_asked_for_it_only_alone(account: Account) -> None:
    account.lock(BUCKET, STATE)
    account.reaper(rules(second_person=True))
    done = run("release", PATH, "--yes")
    assert (done.exit_code, locked(account)[0]) == (1, True)
    assert "takes two people" in done.stderr
    assert run("release", PATH, "--yes", "--alone").exit_code == 0


def test_a_release_that_somebody_asked_for_in_slack_is_approved_by_the_operator(account: Account) -> None:
    account.lock(BUCKET, STATE)
    book = account.reaper(rules(second_person=True))
    lock = held()
    book.write(wishes.ask(lock, Asked(ALICE, datetime.now(UTC), "click 1")))
    assert run("release", PATH, "--yes").exit_code == 0
    page = book.find(lock.ref)
    assert page
    assert page.ending
    assert (page.ending.user, page.ending.approved) == (OPERATOR, ALICE)


def test_while_a_click_s_delete_may_be_on_its_way_nothing_is_done(account: Account) -> None:
    account.lock(BUCKET, STATE)
    book = account.reaper(rules())
    claim = a_claim(ALICE, datetime.now(UTC) + timedelta(seconds=50))
    book.write(endings.begin_release(held(), claim, None, None))
    done = run("release", PATH, "--yes")
    assert (done.exit_code, locked(account)[0]) == (1, True)
    assert "another release of this lock may be on its way until" in done.stderr


def test_a_lock_that_is_there_although_the_book_says_it_ended_is_released(account: Account) -> None:
    account.lock(BUCKET, STATE)
    book = account.reaper(rules())
    ending = Ending(outcome=Outcome.GONE, at=datetime.now(UTC) - timedelta(hours=1))
    book.write(endings.end(held(), ending))
    assert run("release", PATH, "--yes").exit_code == 0
    assert not locked(account)[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("A B/x", "--yes"), "is not the name of a bucket"),
        ((BUCKET, "--yes"), "no state key after the bucket"),
        ((PATH, "--id", ""), "an empty ID names no lock"),
        ((PATH, "--yes", "--half", "both"), "is not one of"),
        ((PATH, "--yes", "--table", "\x1b"), "is not the name of a table"),
        ((PATH, "--yes", "--keep", "/no/such/folder/x"), "cannot be written"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    done = run("release", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("region", ["us-east-1", REGION])
def test_a_named_table_is_the_one_that_the_reaper_knows(account: Account, region: str) -> None:
    account.lock_table("locks", region)
    account.item("locks", PATH, region, Info=info())
    account.reaper(msgspec.structs.replace(some_rules(), targets=(Target(Kind.DYNAMODB, "locks", region=region),)))
    done = run("release", PATH, "--table", "locks", "--yes")
    told = f"table locks ({region})" if region != REGION else "table locks"
    assert (done.exit_code, f"kept in    {told}\n" in done.stdout) == (0, True)
    assert "already gone" not in done.stdout
