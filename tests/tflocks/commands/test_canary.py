"""``tflocks doctor --canary`` on an account in memory: what it asks, and that it leaves nothing when it is interrupted.

What it does against a reaper is in ``tests/tflocks/live/canary`` and ``tests/local_cloud/test_canary.py``.
"""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import BUCKET, CHANNEL, some_rules, with_tables
from tests.tflocks.account import STACK, Account, an_account, run
from tflocks.commands.doctor.canary.carrying_out import carry_out
from tflocks.commands.doctor.canary.question import Question
from tflocks.live.canary.waiting import Waiting

pytestmark = pytest.mark.thorough

TABLE = "terraform-locks"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(monkeypatch) as made:
        made.bucket(BUCKET, versioned=True)
        made.lock_table(TABLE)
        made.reaper(with_tables(some_rules()))
        yield made


def test_it_has_a_help_of_its_own() -> None:
    told = run("doctor", "--canary", "--help").stdout
    assert "doctor --canary [OPTIONS]" in told
    assert "--wait-for-click" in told
    assert "--canary" in run("doctor", "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nobody is at a terminal to be asked: say --yes"),
        (("--yes", "--bucket", "Not_A_Bucket"), "bucket"),
        (("--yes", "--bucket", f"{BUCKET}/prod/"), "name the bucket alone"),
        (("--yes", "--table", "no/table"), "is not the name of a table"),
        (("--yes", "--wait-for-click", "soon"), "not a duration"),
        (("--yes", "--report", "/nowhere/canary.json"), "cannot be written"),
    ],
)
def test_a_wrong_command_line_is_refused_before_anything_is_written(arguments: tuple[str, ...], said: str) -> None:
    done = run("doctor", "--canary", *arguments)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr


def test_a_report_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "canary.json"
    file.write_text("mine")
    done = run("doctor", "--canary", "--yes", "--report", str(file))
    assert done.exit_code == 2
    assert file.read_text() == "mine"


def test_without_a_reaper_it_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "canary.txt"
    with an_account(monkeypatch):
        done = run("doctor", "--canary", "--yes", "--report", str(file))
    assert done.exit_code == 1
    assert "no reaper is deployed here" in done.stdout
    assert "name the reaper by --stage or --stack" in done.stdout
    assert "FAILED" in file.read_text()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"bucket": "acme-elsewhere"}, "bucket acme-elsewhere is no target of this reaper"),
        ({"table": "elsewhere"}, "table elsewhere is no target of this reaper"),
        ({"channel": "C0NOWHERE"}, f"name one of these by --channel: {CHANNEL}"),
    ],
)
def test_what_the_rules_do_not_know_is_said_with_what_they_know(
    asked: dict[str, Any], said: str, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert flown(**asked) == 1
    assert said in capsys.readouterr().out
    assert account.objects(BUCKET) == set()


def flown(sleep: Callable[[float], None] = lambda _: None, **asked: Any) -> int:
    given: dict[str, Any] = {
        "bucket": BUCKET,
        "table": "",
        "channel": "",
        "wait_for_click": 0.0,
        "report": None,
        "sure": True,
        "stack": STACK,
    }
    return carry_out(Question(**given | asked), None, None, Waiting(sleep=sleep, share=0.001))


def ctrl_c(_: float) -> None:
    raise KeyboardInterrupt


def sigterm(_: float) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("interrupt", [ctrl_c, sigterm])
def test_interrupted_it_takes_its_lock_away_and_says_so(
    interrupt: Callable[[float], None], account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert flown(interrupt) == 1
    told = capsys.readouterr()
    assert "interrupted: what the canary wrote is removed" in told.err
    assert "removed: 1 lock" in told.err
    kept = account.client("s3").list_object_versions(Bucket=BUCKET)
    assert kept.get("Versions", []) + kept.get("DeleteMarkers", []) == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_deaf_reaper_fails_its_step_and_the_report_names_nobody(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "canary.txt"
    assert flown(report=file) == 1
    told = capsys.readouterr()
    assert "at fault: the notification of the bucket" in told.out
    assert f"do: tflocks connect {BUCKET}" in told.out
    assert BUCKET in told.out
    assert BUCKET not in file.read_text()
    assert account.objects(BUCKET) == set()


def test_it_says_before_it_writes_what_and_where(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert flown(table=TABLE) == 1
    told = capsys.readouterr().err
    assert f"bucket {BUCKET}: below s3://{BUCKET}/tflock-reaper-canary/" in told
    assert f"table {TABLE}: below dynamodb://{TABLE}/{BUCKET}/tflock-reaper-canary/" in told
    assert f"Their alerts are posted in {CHANNEL}" in told
    assert account.items(TABLE) == {}


def test_a_table_is_written_to_only_if_it_is_named(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert flown(bucket="") == 1
    told = capsys.readouterr()
    assert f"bucket {BUCKET}; channel" in told.out
    assert f"table {TABLE}" not in told.err
    assert account.items(TABLE) == {}
