from datetime import UTC, datetime, timedelta
from typing import Any

import click
import msgspec
import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.insights import MOST_ROWS
from chalicelib.core.audit.line import JournalLine, LineKind, of_lock
from chalicelib.core.audit.window import Window
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from tests.aws_fixtures import create_bucket
from tests.builders import sample
from tests.tflocks.fake_logs import FakeLogs, refused
from tests.tflocks.lock_bucket import BUCKET, STATE, delete, denied, put
from tests.tflocks.story import PATH, acquired, at, lock, released, seen
from tflocks.commands.history.finding import find_history
from tflocks.holds.history import History
from tflocks.holds.ranking import rank
from tflocks.holds.scope import Scope
from tflocks.sources.bucket import BucketSource
from tflocks.sources.journal import JournalSource
from tflocks.sources.lock_versions import list_versions

ALWAYS = Window(at(-60 * 24 * 30), at(60 * 24 * 30))


def journal(logs: FakeLogs, log_group: str = "/tflock-reaper/prod", most_rows: int = MOST_ROWS) -> JournalSource:
    return JournalSource(logs, log_group, [].append, most_rows)  # type: ignore[arg-type]


def of_state(
    s3: Any, logs: FakeLogs | None = None, state: str = STATE, bucket: str = BUCKET, window: Window = ALWAYS
) -> History:
    scope = Scope(bucket=bucket, key=state, window=window)
    return find_history(scope, journal(logs or FakeLogs()), BucketSource(s3))


def of_bucket(logs: JournalSource, s3: Any = None, bucket: str = BUCKET, window: Window = ALWAYS) -> History:
    return find_history(Scope(bucket=bucket, window=window), logs, BucketSource(s3))


def test_both_sources_are_read_and_the_cost_is_told(s3: Any) -> None:
    put(s3, "s3-plan-default")
    delete(s3)
    found = of_state(s3, FakeLogs([acquired("a", 1), released("a", 2, since=1), acquired("b", 1, "other/x")]))
    assert sorted(hold.source for hold in found.holds) == ["journal", "versions"]
    assert found.gaps == []
    assert found.notes == ("journal: 3 lines (300 bytes) scanned by Logs Insights in /tflock-reaper/prod",)


def test_without_the_journal_the_versions_are_shown_and_it_says_so(s3: Any) -> None:
    put(s3)
    found = of_state(s3, FakeLogs(error=refused("AccessDeniedException")))
    assert [hold.source for hold in found.holds] == ["versions"]
    assert "the journal was not read" in found.gaps[0]


def test_without_the_bucket_the_journal_is_shown_and_it_says_so(s3: Any) -> None:
    found = of_state(s3, FakeLogs([acquired("a", 1, "acme-gone/x")]), "x", "acme-gone")
    assert [hold.still_held for hold in found.holds] == [True]
    assert "no such bucket): shown is what the journal tells" in found.gaps[0]


def test_a_bucket_that_keeps_no_versions_is_named(s3: Any) -> None:
    create_bucket(s3, "acme-plain")
    found = of_state(s3, FakeLogs([acquired("a", 1, "acme-plain/x")]), "x", "acme-plain")
    assert "versions: acme-plain keeps none, so of its past only the journal knows" in found.notes
    assert not found.holds[0].still_held


@pytest.mark.parametrize("logs", [FakeLogs(), FakeLogs(error=refused("ResourceNotFoundException"))])
def test_with_nothing_to_show_of_a_bucket_that_is_not_there_the_command_fails(s3: Any, logs: FakeLogs) -> None:
    with pytest.raises(click.ClickException, match="there is no such bucket"):
        of_state(s3, logs, "x", "acme-gone")


def test_when_neither_can_be_read_the_command_fails_with_what_each_said() -> None:
    logs = FakeLogs(error=refused("AccessDeniedException"))
    with denied("list_object_versions") as s3, pytest.raises(click.ClickException) as failed:
        of_state(s3, logs)
    assert "the journal: log group /tflock-reaper/prod: access denied: this takes logs:StartQuery" in str(failed.value)
    assert "asked in eu-central-1: --region or AWS_REGION chooses another" in str(failed.value)
    assert "the lock's versions: listing the versions of" in str(failed.value)


def test_without_the_journal_a_bucket_without_versions_tells_nothing_and_the_command_fails(s3: Any) -> None:
    create_bucket(s3, "acme-plain")
    logs = FakeLogs(error=refused("AccessDeniedException"))
    with pytest.raises(click.ClickException, match=r"access denied.*; the lock's versions: acme-plain keeps none"):
        of_state(s3, logs, "x", "acme-plain")
    assert of_state(s3, logs, "x").holds == []  # a versioned bucket would know
    s3.put_object(Bucket="acme-plain", Key="x.tflock", Body=sample("s3-plan-default"))
    [held] = of_state(s3, logs, "x", "acme-plain").holds
    assert (held.still_held, held.plain_operation) == (True, "plan")


def test_one_of_the_two_that_finds_nothing_is_an_answer_and_the_other_s_gap_is_told() -> None:
    with denied("list_object_versions") as s3:
        found = of_state(s3, FakeLogs())
    assert found.holds == []
    assert "access denied: your credentials may not s3:ListBucketVersions" in found.gaps[0]


def test_what_aws_and_others_wrote_does_nothing_to_the_terminal() -> None:
    evil = "\x1b]0;x\x07\u202e"
    logs = FakeLogs(error=ClientError({"Error": {"Code": "Odd", "Message": evil}}, "StartQuery"))
    with pytest.raises(click.ClickException) as failed:
        of_bucket(journal(logs, f"g{evil}"))
    assert str(failed.value).isprintable()
    with denied("list_object_versions", "Odd", evil) as s3, pytest.raises(click.ClickException) as failed:
        of_state(s3, logs, evil)
    assert str(failed.value).isprintable()


def test_a_whole_bucket_is_read_from_the_journal() -> None:
    logs = FakeLogs([acquired("a", 1), acquired("b", 2, f"{BUCKET}/b"), acquired("c", 3, f"{BUCKET}-old/c")])
    found = of_bucket(journal(logs))
    assert [hold.state_path for hold in found.holds] == [f"{BUCKET}/b", PATH]
    assert len(of_bucket(journal(logs), bucket="").holds) == 3
    assert (
        "a lock taken before 2026-10-22 12:00 UTC is shown only where a line since then is about it" in found.notes[-1]
    )


def test_a_lock_from_before_the_window_that_an_alert_is_about_is_asked_for_in_its_bucket(s3: Any) -> None:
    put(s3)
    put(s3, key="gone.tfstate.tflock")
    delete(s3, "gone.tfstate.tflock")
    events = [of_alert(s3, STATE), of_alert(s3, "gone.tfstate")]
    events.append(seen("a", -60 * 24 * 40, f"{BUCKET}/never.tfstate", minutes=0))
    now = datetime.now(UTC)
    window = Window(now - timedelta(minutes=1), now + timedelta(minutes=5))
    logs = FakeLogs([msgspec.structs.replace(event, time=now) for event in events])
    found = of_bucket(journal(logs), s3, window=window)
    states = {hold.state_path.partition("/")[2]: (hold.still_held, bool(hold.until)) for hold in found.holds}
    assert states == {STATE: (True, False), "gone.tfstate": (False, True), "never.tfstate": (False, False)}
    assert [one.state_path for one in rank(found.holds, window) if one.still_held] == [PATH]


def test_where_the_bucket_cannot_be_asked_the_journal_is_believed_and_it_is_told() -> None:
    wired = [acquired("x", 1, f"{BUCKET}/x"), released("x", 2, f"{BUCKET}/x", since=1)]
    logs = FakeLogs([seen("a", -60 * 24 * 40, minutes=0), *wired])
    with denied("list_object_versions") as s3:
        found = of_bucket(journal(logs), s3, window=Window(at(-60), at(60)))
    assert [(hold.still_held, hold.since) for hold in found.holds] == [(False, at(1)), (True, at(-60 * 24 * 40))]
    assert "1 state known from alerts alone, whose bucket could not be asked" in found.notes[1]


def test_a_click_on_a_lock_that_went_before_the_window_is_no_hold_in_it(s3: Any) -> None:
    put(s3)
    delete(s3)
    event = of_alert(s3, STATE, LineKind.RELEASE_REQUESTED)
    later = datetime.now(UTC) + timedelta(hours=2)
    logs = FakeLogs([msgspec.structs.replace(event, time=later)])
    window = Window(later - timedelta(hours=1), later + timedelta(hours=1))
    assert of_bucket(journal(logs), s3, window=window).holds == []
    assert of_state(s3, logs, window=window).holds == []


def test_lines_that_were_left_out_are_told() -> None:
    logs = journal(FakeLogs([acquired(str(one), 1) for one in range(15)]), most_rows=10)
    notes = of_bucket(logs, window=Window(at(0), at(60))).notes
    assert "in 1 second (the first: 2026-11-21 12:01:00 UTC) there are 10 lines about locks or more" in notes[1]


def of_alert(s3: Any, state: str, kind: LineKind = LineKind.ALERT_POSTED) -> JournalLine:
    """The line about the lock that is, or last was, in the bucket."""
    there = list_versions(s3, f"{BUCKET}/{state}").versions[-1]
    ref = LockRef(Place(Kind.S3, BUCKET, f"{state}.tflock"), f'"{there.etag}"', there.at)
    return of_lock(kind, HeldLock(ref, lock("a", 0).info), there.at)
