import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import click
import pytest
from botocore.stub import Stubber

from chalicelib.ports import StoreError
from tests.aws_fixtures import create_bucket, moto
from tests.builders import sample
from tests.tflocks.fake_logs import FakeLogs, refused
from tests.tflocks.story import PATH, a_hold, acquired, at, released
from tflocks import sources
from tflocks.found import Found, Window
from tflocks.hold import Source
from tflocks.merging import merge
from tflocks.versions import Listed, Version, list_versions, version_holds, with_locks

BUCKET, _, STATE = PATH.partition("/")
KEY = f"{STATE}.tflock"
ALWAYS = Window(at(-60 * 24 * 30), at(60 * 24 * 30))


@pytest.fixture
def s3() -> Iterator[Any]:
    with moto("s3") as client:
        create_bucket(client, BUCKET, versioned=True)
        yield client


def put(s3: Any, name: str = "s3-apply-default", key: str = KEY) -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=sample(name))


def delete(s3: Any, key: str = KEY) -> None:
    s3.delete_object(Bucket=BUCKET, Key=key)


def version(number: int, minutes: float, *, latest: bool = False, etag: str = "") -> Version:
    return Version(at(minutes), etag or f"etag{number}", f"v{number}", latest)


def of_state(s3: Any, logs: FakeLogs | None = None, state: str = STATE, bucket: str = BUCKET) -> Found:
    clients: Any = SimpleNamespace(s3=s3, logs=logs or FakeLogs())
    return sources.of_state(clients, "/tflock-reaper/prod", bucket, state, ALWAYS)


def test_each_version_of_a_lock_is_a_hold_and_each_delete_marker_a_release(s3: Any) -> None:
    put(s3, "s3-plan-default")
    delete(s3)
    delete(s3)  # of nothing: one more marker, and no release
    put(s3)
    put(s3, key=f"{KEY}.backup")
    holds = version_holds(PATH, list_versions(s3, BUCKET, STATE))
    assert [(hold.still_held, hold.released_by) for hold in holds] == [(False, "unknown"), (True, "")]
    told, why = with_locks(holds, s3)
    assert [(hold.plain_operation, hold.unread) for hold in told] == [("plan", False), ("apply or destroy", False)]
    assert why == []


def test_locks_of_one_second_alternate_with_their_releases() -> None:
    listed = Listed((version(1, 0), version(2, 0), version(3, 0, latest=True)), (at(0), at(0)))
    assert [(hold.version_id, hold.until) for hold in version_holds(PATH, listed)] == [
        ("v1", at(0)),
        ("v2", at(0)),
        ("v3", None),
    ]


def test_a_lock_that_was_overwritten_has_no_known_end() -> None:
    first, last = version_holds(PATH, Listed((version(1, 0), version(2, 5, latest=True))))
    assert (first.missing[-1], last.still_held) == ("no release was told", True)


def test_a_version_with_no_lock_in_it_says_what_it_has_instead(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"")
    [hold] = version_holds(PATH, list_versions(s3, BUCKET, STATE))
    told, why = with_locks([hold], s3)
    assert told[0].incomplete
    assert "a version of the lock is empty" in why[0]


def test_a_hold_of_both_sources_is_one_and_the_journal_s_word_counts() -> None:
    journal = [a_hold(0, 10, etag="etag1", released_by="holder", lock_id="x")]
    [hold] = merge(journal, version_holds(PATH, Listed((version(1, 0.02),), (at(10.02),))))
    assert (hold.source, hold.since, hold.until, hold.released_by) == (Source.BOTH, at(0), at(10), "holder")
    assert hold.version_id == "v1"


def test_equal_bytes_are_told_apart_by_their_time() -> None:
    listed = Listed((version(1, 0, etag="same"), version(2, 20, etag="same")), (at(10), at(30)))
    merged = merge([a_hold(20, 30, etag="same")], version_holds(PATH, listed))
    assert [(hold.source, hold.since) for hold in merged] == [(Source.BOTH, at(20)), (Source.VERSIONS, at(0))]


def test_what_the_journal_missed_of_a_hold_is_filled_in_from_the_versions() -> None:
    ended = version_holds(PATH, Listed((version(1, 0),), (at(10),)))
    [unheard] = merge([a_hold(0, None, still_held=True, etag="etag1")], ended)
    assert (unheard.until, unheard.still_held, unheard.released_by) == (at(10), False, "unknown")
    [unknown_since] = merge([a_hold(None, 10, released_by="other", unread=True)], ended)
    assert (unknown_since.since, unknown_since.released_by) == (at(0), "other")
    [without_etag] = merge([a_hold(0, 10, unread=True)], ended)
    assert without_etag.source is Source.BOTH


def test_what_is_no_longer_in_the_bucket_is_not_held_but_without_the_bucket_the_journal_is_believed() -> None:
    journal = [a_hold(0, None, still_held=True)]
    assert not merge(journal, [])[0].still_held
    assert merge(journal, None)[0].still_held


def test_thousands_of_holds_are_matched_in_no_time() -> None:
    many = range(5000)
    listed = Listed(tuple(version(n, n) for n in many), tuple(at(n + 0.5) for n in many))
    journal = [a_hold(n, n + 0.5, etag=f"etag{n}") for n in many]
    assert {hold.source for hold in merge(journal, version_holds(PATH, listed))} == {Source.BOTH}


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


def test_a_denied_listing_is_told_as_that() -> None:
    client = boto3.client("s3", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        stubber.add_client_error("list_object_versions", "AccessDenied", http_status_code=403)
        with pytest.raises(StoreError, match=re.escape(f"listing the versions of {BUCKET}/{KEY}: access denied")):
            list_versions(client, BUCKET, STATE)


def test_a_whole_bucket_is_read_from_the_journal_alone() -> None:
    logs = FakeLogs([acquired("a", 1), acquired("b", 2, f"{BUCKET}/b"), acquired("c", 3, f"{BUCKET}-old/c")])
    clients: Any = SimpleNamespace(s3=None, logs=logs)
    found = sources.of_bucket(clients, "g", BUCKET, ALWAYS)
    assert [hold.state_path for hold in found.holds] == [f"{BUCKET}/b", PATH]
    assert len(sources.of_bucket(clients, "g", "", ALWAYS).holds) == 3
