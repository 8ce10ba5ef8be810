"""What may be released: the table of the issue, a line each."""

import msgspec
import pytest

from chalicelib.core.clicks.ending import Refusal, WayBack
from chalicelib.core.clicks.release_terms import TERMS, way_back, why_not_releasable
from chalicelib.core.locks.lock import Body, HeldLock
from tests.builders import a_lock, a_ref

KEPT, VERSION = WayBack.KEPT, WayBack.VERSION
# what it is, whether bytes are kept, whether the bucket keeps versions -> why not, how it comes back
TABLE = [
    (Body.LOCK, False, False, None, None),
    (Body.LOCK, True, True, None, None),
    (Body.EMPTY, False, False, None, None),
    (Body.EMPTY, True, True, None, None),
    (Body.FOREIGN, True, False, None, KEPT),
    (Body.FOREIGN, True, True, None, KEPT),
    (Body.FOREIGN, False, True, None, VERSION),
    (Body.FOREIGN, False, False, Refusal.NO_WAY_BACK, None),
    (Body.SEALED, True, False, Refusal.NO_WAY_BACK, None),
    (Body.SEALED, False, False, Refusal.NO_WAY_BACK, None),
    (Body.SEALED, True, True, None, VERSION),
    (Body.SEALED, False, True, None, VERSION),
    (Body.STATE, True, True, Refusal.MAY_BE_STATE, None),
    (Body.STATE, False, False, Refusal.MAY_BE_STATE, None),
    (Body.DENIED, True, True, Refusal.UNSEEN, None),
    (Body.DENIED, False, False, Refusal.UNSEEN, None),
    (Body.DIGEST, True, True, Refusal.HAS_DIGEST, None),
]


@pytest.mark.parametrize(("body", "keeps", "versioned", "refusal", "back"), TABLE)
def test_what_is_no_lock_is_released_only_where_it_comes_back_and_what_may_be_a_state_never(
    body: Body, keeps: bool, versioned: bool, refusal: Refusal | None, back: WayBack | None
) -> None:
    lock = HeldLock(a_ref(), body=body, versioned=versioned)
    assert why_not_releasable(lock, keeps=keeps) is refusal
    assert way_back(lock, keeps=keeps) is back


def test_every_kind_of_body_has_its_terms() -> None:
    assert set(TERMS) == set(Body) == {line[0] for line in TABLE}


@pytest.mark.parametrize("size", [0, 1, 200, 16 * 1024, 16 * 1024 + 1, 50_000])
def test_nothing_larger_than_a_lock_can_be_released_whatever_is_in_it(size: int) -> None:
    for byte in (b" ", b"x", b"\0", b"\xff"):
        lock = msgspec.structs.replace(a_lock(body=(byte * size)[: 16 * 1024 + 1]), versioned=True)
        assert (why_not_releasable(lock, keeps=True) is None) is (size <= 16 * 1024)
