"""A page that was cut has the locks that the whole page has; a page with anything odd about it is not cut."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import boto3
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.locks.listing.cut import cut
from chalicelib.aws.locks.listing.only_locks import KEYS, CuttingSend, only_locks_wanted, prepare
from tests.aws.locks.listing.listings import CUT, ODD_KEYS, WHOLE, page
from tests.builders import BUCKET
from tests.odd_server import OddServer, an_odd_server, http

pytestmark = pytest.mark.thorough

AWS = {"Content_Type": "application/xml", "x_amz_request_id": "1"}
ANY_KEY = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)
LOCK_KEY = ANY_KEY.map(lambda key: f"{key}.tflock")


@pytest.fixture(scope="module")
def server() -> Iterator[OddServer]:
    with an_odd_server() as server:
        yield server


def client(server: OddServer) -> Any:
    once = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=5)
    keys: Any = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=server.api_url.removesuffix("/api/"), config=once, **keys)


@pytest.fixture(scope="module")
def plain(server: OddServer) -> Any:
    return client(server)


@pytest.fixture(scope="module")
def cutting(server: OddServer) -> Any:
    prepared = client(server)
    assert prepare(prepared)
    return prepared


def locks(asked: Any) -> list[str] | str:
    """The keys of locks, as a paginator gives them; or the kind of error."""
    try:
        with only_locks_wanted():
            pages = list(asked.get_paginator("list_objects_v2").paginate(Bucket=BUCKET))
    except Exception as error:  # noqa: BLE001  whatever it is
        return type(error).__name__
    keys = [entry.get("Key", "") for page in pages for entry in page.get("Contents", [])]
    return [key for key in keys if key.endswith(".tflock")]


@pytest.mark.parametrize("name", [*CUT, *WHOLE])
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_listing_has_the_locks_that_the_plain_paginator_finds_in_it_or_fails_as_it_does(
    server: OddServer, plain: Any, cutting: Any, name: str
) -> None:
    server.always(http((CUT | WHOLE)[name], **AWS))
    assert locks(cutting) == locks(plain)


@pytest.mark.parametrize("encoded", [True, False])
def test_each_odd_key_is_found_as_the_plain_paginator_finds_it(
    server: OddServer, plain: Any, cutting: Any, encoded: bool
) -> None:
    server.always(http(page(ODD_KEYS, encoded=encoded), **AWS))
    found = locks(cutting)
    assert found == locks(plain)
    assert len(found) > 9 or not encoded


@pytest.mark.parametrize("name", CUT)
def test_a_page_without_doubt_is_cut_to_its_first_and_last_entry_and_its_locks(name: str) -> None:
    whole = CUT[name].encode()
    shortened = cut(whole)
    assert shortened is not None
    assert (shortened[0].count(b".tflock</Key>"), shortened[1]) == (
        whole.count(b".tflock</Key>"),
        whole.count(b"<Key>"),
    )
    assert shortened[0].count(b"<Key>") <= whole.count(b".tflock</Key>") + 2


@pytest.mark.parametrize("name", WHOLE)
def test_a_page_with_any_doubt_stays_whole(name: str) -> None:
    odd = WHOLE[name]
    assert cut(odd.encode() if isinstance(odd, str) else odd) is None


@given(st.lists(ANY_KEY | LOCK_KEY, min_size=1, max_size=12, unique=True))
def test_no_key_s_text_makes_a_lock_disappear_or_appear(keys: list[str]) -> None:
    shortened = cut(page(keys).encode())
    if shortened:
        kept = [unquote(key) for key in re.findall("<Key>(.*?)</Key>", shortened[0].decode())]
        ordered = sorted(keys)
        assert kept == [key for number, key in enumerate(ordered) if _kept(key, number, len(keys))]
        assert shortened[1] == len(keys)


def _kept(key: str, number: int, of: int) -> bool:
    return key.endswith(".tflock") or number in {0, of - 1}


@given(st.binary(max_size=300), st.integers(0, 2_000), st.integers(0, 40))
def test_whatever_bytes_a_page_has_it_is_cut_or_left_and_nothing_fails(odd: bytes, at: int, lost: int) -> None:
    whole = CUT["some keys"].encode()
    cut(odd)
    cut(whole[:at] + odd + whole[at + lost :])


def test_pages_are_cut_only_while_only_locks_are_wanted(server: OddServer, cutting: Any) -> None:
    server.always(http(CUT["no lock"], **AWS))
    assert len(cutting.list_objects_v2(Bucket=BUCKET)["Contents"]) == 9
    with only_locks_wanted():
        answer = cutting.list_objects_v2(Bucket=BUCKET)
    assert (len(answer["Contents"]), answer["ResponseMetadata"]["HTTPHeaders"][KEYS]) == (2, "9")
    assert len(cutting.list_objects_v2(Bucket=BUCKET)["Contents"]) == 9


def test_an_answer_that_comes_in_chunks_is_cut_too(server: OddServer, cutting: Any) -> None:
    body = CUT["no lock"].encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:100], body[100:])) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx-amz-request-id: 1\r\nConnection: close\r\n\r\n"
    server.always(head + chunks)
    with only_locks_wanted():
        assert len(cutting.list_objects_v2(Bucket=BUCKET)["Contents"]) == 2


def test_an_object_that_is_a_listing_is_read_whole(server: OddServer, cutting: Any) -> None:
    server.always(http(CUT["no lock"], ETag='"x"', Last_Modified="Sun, 01 Nov 2026 08:15:30 GMT", **AWS))
    with only_locks_wanted():
        assert cutting.get_object(Bucket=BUCKET, Key="x")["Body"].read() == CUT["no lock"].encode()


def test_a_client_is_prepared_once(cutting: Any) -> None:
    send = cutting._endpoint.http_session.send
    assert prepare(cutting)
    assert cutting._endpoint.http_session.send is send
    assert isinstance(send, CuttingSend)


@pytest.mark.parametrize("odd", [object(), None, type("Client", (), {"_endpoint": None})()])
def test_a_client_that_does_not_look_as_expected_lists_without_cutting(odd: object) -> None:
    assert not prepare(odd)
