"""The lines that people are told to look for are really written, with the error that they are about."""

import ast
import io
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import app
from chalicelib import first_line, wiring, wiring_rules
from chalicelib.aws import metrics
from chalicelib.aws.book.joint.joint_book import DynamoJointBook
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.nightly.doctor_book import DynamoDoctorBook
from chalicelib.aws.book.nightly.night_book import DynamoNightBook
from chalicelib.aws.book.rules_book import store
from chalicelib.aws.journal import LogJournal
from chalicelib.aws.locks.listing.only_locks import prepare
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.measure import Measurement
from chalicelib.core.doctor.weekly.memory import Remembered
from chalicelib.core.nights.night import Ordered
from chalicelib.jobs.sweep import SweepIncompleteError
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.book import BookError
from chalicelib.version import this_version
from tests.app.account import Remaining, a_batch, an_account, form, send
from tests.app.test_commands import a_page_turn, command
from tests.aws.events.test_s3 import a_body
from tests.book_writes import say
from tests.builders import BUCKET, CHANNEL, KEY, TAKEN, a_lock, a_ref, a_sending, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.sweeps import sweep

ROOT = Path(__file__).parents[2]
MODULES = [ROOT / "app.py", *sorted(path for room in ("chalicelib", "deploy") for path in (ROOT / room).rglob("*.py"))]
METHODS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
# Of a call of the logger itself; everything else that is named becomes an attribute of the record.
OF_THE_CALL = {"exc_info", "stack_info", "stacklevel", "extra"}
RESERVED = {*vars(logging.makeLogRecord({})), "message", "asctime", "level", "location", "timestamp", "service"}


def log_calls(path: Path) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [call for call in calls if _is_of_a_logger(call.func)]


def _is_of_a_logger(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in METHODS
        and "log" in ast.unparse(function.value).lower().rpartition(".")[2]
    )


def names_given(call: ast.Call) -> list[str | None]:
    """What the call adds to the record; None where that cannot be read off the source."""
    extras = [keyword.value for keyword in call.keywords if keyword.arg == "extra"]
    named: list[str | None] = [keyword.arg for keyword in call.keywords if keyword.arg not in OF_THE_CALL]
    for extra in extras:
        keys: list[ast.expr | None] = extra.keys if isinstance(extra, ast.Dict) else [None]
        named += [str(key.value) if isinstance(key, ast.Constant) else None for key in keys]
    return named


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_line_of_the_log_uses_a_name_that_logging_reserves(path: Path) -> None:
    for call in log_calls(path):
        for name in names_given(call):
            assert name is not None, f"write the names out, so that they can be checked: {ast.unparse(call)}"
            assert name not in RESERVED, f"{name} is reserved: {ast.unparse(call)}"


@pytest.mark.parametrize("name", ["message", "name", "args", "module", "process", "thread", "filename", "msg"])
def test_the_guard_knows_the_names_that_make_logging_raise(name: str) -> None:
    call = ast.parse(f"logger.warning('x', {name}=1)").body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert _is_of_a_logger(call.value.func)
    assert set(names_given(call.value)) <= RESERVED


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with an_account(tmp_path_factory.mktemp("config")):
        yield


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that the functions write, as Lambda would show it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(app.logger.registered_formatter)
    loggers = [logging.getLogger("service_undefined"), logging.getLogger(metrics.__name__)]
    for one in loggers:
        one.addHandler(handler)
    for built in (wiring.journal, wiring.world, wiring.lock_book):
        built.cache_clear()
    yield written
    for one in loggers:
        one.removeHandler(handler)


class Journaled:
    """A world of fakes but for the journal, whose lines go where the log goes."""

    def __init__(self, log: io.StringIO) -> None:
        self.world = FakeWorld(TAKEN)
        self.world.journal = LogJournal(log, EmfMetrics("test"))  # type: ignore[assignment]
        self.world.store.put(BUCKET, KEY, sample("s3-apply-default"))
        self.world.later(hours=3)

    def sweep(self) -> None:
        with pytest.raises(SweepIncompleteError):
            sweep(some_rules().targets[0], self.world.ports, some_rules(), self.world.now)


def not_recorded(_: io.StringIO) -> None:
    app.record_lock_event(a_batch("nonsense from a proxy"), Remaining())


def turned_away(_: io.StringIO) -> None:
    send("/slack/actions", form(), **{"X-Slack-Signature": "v0=" + "0" * 64})


def of_another_team(_: io.StringIO) -> None:
    send("/slack/actions", form(team={"id": "T0OTHER"}))


def unanswered_command(_: io.StringIO) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCK_BOOK_TABLE", "no-such-table")
        _forget_the_table()
        send("/slack/commands", command())
    _forget_the_table()


def page_not_shown(_: io.StringIO) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCK_BOOK_TABLE", "no-such-table")
        _forget_the_table()
        send("/slack/actions", a_page_turn(response_url="https://hooks.slack.com/actions/x"))
    _forget_the_table()


def _forget_the_table() -> None:
    for built in (wiring.table, wiring.lock_list, wiring.group_book):
        built.cache_clear()


def unreadable_page(_: io.StringIO) -> None:
    table = boto3.resource("dynamodb").Table("book")
    page: dict[str, Any] = {
        "StatePath": "acme/x",
        "LockIdentity": "x",
        "HeldSince": "x",
        "Home": "x",
        "Form": 1,
        "Lock": "{",
    }
    table.put_item(Item=page)
    DynamoLockBook(table).open_pages()
    table.delete_item(Key={name: page[name] for name in ("StatePath", "LockIdentity")})


def unreadable_joint(_: io.StringIO) -> None:
    table = boto3.resource("dynamodb").Table("book")
    table.put_item(Item={"StatePath": "#joints", "LockIdentity": "a broken one", "Joint": b"x", "Version": 1})
    assert DynamoJointBook(table).open() == []
    table.delete_item(Key={"StatePath": "#joints", "LockIdentity": "a broken one"})


def no_click(_: io.StringIO) -> None:
    app.answer_click(a_batch('{"verb":"escalate","reply_to":"nowhere"}'), None)


def ending_untold(_: io.StringIO) -> None:
    book, lock = DynamoLockBook(boto3.resource("dynamodb").Table("book")), a_lock(key="untold.tflock")
    sending = a_sending(at=TAKEN, channel=CHANNEL)
    book.write(telling.claim(lock, sending))
    say(book, lock, sending, Posted(CHANNEL, "1.1"))
    app.record_lock_event(a_batch(a_body("ObjectRemoved:Delete", "untold.tflock")), Remaining(120_000, 0))


def unreadable_result_of_a_click(_: io.StringIO) -> None:
    table = boto3.resource("dynamodb").Table("book")
    table.put_item(Item={"StatePath": "#joint results a 1", "LockIdentity": "000007", "Results": {"no result"}})
    DynamoJointBook(table).results("a", "1")


def unreadable_result_of_a_night(_: io.StringIO) -> None:
    table = boto3.resource("dynamodb").Table("book")
    nights = DynamoNightBook(table)
    nights.begin(TAKEN, [Ordered("s3:::a", "1")])
    [night] = [item["StatePath"] for item in table.scan()["Items"] if item["LockIdentity"] == "ordered 000000"]
    table.put_item(Item={"StatePath": night, "LockIdentity": "result s3:::a", "Result": "no result"})
    nights.read(TAKEN)


def unreadable_memory_of_a_look(_: io.StringIO) -> None:
    table = boto3.resource("dynamodb").Table("book")
    DynamoDoctorBook(table).note(Remembered(subject="bucket a", at=TAKEN))
    [item] = [item for item in table.scan()["Items"] if item["LockIdentity"] == "bucket a"]
    table.put_item(Item=item | {"Known": "no memory"})
    DynamoDoctorBook(table).remembered()


def rules_not_stored(_: io.StringIO) -> None:
    store(boto3.resource("dynamodb").Table("no-such-table"), b"{}")


def found_unknown(_: io.StringIO) -> None:
    wiring_rules.found_unknown(BookError("the lock book could not be reached"))


def metrics_lost(_: io.StringIO) -> None:
    measured = EmfMetrics("test")
    measured.add(Measurement("", 1))
    measured.flush()


def pages_not_cut(log: io.StringIO) -> None:
    assert not prepare(object())


def sweep_failed(log: io.StringIO) -> None:
    held = Journaled(log)
    held.world.store.buckets_refused[BUCKET] = "there is no such bucket"
    sweep(some_rules().targets[0], held.world.ports, some_rules(), held.world.now)


def alert_failed(log: io.StringIO) -> None:
    held = Journaled(log)
    held.world.messenger.refusing = "Slack answered is_archived"
    sweep(some_rules().targets[0], held.world.ports, some_rules(), held.world.now)


def sweep_finished(log: io.StringIO) -> None:
    held = Journaled(log)
    held.world.store.keys_failing.add(KEY)
    held.sweep()


def watch_incomplete(log: io.StringIO) -> None:
    held = Journaled(log)
    held.world.book.write(telling.remember(a_lock()))
    held.world.messenger.refusing = "Slack answered invalid_auth"
    with pytest.raises(WatchIncompleteError) as caught:
        watch(held.world.ports, some_rules(), held.world.now)
    log.write(repr(caught.value))  # as Lambda does with what leaves a function


def process_started(_: io.StringIO) -> None:
    first_line.write()


LINES: dict[str, list[tuple[Callable[[io.StringIO], None], str]]] = {
    "started": [(process_started, f"{this_version().number}.*{this_version().commit[:40]}")],
    "an S3 notification was not recorded": [(not_recorded, "JSONDecodeError|DecodeError|malformed")],
    "slack request turned away": [(turned_away, "signature does not fit"), (of_another_team, "T0OTHER")],
    "/tflocks could not be answered": [(unanswered_command, "ResourceNotFoundException")],
    "a page of /tflocks could not be shown": [(page_not_shown, "ResourceNotFoundException")],
    "a lock is not looked after": [(unreadable_page, "acme/x.*DecodeError|DecodeError.*acme/x")],
    "a joint alert cannot be read": [(unreadable_joint, "a broken one.*Error|Error.*a broken one")],
    "the result of one lock cannot be read": [(unreadable_result_of_a_click, "000007.*Error|Error.*000007")],
    "the result of one target cannot be read": [(unreadable_result_of_a_night, "s3:::a.*Error|Error.*s3:::a")],
    "what the doctor knew of a subject cannot be read": [
        (unreadable_memory_of_a_look, "bucket a.*Error|Error.*bucket a")
    ],
    "a click was not carried out": [(no_click, "unknown.*escalate|missing")],
    "messages that do not say yet that their lock is gone": [(ending_untold, "untold.*no time")],
    "tflocks may not know the newest rules": [(rules_not_stored, "ResourceNotFoundException")],
    "what the target rules found is not known just now": [(found_unknown, "could not be reached")],
    "listing pages are parsed whole": [(pages_not_cut, "botocore has changed")],
    "metrics were not written": [(metrics_lost, "Error")],
    "sweep_failed": [(sweep_failed, "there is no such bucket")],
    "alert_failed": [(alert_failed, "is_archived")],
    "sweep_finished": [(sweep_finished, re.escape(a_ref().place.key))],
    "WatchIncompleteError": [(watch_incomplete, "invalid_auth")],
}
"""What operating.md names, or a function may write: how it comes to be written, and what of the error is in it."""


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("line", LINES)
def test_a_line_that_people_look_for_is_written_with_the_error_it_is_about(line: str, log: io.StringIO) -> None:
    for provoke, about in LINES[line]:
        log.seek(0)
        log.truncate()
        provoke(log)
        [written] = [one for one in log.getvalue().splitlines() if line in one]
        assert re.search(about, written)


def test_every_line_that_operating_md_names_is_provoked_here() -> None:
    told = (ROOT / "docs" / "operating.md").read_text()
    named = set(re.findall(r"look for `([^`]+)`", told)) | {name for name in LINES if f"`{name}" in told}
    assert named <= LINES.keys()
    assert {"an S3 notification was not recorded", "slack request turned away"} <= named


def test_every_line_that_a_function_can_write_is_provoked_here_and_named_in_operating_md() -> None:
    told = (ROOT / "docs" / "operating.md").read_text()
    for path in MODULES:
        if path.name == "passed_over.py":  # whose line is about a shape, in words of its own: tests/aws
            continue
        for call in log_calls(path):
            text = _text(call)
            assert any(text.startswith(line) for line in LINES), text
            assert any(text.startswith(line) and f"`{line}" in told for line in LINES), f"operating.md lacks: {text}"


def _text(call: ast.Call) -> Any:
    first = call.args[0]
    assert isinstance(first, ast.Constant)
    return first.value
