"""``tflocks doctor --canary`` against the deployed reaper: it passes, and each broken part fails the right step."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.canary import FOLDER
from demo.deployed import ALICE, STAGE, DeployedReaper
from demo.local_cloud import ACCOUNT
from demo.terraform import LOCK_TABLE
from demo.waiting import wait_for
from tests.local_cloud.careless_s3 import a_careless_s3
from tests.local_cloud.conftest import UNWIRED, VERSIONED, channel_of
from tests.local_cloud.steps import click, function_named
from tflocks.commands.doctor.canary.carrying_out import carry_out
from tflocks.commands.doctor.canary.question import Question
from tflocks.live.canary.waiting import Waiting

CHANNEL = channel_of("canary")
_FOLDER = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class _Impatient(Waiting):
    """Waits as long as a busy machine needs, but not for what will never come."""

    never: str = ""
    person: "_Person | None" = None

    def until(self, wanted: str, look: Callable[[], Any], limit: float) -> Any:
        if wanted == "somebody clicked":
            return super().until(wanted, look, 60 if self.person and self.person.look() else 0)
        return super().until(wanted, look, 3 if wanted == self.never else min(limit, 60))


@pytest.fixture
def fly(
    reaper: DeployedReaper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Have a canary fly; its exit status and what an operator reads."""
    for name, value in reaper.cloud.environment.items():
        monkeypatch.setenv(name, value)

    def carried(never: str = "", person: _Person | None = None, **asked: Any) -> tuple[int, str]:
        wanted: dict[str, Any] = {
            "bucket": VERSIONED,
            "table": "",
            "channel": CHANNEL,
            "wait_for_click": 1.0,
            "report": None,
            "sure": True,
            "stack": f"tflock-reaper-{STAGE}",
        }
        status = carry_out(Question(**wanted | asked), None, None, _Impatient(every=0.2, never=never, person=person))
        return status, capsys.readouterr().out

    reaper.watch()  # stores the rules
    return carried


def canaries(reaper: DeployedReaper, bucket: str = VERSIONED) -> list[str]:
    """All that a bucket keeps of canaries: locks, versions and delete markers."""
    told = reaper.cloud.client("s3").list_object_versions(Bucket=bucket, Prefix=f"{FOLDER}/")
    return [one["Key"] for one in (*told.get("Versions", []), *told.get("DeleteMarkers", []))]


def test_killed_on_its_way_it_is_cleaned_up_by_the_next_run_which_passes_by_a_click_and_by_an_order(
    reaper: DeployedReaper, fly: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    given = ["doctor", "--canary", "--yes", "--stage", STAGE, "--bucket", VERSIONED, "--channel", CHANNEL]
    program = f"from tflocks.main import main; main({given!r})"
    killed = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-c", program],
        cwd=_FOLDER,
        env=reaper.cloud.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for("its first lock is there", lambda: [key for key in canaries(reaper) if "/first." in key])
    killed.kill()
    killed.wait()
    report = tmp_path / "canary.json"
    status, told = fly(table=LOCK_TABLE, report=report, person=_Person(reaper))
    assert status == 0, told
    assert "released by U0ALICE" in told
    assert "released, by an order" in told
    assert "removed: 1 lock," in told
    assert canaries(reaper) == []
    written = report.read_text()
    document = json.loads(written)
    assert document["passed"]
    proven = {one["claim"]: one["verdict"] for one in document["assumptions"]}
    assert (
        proven["S3 form-encodes the keys in its notifications: one with blanks, +, % and é is told as it is"]
        == "proven"
    )
    assert proven["S3 tells which role released a lock"] == "proven"
    for name in (VERSIONED, LOCK_TABLE, CHANNEL, ACCOUNT, ALICE.id, reaper.outputs["LockBookTable"]):
        assert name not in written


class _Person:
    """Clicks on Release beneath the first alert of the canary's channel, and on no other."""

    def __init__(self, reaper: DeployedReaper) -> None:
        self._reaper = reaper
        self._seen = {one.ts for one in reaper.slack.messages(CHANNEL)}
        self.clicked = False

    def look(self) -> bool:
        """Look whether there is something to click on; return whether they clicked just now."""
        if self.clicked:
            return False
        [new] = [one for one in self._reaper.slack.messages(CHANNEL) if one.ts not in self._seen]
        click(self._reaper, new)
        self.clicked = True
        return True


Break = Callable[[DeployedReaper], AbstractContextManager[object]]


def mapping_of(function: str) -> Break:
    """The event source mapping of a function is off."""

    @contextmanager
    def off(reaper: DeployedReaper) -> Iterator[None]:
        functions = reaper.cloud.client("lambda")
        name = function_named(reaper.cloud, function)
        [mapping] = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        try:
            yield
        finally:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    return off


@contextmanager
def wrong_token(reaper: DeployedReaper) -> Iterator[None]:
    """Slack does not take the bot's token."""
    with reaper.slack.down("invalid_auth"):
        yield


@contextmanager
def no_app_in_channel(reaper: DeployedReaper) -> Iterator[None]:
    """The app is not in the channel."""
    reaper.slack.refuse_in(CHANNEL, "not_in_channel")
    try:
        yield
    finally:
        reaper.slack.refuse_in(CHANNEL, "")


@contextmanager
def no_right_to_delete(reaper: DeployedReaper) -> Iterator[None]:
    """The role of release_lock may delete nothing."""
    iam = reaper.cloud.client("iam")
    function = reaper.cloud.client("lambda").get_function_configuration(
        FunctionName=function_named(reaper.cloud, "ReleaseLock")
    )
    role = function["Role"].rpartition("/")[2]
    deny = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName="broken", PolicyDocument=policy)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="broken")


@contextmanager
def watch_off(reaper: DeployedReaper) -> Iterator[None]:
    """The watch may not run: its concurrency is zero."""
    functions, name = reaper.cloud.client("lambda"), reaper.outputs["WatchLocksFunction"]
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        functions.delete_function_concurrency(FunctionName=name)


def careless_s3(monkeypatch: pytest.MonkeyPatch) -> Break:
    @contextmanager
    def between(reaper: DeployedReaper) -> Iterator[None]:
        with a_careless_s3(reaper.cloud.url) as address:
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
            yield

    return between


_NEVER_HEARD, _NEVER_ALERTED = "the journal has the acquire", "its alert was posted"
BROKEN: dict[str, tuple[Break, dict[str, Any], str, str]] = {
    "no notification": (
        nullcontext,
        {"bucket": UNWIRED, "never": _NEVER_HEARD},
        "the journal has the acquire",
        "the notification of the bucket",
    ),
    "events not taken": (
        mapping_of("RecordLockEvent"),
        {"never": _NEVER_HEARD},
        "the journal has the acquire",
        "the event source mapping of record_lock_event",
    ),
    "silent stream": (
        mapping_of("TableChanged"),
        {"bucket": "", "table": LOCK_TABLE, "never": _NEVER_HEARD},
        "the journal has the acquire",
        "the event source mapping of table_changed",
    ),
    "wrong token": (wrong_token, {}, "its alert stands in the channel", "Slack, or the bot token"),
    "no app in the channel": (no_app_in_channel, {}, "its alert stands in the channel", "the channel"),
    "watch off": (
        watch_off,
        {"never": _NEVER_ALERTED},
        "its alert stands in the channel",
        "the function watch_locks",
    ),
    "no right to delete": (
        no_right_to_delete,
        {},
        "the very lock is released",
        "the rights of release_lock's role",
    ),
    "releases not taken": (
        mapping_of("ReleaseLock"),
        {"never": "it is released"},
        "the very lock is released",
        "the event source mapping of release_lock",
    ),
    "a bucket that is no target": (
        nullcontext,
        {"bucket": "acme-elsewhere"},
        "the reaper's rules have the target",
        "reaper.toml",
    ),
    "a channel that the rules do not know": (
        nullcontext,
        {"channel": "C0NOWHERE"},
        "the reaper's rules have the target",
        "--channel",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_reaper_fails_at_the_right_step_and_nothing_is_left(
    name: str, reaper: DeployedReaper, fly: Callable[..., tuple[int, str]]
) -> None:
    broken, asked, step, part = BROKEN[name]
    with broken(reaper):
        status, told = fly(**asked)
    assert status == 1
    _failed_at(told, step, part)
    assert [canaries(reaper, bucket) for bucket in (VERSIONED, UNWIRED)] == [[], []]


def test_a_store_that_ignores_conditions_fails_before_anything_else(
    reaper: DeployedReaper, fly: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with careless_s3(monkeypatch)(reaper):
        status, told = fly()
    assert status == 1
    _failed_at(told, "a put over a lock, and a delete of another lock, are refused", "the store")
    assert canaries(reaper) == []


def _failed_at(told: str, step: str, part: str) -> None:
    lines = told.splitlines()
    failed = [number for number, line in enumerate(lines) if line.startswith("FAILED")]
    assert len(failed) == 1, told
    assert step in lines[failed[0]], told
    assert f"at fault: {part}" in lines[failed[0] + 1], told
    assert "do: " in lines[failed[0] + 2], told
