import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.slack.words.parts.lock_value import decode, encode
from tests.builders import TAKEN

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=1024).filter(
    lambda key: len(key.encode()) <= 1024
)


def written(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode()


def test_a_value_of_this_version_is_read() -> None:
    assert decode(written(b"1\ne\n2026-11-21T03:18:57+00:00\ns3\n\n\nb\nk")) == LockRef(
        Place(Kind.S3, "b", "k"), "e", TAKEN
    )


@given(KEYS, st.datetimes(timezones=st.just(UTC)))
def test_every_lock_comes_back_as_it_was_and_fits_a_button(key: str, taken: datetime) -> None:
    ref = LockRef(
        Place(Kind.S3, "b" * 63, key), '"d41d8cd98f00b204e9800998ecf8427e-10000"', taken.replace(microsecond=0)
    )
    value = encode(ref)
    assert decode(value) == ref
    assert len(value) <= 2000
    assert value.isascii()


@pytest.mark.parametrize(
    "value",
    [
        "",
        "!!!",
        "YQ==",
        written(b"1\ne\n2026-11-21T03:18:57+00:00\ns3\n\n\nb"),
        written(b"1\ne\nnot a time\ns3\n\n\nb\nk"),
        written(b"1\ne\n2026-11-21T03:18:57\ns3\n\n\nb\nk"),
        written(b"1\ne\n2026-11-21T03:18:57+00:00\nconsul\n\n\nb\nk"),
        written(b"2\ne\n2026-11-21T03:18:57+00:00\ns3\n\n\nb\nk"),
        written(b"1\n\xff\n2026-11-21T03:18:57+00:00\ns3\n\n\nb\nk"),
        "é",
    ],
)
def test_a_value_that_names_no_lock_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not the value of a lock"):
        decode(value)


def test_a_key_with_a_line_break_stays_one_key() -> None:
    ref = LockRef(Place(Kind.S3, "b", "a\nb.tflock"), '"e"', TAKEN)
    assert decode(encode(ref)) == ref
