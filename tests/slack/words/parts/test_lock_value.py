import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.slack.words.parts.lock_value import Shown, decode, encode, fits
from tests.builders import TAKEN

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=1017).filter(
    lambda key: len(key.encode()) <= 1017
)
"""The keys of states whose lock's key S3 accepts: with ``.tflock`` at most 1,024 bytes."""
TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(microsecond=0))
ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'
STAMP = "0" * 40 + "+" + "f" * 16


def written(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode()


def in_s3(state_key: str, since: datetime = TAKEN, bucket: str = "b" * 63) -> LockRef:
    return LockRef(Place(Kind.S3, bucket, f"{state_key}.tflock"), ETAG, since)


def in_table(state_key: str, since: datetime = TAKEN, bucket: str = "b" * 63) -> LockRef:
    place = Place(Kind.DYNAMODB, "t" * 255, f"{bucket}/{state_key}", "1" * 12, "ap-southeast-2")
    return LockRef(place, STAMP, since)


def test_a_value_of_this_version_is_read() -> None:
    s3 = LockRef(Place(Kind.S3, "b", "k.tflock"), "e", TAKEN)
    item = LockRef(Place(Kind.DYNAMODB, "t", "b/k"), "s", TAKEN)
    assert decode(written(b"2\n\n1\ns3\n\n\n\ne\n6b010da1\nb/k")) == Shown(s3)
    both = b"2\n1\n2\ndynamodb\n\n\nt\ns\n6b010da1\ns3\n\n\n\ne\n6b010da1\nb/k"
    assert decode(written(both)) == Shown(s3, (item, s3))


@given(KEYS, TIMES, TIMES)
def test_both_halves_of_every_lock_come_back_as_they_were_and_fit_a_button(
    key: str, taken: datetime, created: datetime
) -> None:
    s3, item = in_s3(key, taken), in_table(key, created)
    for shown in (Shown(s3), Shown(item), Shown(s3, (item, s3)), Shown(item, (item, s3)), Shown(item, (s3,))):
        value = encode(*shown)
        assert decode(value) == shown
        assert fits(value)
        assert value.isascii()


def test_only_a_longer_state_path_of_a_table_does_not_fit() -> None:
    item = LockRef(Place(Kind.DYNAMODB, "t", "k" * 2048), STAMP, TAKEN)
    value = encode(item)
    assert not fits(value)
    assert decode(value) == Shown(item)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "!!!",
        "YQ==",
        written(b"2\n\n1\ns3\n\n\n\ne\n6b010da1"),
        written(b"2\n\n1\ns3\n\n\n\ne\nnot a time\nb/k"),
        written(b"2\n\n1\ns3\n\n\n\ne\n" + b"f" * 30 + b"\nb/k"),
        written(b"2\n\n1\nconsul\n\n\n\ne\n6b010da1\nb/k"),
        written(b"2\n\n1\ns3\n\n\nother\ne\n6b010da1\nb/k"),
        written(b"1\ne\n2026-11-21T03:18:57+00:00\ns3\n\n\nb\nk"),
        written(b"2\n\n1\ns3\n\n\n\n\xff\n6b010da1\nb/k"),
        written(b"2\n1\n1\ns3\n\n\n\ne\n6b010da1\nb/k"),
        written(b"2\n-1\n1\ns3\n\n\n\ne\n6b010da1\nb/k"),
        written(b"2\n\n0\nb/k"),
        written(b"2\n\n-1\ns3\n\n\n\ne\n6b010da1\nb/k"),
        written(b"2\n\n99999999999\ns3\n\n\n\ne\n6b010da1\nb/k"),
        written(b"2\n\n99999999999999999999\ns3\n\n\n\ne\n6b010da1\nb/k"),
        "\u00e9",
    ],
)
def test_a_value_that_names_no_lock_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not the value of a lock"):
        decode(value)


def test_a_key_with_a_line_break_stays_one_key() -> None:
    s3, item = in_s3("a\nb"), in_table("a\nb")
    assert decode(encode(s3, (item, s3))) == Shown(s3, (item, s3))


def test_a_bucket_that_is_named_by_the_arn_of_an_access_point_comes_back() -> None:
    s3 = in_s3("k", bucket="arn:aws:s3:eu-central-1:123456789012:accesspoint/locks")
    assert decode(encode(s3)) == Shown(s3)
