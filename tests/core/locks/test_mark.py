"""The mark of a put: the same lock for Terraform, other bytes for S3."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.locks.mark import MARK_BYTES, mark_of, marked, split
from chalicelib.core.locks.terraform.body import read_body
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT
from tests.builders import sample

BODIES = [sample("s3-apply-default"), b"", b" \t", b"{}\n", b"\x00\xff", b"x" * BODY_LIMIT]
MARKS = [mark_of(click) for click in ("U0ALICE 1", "U0ALICE 2", "U0BOB 1", "", "\x00\U0001f600")]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("mark", [*MARKS, "0" * 16, "f" * 16])
def test_a_mark_is_read_as_it_was_written(body: bytes, mark: str) -> None:
    assert split(marked(body, mark)) == (body, mark)
    assert len(marked(body, mark)) == len(body) + MARK_BYTES


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_new_mark_takes_the_place_of_an_old_one(body: bytes) -> None:
    assert marked(marked(body, MARKS[0]), MARKS[1]) == marked(body, MARKS[1])


def test_each_click_has_a_mark_of_its_own_and_always_the_same() -> None:
    assert len(set(MARKS)) == len(MARKS)
    assert mark_of("U0ALICE 1") == MARKS[0]


def test_a_marked_lock_is_the_same_json() -> None:
    body = sample("s3-plan-special-chars")
    assert json.loads(marked(body, MARKS[0])) == json.loads(body)
    assert read_body(marked(body, MARKS[0])) == read_body(body)


@given(st.binary(max_size=100) | st.text(" \t\n", max_size=100).map(str.encode))
def test_whatever_the_bytes_are_a_mark_can_be_put_after_them_and_taken_away(body: bytes) -> None:
    plain, mark = split(body)
    assert marked(plain, mark) == body if mark else plain == body
    assert split(marked(plain, MARKS[0])) == (plain, MARKS[0])
