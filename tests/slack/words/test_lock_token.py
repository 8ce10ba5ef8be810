import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.slack.words.parts.lock_token import decode, encode
from tests.builders import TAKEN

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=1024).filter(
    lambda key: len(key.encode()) <= 1024
)


@given(KEYS, st.datetimes(timezones=st.just(UTC)))
def test_every_lock_comes_back_as_it_was_and_fits_a_button(key: str, taken: datetime) -> None:
    ref = LockRef(
        Place(Kind.S3, "b" * 63, key), '"d41d8cd98f00b204e9800998ecf8427e-10000"', taken.replace(microsecond=0)
    )
    token = encode(ref)
    assert decode(token) == ref
    assert len(token) <= 2000
    assert token.isascii()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "!!!",
        "YQ==",
        base64.urlsafe_b64encode(b"e\nnot a time\nb\nk").decode(),
        base64.urlsafe_b64encode(b"e\n2026-11-21T03:18:57\nb\nk").decode(),
        base64.urlsafe_b64encode(b"\xff\n\xfe\n\xfd\n\xfc").decode(),
        "é",
    ],
)
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="not a lock token"):
        decode(token)


def test_a_key_with_a_line_break_stays_one_key() -> None:
    ref = LockRef(Place(Kind.S3, "b", "a\nb.tflock"), '"e"', TAKEN)
    assert decode(encode(ref)) == ref
