import re
from typing import Any

import pytest

from chalicelib.ports.locks import StoreError
from tests.aws_fixtures import create_bucket
from tests.builders import sample
from tests.tflocks.lock_bucket import BUCKET, KEY, STATE, delete, denied, put
from tests.tflocks.story import PATH, a_hold, at
from tflocks.holds.hold import Source
from tflocks.holds.merging import merge
from tflocks.holds.versions import LockVersions, Version, version_holds
from tflocks.sources.bucket import BucketSource
from tflocks.sources.lock_versions import list_versions


def version(number: int, minutes: float, *, latest: bool = False, etag: str = "") -> Version:
    return Version(at(minutes), etag or f"etag{number}", f"v{number}", latest)


def test_each_version_of_a_lock_is_a_hold_and_each_delete_marker_a_release(s3: Any) -> None:
    put(s3, "s3-plan-default")
    delete(s3)
    delete(s3)  # of nothing: one more marker, and no release
    put(s3)
    put(s3, key=f"{KEY}.backup")
    holds = version_holds(PATH, list_versions(s3, PATH))
    assert [(hold.still_held, hold.released_by) for hold in holds] == [(False, "unknown"), (True, "")]
    told, why = BucketSource(s3).with_lock_bodies(holds)
    assert [(hold.plain_operation, hold.unread) for hold in told] == [("plan", False), ("apply or destroy", False)]
    assert why == []


def test_locks_of_one_second_alternate_with_their_releases() -> None:
    listed = LockVersions((version(1, 0), version(2, 0), version(3, 0, latest=True)), (at(0), at(0)))
    assert [(hold.version_id, hold.until) for hold in version_holds(PATH, listed)] == [
        ("v1", at(0)),
        ("v2", at(0)),
        ("v3", None),
    ]


def test_a_lock_that_was_overwritten_has_no_known_end() -> None:
    first, last = version_holds(PATH, LockVersions((version(1, 0), version(2, 5, latest=True))))
    assert (first.missing[-1], last.still_held) == ("no release was told", True)


def test_a_version_with_no_lock_in_it_says_what_it_has_instead(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"")
    [hold] = version_holds(PATH, list_versions(s3, PATH))
    told, why = BucketSource(s3).with_lock_bodies([hold])
    assert told[0].incomplete
    assert "a version of the lock is empty" in why[0]


def test_a_hold_of_both_sources_is_one_and_the_journal_s_word_counts() -> None:
    journal = [a_hold(0, 10, etag="etag1", released_by="holder", lock_id="x")]
    [hold] = merge(journal, version_holds(PATH, LockVersions((version(1, 0.02),), (at(10.02),))))
    assert (hold.source, hold.since, hold.until, hold.released_by) == (Source.BOTH, at(0), at(10), "holder")
    assert hold.version_id == "v1"


def test_equal_bytes_are_told_apart_by_their_time() -> None:
    listed = LockVersions((version(1, 0, etag="same"), version(2, 20, etag="same")), (at(10), at(30)))
    merged = merge([a_hold(20, 30, etag="same")], version_holds(PATH, listed))
    assert [(hold.source, hold.since) for hold in merged] == [(Source.BOTH, at(20)), (Source.VERSIONS, at(0))]


def test_a_version_goes_to_the_hold_that_is_nearest_and_not_to_the_first_that_is_near() -> None:
    # Put back within the second: the same bytes, and the first one's version is not there any more.
    near = version_holds(PATH, LockVersions((version(1, 0.05, etag="same"),), (at(10),)))
    merged = merge([a_hold(0, 0.04, etag="same"), a_hold(0.045, 10, etag="same")], near)
    assert [(hold.source, hold.since) for hold in merged] == [(Source.BOTH, at(0.045)), (Source.JOURNAL, at(0))]


def test_what_the_journal_missed_of_a_hold_is_filled_in_from_the_versions() -> None:
    ended = version_holds(PATH, LockVersions((version(1, 0),), (at(10),)))
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
    listed = LockVersions(tuple(version(n, n) for n in many), tuple(at(n + 0.5) for n in many))
    journal = [a_hold(n, n + 0.5, etag=f"etag{n}") for n in many]
    assert {hold.source for hold in merge(journal, version_holds(PATH, listed))} == {Source.BOTH}


def test_what_s3_refuses_is_told_to_an_operator_and_not_of_the_reaper() -> None:
    said = f"listing the versions of {BUCKET}/{KEY}: access denied: your credentials may not s3:ListBucketVersions on"
    with denied("list_object_versions") as s3, pytest.raises(StoreError, match=re.escape(f"{said} s3://{BUCKET}")):
        list_versions(s3, PATH)
    [hold] = version_holds(PATH, LockVersions((version(1, 0, latest=True),)))
    with denied("get_object") as s3:
        [unread], [why] = BucketSource(s3).with_lock_bodies([hold])
    assert unread.incomplete
    assert f"your credentials may not s3:GetObjectVersion on s3://{BUCKET}/{KEY}" in why
    with denied("get_object", "NoSuchVersion") as s3:
        assert BucketSource(s3).with_lock_bodies([hold])[1] == [
            "versions: a version of the lock could not be read: it is gone by now (v1)"
        ]
    with denied("list_object_versions", "PermanentRedirect") as s3, pytest.raises(StoreError, match="as --region"):
        list_versions(s3, PATH)


def test_a_bucket_without_versions_takes_no_right_to_read_versions(s3: Any) -> None:
    create_bucket(s3, "acme-plain")
    s3.put_object(Bucket="acme-plain", Key=KEY, Body=sample("s3-plan-default"))
    holds = version_holds(f"acme-plain/{STATE}", list_versions(s3, f"acme-plain/{STATE}"))
    told, why = BucketSource(s3).with_lock_bodies(holds)
    assert (told[0].plain_operation, why) == ("plan", [])
    s3.put_object(Bucket="acme-plain", Key=KEY, Body=b"another")
    assert BucketSource(s3).with_lock_bodies(holds)[1] == [
        "versions: a version of the lock could not be read: it is gone by now (null)"
    ]
