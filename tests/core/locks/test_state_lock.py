"""What is one holder's lock at several places, and what is another holder's."""

import msgspec
import pytest

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.state_lock import Half, StateLock, same_holder
from chalicelib.core.locks.terraform.item import INFO, lock_of_item
from tests.builders import STATE_PATH, a_lock, a_table_lock

S3, ITEM = a_lock(), a_table_lock()
OTHER = a_table_lock("s3-plan-default")
EMPTY_S3, EMPTY_ITEM = a_lock(body=b""), a_table_lock(body=b"")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (S3, ITEM, True),
        (S3, OTHER, False),
        (S3, EMPTY_ITEM, False),
        (EMPTY_S3, EMPTY_ITEM, False),
        (a_lock(body=b"{}"), a_table_lock(body=b"{}"), False),
        (a_lock(body=b'{"ID":""}'), a_table_lock(body=b'{"ID":""}'), False),
        (a_lock(body=b'{"ID":"x","Who":"a"}'), a_table_lock(body=b'{ "who":"a", "id":"x" }'), True),
        (a_lock(body=b'{"ID":"x","Who":"a"}'), a_table_lock(body=b'{"ID":"x","Who":"b"}'), False),
    ],
)
def test_two_locks_that_say_the_same_with_an_id_that_is_not_empty_have_one_holder(
    one: HeldLock, other: HeldLock, same: bool
) -> None:
    assert same_holder(one, other) is same


def test_a_lock_in_one_place_has_no_halves_and_no_rivals() -> None:
    assert (StateLock((S3,)).halves(S3, ()), StateLock((S3,)).rivals(S3, ())) == ((), ())


def test_the_halves_are_in_the_order_of_their_release_whichever_is_asked_about() -> None:
    both = StateLock((S3, ITEM))
    assert both.halves(S3, ()) == both.halves(ITEM, ()) == (Half(ITEM.ref), Half(S3.ref))
    assert both.rivals(S3, ()) == both.rivals(ITEM, ()) == ()


def test_a_half_that_is_gone_stays_known_as_gone() -> None:
    known = StateLock((S3, ITEM)).halves(S3, ())
    assert StateLock((ITEM,)).halves(S3, known) == (Half(ITEM.ref), Half(S3.ref, held=False))
    assert StateLock(()).halves(S3, known) == (Half(ITEM.ref, held=False), Half(S3.ref, held=False))


def test_a_half_where_nobody_could_look_is_as_it_was() -> None:
    known = StateLock((S3, ITEM)).halves(S3, ())
    unseen = StateLock((S3,), unseen=(ITEM.ref.place,))
    assert unseen.halves(S3, known) == known
    assert unseen.halves(S3, (Half(ITEM.ref, held=False), Half(S3.ref)))[0] == Half(ITEM.ref, held=False)
    assert unseen.halves(S3, ()) == ()
    assert unseen.rivals(S3, (OTHER,)) == (OTHER,)


def test_what_replaced_a_half_is_a_rival_and_no_half() -> None:
    known = StateLock((S3, ITEM)).halves(S3, ())
    now = StateLock((S3, OTHER))
    assert now.halves(S3, known) == (Half(ITEM.ref, held=False), Half(S3.ref))
    assert now.rivals(S3, ()) == (OTHER,)


def test_a_lock_that_does_not_say_whose_it_is_is_a_rival() -> None:
    assert StateLock((S3, EMPTY_ITEM)).rivals(S3, ()) == (EMPTY_ITEM,)
    assert StateLock((S3, EMPTY_ITEM)).rivals(EMPTY_ITEM, ()) == (S3,)


def test_a_half_that_was_put_back_takes_the_place_of_the_one_before() -> None:
    marked = lock_of_item(
        Place(Kind.DYNAMODB, ITEM.ref.place.container, STATE_PATH),
        {INFO: {"S": msgspec.json.encode(ITEM.info).decode()}, "TflockReaperMark": {"S": "0" * 16}},
    )
    assert marked is not None
    known = (Half(ITEM.ref, held=False), Half(S3.ref))
    assert StateLock((S3, marked)).halves(S3, known) == (Half(marked.ref), Half(S3.ref))


def test_equal_locks_in_tables_of_two_accounts_are_not_one_run_s() -> None:
    here, there = (in_account(ITEM, account) for account in ("", "111122223333"))
    assert not same_holder(here, there)
    assert same_holder(here, in_account(ITEM, ""))
    assert same_holder(S3, there)
    assert StateLock((here, there)).rivals(here, ()) == (there,)
    assert StateLock((here, there)).halves(here, ()) == ()


def in_account(lock: HeldLock, account: str) -> HeldLock:
    place = msgspec.structs.replace(lock.ref.place, account=account)
    return msgspec.structs.replace(lock, ref=msgspec.structs.replace(lock.ref, place=place))
