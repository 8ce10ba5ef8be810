"""The table of bodies: what is a lock, what may be a state however it is written, what is neither."""

import base64
import binascii
import json
import time
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.terraform.body import created_at, read_body, unread
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT, LockInfo
from chalicelib.core.locks.terraform.state_marks import has_marks
from tests.builders import SAMPLES, a_ref, sample
from tests.core.locks.terraform.bodies import FOREIGN, STATES, UNKNOWN_TO_EVERYBODY, WAYS

GENUINE = sorted(path.name.removesuffix(".tflock.json") for path in SAMPLES.glob("*.tflock.json"))


@pytest.mark.parametrize("name", GENUINE)
def test_every_genuine_lock_is_read_whole(name: str) -> None:
    reading = read_body(sample(name))
    assert (reading.body, reading.flaw) == (Body.LOCK, "")
    info = reading.info
    assert info is not None
    assert info.Who == "root@vm"
    assert all((info.ID, info.Operation, info.Version, info.Created, info.Path))


def test_a_path_with_html_escapes_is_read_as_it_was_meant() -> None:
    info = read_body(sample("s3-plan-special-chars")).info
    assert info is not None
    assert info.Path == "acme-tfstate/team a/r&d+1/terraform.tfstate"


@pytest.mark.parametrize(
    ("body", "info"),
    [
        (b'{"id":"x","Extra":5,"WHO":null}', LockInfo(ID="x")),
        (b'{"ID":"a","id":"b","ID":"c"}', LockInfo(ID="c")),
        (b'{"ID":"a","ID":null}', LockInfo(ID="a")),
        ('{"ID":"x","ver\u017fion":"1"}'.encode(), LockInfo(ID="x", Version="1")),
        (b'{"ID":"\\ud800x"}', LockInfo(ID="\ufffdx")),
        (b'{"ID":"\xff"}', LockInfo(ID="\ufffd")),
        (b"{}", LockInfo()),
        (b' \n{"ID":"x"}\t\t  ', LockInfo(ID="x")),
        (b'{"ID":"x","Created":"0001-01-01T00:00:00Z"}', LockInfo(ID="x", Created="0001-01-01T00:00:00Z")),
        (b'{"ID":"x","Extra":' + b"[" * 400 + b"]" * 400 + b"}", LockInfo(ID="x")),
        (b'{"ID":"x","Who":"serial: 5, lineage: x","Info":"{\\"version\\":4}"}', None),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else "",
)
def test_what_terraform_reads_as_a_lock_is_one(body: bytes, info: LockInfo | None) -> None:
    reading = read_body(body)
    assert (reading.body, reading.flaw) == (Body.LOCK, "")
    assert info is None or reading.info == info


@pytest.mark.parametrize(("body", "said"), [(b"", "is empty"), (b" \n", "is blank"), (b" " * BODY_LIMIT, "is blank")])
def test_what_is_empty_is_said_to_be(body: bytes, said: str) -> None:
    reading = read_body(body)
    assert (reading.body, reading.flaw) == (Body.EMPTY, said)


@pytest.mark.parametrize(("state", "way"), list(product(STATES, WAYS)))
def test_what_may_be_a_state_is_known_as_one_however_it_is_written(state: str, way: str) -> None:
    body = WAYS[way](STATES[state])
    reading = read_body(body[: BODY_LIMIT + 1])
    assert (reading.body, reading.info) == (Body.STATE, None)


@pytest.mark.parametrize("body", UNKNOWN_TO_EVERYBODY.values(), ids=UNKNOWN_TO_EVERYBODY)
def test_what_nobody_can_tell_may_be_a_state(body: bytes) -> None:
    assert read_body(body[: BODY_LIMIT + 1]).body is Body.STATE


@pytest.mark.parametrize(("body", "said"), FOREIGN.items(), ids=lambda value: repr(value[:24]))
def test_what_is_neither_is_said_to_be_what_it_is_in_plain_words(body: bytes, said: str) -> None:
    reading = read_body(body)
    assert (reading.body, reading.flaw) == (Body.FOREIGN, said)


@pytest.mark.parametrize(
    "created",
    ["yesterday", "", "2026-11-21", "2026-11-21 03:18:57Z", "2026-11-21T03:18:57", "2026-02-30T00:00:00Z", "25:00"],
)
def test_a_lock_whose_time_go_cannot_read_is_none_for_terraform_and_still_says_who_wrote_it(created: str) -> None:
    reading = read_body(json.dumps({"ID": "x", "Who": "me", "Created": created}).encode())
    assert reading.body is Body.FOREIGN
    assert reading.flaw == "has something that is no time where its time of creation belongs"
    assert reading.info
    assert reading.info.Who == "me"


@pytest.mark.parametrize(
    ("created", "known"),
    [
        ("2026-11-21T03:18:57.357503377Z", True),
        ("2026-11-21T03:18:57Z", True),
        ("2026-11-21T03:18:57+02:00", True),
        ("0001-01-01T00:00:00Z", False),
        ("", False),
        ("yesterday", False),
    ],
)
def test_a_lock_s_own_time_is_known_only_where_it_says_one(created: str, known: bool) -> None:
    assert (created_at(LockInfo(Created=created)) is not None) is known


@pytest.mark.parametrize(
    ("code", "size", "body", "said"),
    [
        ("InvalidRequest", 210, Body.SEALED, "encrypted with a key of its own (SSE-C) (InvalidRequest)"),
        ("InvalidRequest", BODY_LIMIT, Body.SEALED, "cannot be read"),
        ("InvalidRequest", BODY_LIMIT + 1, Body.STATE, "larger than 16 KB"),
        ("KMS.NotFoundException", 210, Body.SEALED, "its KMS key does not let the reaper read it (KMS."),
        ("InvalidObjectState", 210, Body.SEALED, "it is in an archive"),
        ("AccessDenied", 210, Body.DENIED, "access is denied"),
        ("SomethingNew", 210, Body.DENIED, "SomethingNew"),
    ],
)
def test_what_s3_does_not_show_is_judged_by_the_reason_and_its_size(
    code: str, size: int, body: Body, said: str
) -> None:
    lock = unread(a_ref(), code, size)
    assert (lock.body, lock.versioned) == (body, False)
    assert said in lock.flaw


@given(st.binary(max_size=400))
def test_whatever_bytes_there_are_are_judged(body: bytes) -> None:
    reading = read_body(body)
    assert (reading.info is None) <= bool(reading.flaw)
    assert reading.body is not Body.LOCK or reading.info is not None


@pytest.mark.parametrize(
    "piece",
    [
        b"1,",
        b"123,",
        b"V",
        b"61",
        b"z",
        b"M!!!!",
        b"A" * 40 + b" ",
        b"a",
        b"+/",
        b"a" * 59 + b"\n",
        b"\\u006",
        b"version",
        b"id=",
        b"\\",
        b"0",
        b'{"a":',
        b"lineage",
        b" ",
    ],
)
def test_no_body_takes_long_to_judge(piece: bytes) -> None:
    began = time.process_time()
    read_body((piece * BODY_LIMIT)[:BODY_LIMIT])
    assert time.process_time() - began < 1


@pytest.mark.parametrize("way", [base64.b64encode, base64.b32encode, base64.a85encode, binascii.hexlify])
def test_no_body_wrapped_as_often_as_it_can_be_takes_long_to_judge(way: Callable[[bytes], bytes]) -> None:
    body = b"q" * 40
    while len(way(body)) <= BODY_LIMIT:
        body = way(body)
    began = time.process_time()
    assert read_body(body).body is Body.FOREIGN
    assert time.process_time() - began < 2


def test_what_has_more_layers_than_are_looked_through_may_be_a_state() -> None:
    inside = base64.b64encode(b"Nothing of a state is in here, and nobody could see that.")
    assert read_body(inside).body is Body.FOREIGN
    assert not has_marks(inside)
    assert has_marks(inside, most_bytes=100)
