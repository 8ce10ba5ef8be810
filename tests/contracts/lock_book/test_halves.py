"""What a lock book remembers of the halves of a dual lock, and of other holders."""

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.transitions import endings, halves, telling
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.state_lock import Half
from chalicelib.ports.book import LockBook
from tests.book_writes import say
from tests.builders import CHANNEL, TAKEN, a_lock, a_sending, a_table_lock

S3, ITEM, RIVAL = a_lock(), a_table_lock(), a_table_lock("s3-plan-default")
BOTH = (Half(ITEM.ref), Half(S3.ref))


def test_the_halves_and_rivals_of_a_held_lock_are_replaced_by_those_seen_last(book: LockBook) -> None:
    book.write(telling.remember(S3))
    for seen in (BOTH, (Half(ITEM.ref, held=False), Half(S3.ref)), ()):
        page = book.write(halves.halves_seen(S3.ref, seen, (RIVAL,))).page
        assert page is not None
        assert (page.halves, page.rivals) == (seen, (RIVAL,))


def test_nothing_is_seen_of_a_lock_that_is_not_known_or_has_ended(book: LockBook) -> None:
    assert book.write(halves.halves_seen(S3.ref, BOTH, ())) == (False, None)
    book.write(telling.remember(S3))
    book.write(endings.end(S3, Ending(outcome=Outcome.GONE, at=TAKEN)))
    assert not book.write(halves.halves_seen(S3.ref, BOTH, ())).taken


def test_a_page_follows_only_while_nothing_was_said_of_it(book: LockBook) -> None:
    page = book.write(halves.follow(ITEM, S3.ref)).page
    assert page is not None
    assert (page.half_of, page.lock) == (S3.ref, ITEM)
    say(book, S3, a_sending(about=S3.ref.name), Posted(CHANNEL, "1.1"))
    assert not book.write(halves.follow(S3, ITEM.ref)).taken


def test_a_page_that_is_being_told_of_does_not_follow(book: LockBook) -> None:
    book.write(telling.claim(ITEM, a_sending(about=ITEM.ref.name)))
    assert not book.write(halves.follow(ITEM, S3.ref)).taken


def test_a_page_that_followed_can_lead_itself(book: LockBook) -> None:
    assert not book.write(halves.lead_itself(ITEM.ref)).taken
    book.write(halves.follow(ITEM, S3.ref))
    page = book.write(halves.lead_itself(ITEM.ref)).page
    assert page is not None
    assert page.half_of is None


def test_a_lock_that_is_held_again_has_neither_halves_nor_rivals_from_before(book: LockBook) -> None:
    book.write(telling.remember(S3))
    book.write(halves.halves_seen(S3.ref, BOTH, (RIVAL,)))
    book.write(endings.end(S3, Ending(outcome=Outcome.GONE, at=TAKEN)))
    page = book.write(endings.reopen(S3, TAKEN)).page
    assert page is not None
    assert (page.halves, page.rivals, page.half_of) == ((), (), None)


def test_the_first_look_at_a_lock_without_a_time_of_aws_stays(book: LockBook) -> None:
    later = TAKEN.replace(hour=23)
    for at in (TAKEN, later):
        page = book.write(telling.remember(ITEM, at)).page
        assert page is not None
        assert page.seen_at == TAKEN
    page = book.write(telling.remember(S3, later)).page
    assert page is not None
    assert page.seen_at is None
