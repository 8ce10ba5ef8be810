from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from chalicelib.aws.book.digest_book import DynamoDigestBook
from chalicelib.core.alerts.digest import Digest, Named
from chalicelib.core.alerts.message import Posted
from chalicelib.ports.book import DigestBook
from tests.aws_fixtures import lock_book_table
from tests.builders import CHANNEL, TAKEN, a_ref
from tests.fakes.book import FakeDigestBook

HOSTILE = "\x00<!channel>\n\"'} \U0001f600\uffff #by :by"
POSTED = Posted(CHANNEL, "1.1")


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def digests(request: pytest.FixtureRequest) -> Iterator[DigestBook]:
    if request.param == "fake":
        yield FakeDigestBook()
        return
    with lock_book_table() as table:
        yield DynamoDigestBook(table)


def a_digest(channel: str = CHANNEL, minutes: int = 0, posted: Posted | None = None, held: int = 30) -> Digest:
    at = TAKEN + timedelta(minutes=minutes, microseconds=5)
    until = None if posted else at + timedelta(minutes=20)
    oldest = (Named(f"{HOSTILE}/a", TAKEN), Named("acme-tfstate/b", TAKEN))
    locks = (HOSTILE, *(a_ref(f"{number}.tflock").name for number in range(29)))
    return Digest(
        channel=channel, locks=locks, oldest=oldest, at=at, held=held, waiting=3, posted=posted, claimed_until=until
    )


def standing(digest: Digest, held: int = 30) -> Digest:
    return msgspec.structs.replace(digest, posted=POSTED, claimed_until=None, held=held)


def test_a_new_book_has_no_digests(digests: DigestBook) -> None:
    assert digests.open() == []


@pytest.mark.parametrize("channel", [CHANNEL, HOSTILE])
def test_a_digest_that_is_being_sent_is_open_as_it_is(digests: DigestBook, channel: str) -> None:
    assert digests.claim(a_digest(channel))
    assert digests.open() == [a_digest(channel)]


@pytest.mark.parametrize("minutes", [0, 1, 60 * 24 * 3])
def test_a_channel_s_next_digest_waits_until_it_is_known_what_became_of_the_last(
    digests: DigestBook, minutes: int
) -> None:
    digests.claim(a_digest())
    assert not digests.claim(a_digest(minutes=minutes))
    assert digests.open() == [a_digest()]


def test_another_channel_s_digest_does_not_wait(digests: DigestBook) -> None:
    assert [digests.claim(a_digest()), digests.claim(a_digest("C0OTHER"))] == [True, True]
    assert len(digests.open()) == 2


def test_a_digest_that_stands_there_makes_way_for_the_next(digests: DigestBook) -> None:
    digests.claim(a_digest())
    digests.save(standing(a_digest()))
    assert digests.open() == [standing(a_digest())]
    assert digests.claim(a_digest(minutes=15))
    digests.save(standing(a_digest(minutes=15)))
    assert len(digests.open()) == 2


def test_a_digest_that_was_not_sent_makes_way_for_the_next(digests: DigestBook) -> None:
    digests.claim(a_digest())
    digests.forget(a_digest())
    assert digests.open() == []
    assert digests.claim(a_digest(minutes=15))


def test_of_two_who_give_a_digest_up_the_second_does_not_forget_the_next_one(digests: DigestBook) -> None:
    digests.claim(a_digest())
    digests.forget(a_digest())
    digests.claim(a_digest(minutes=15))
    digests.forget(a_digest())
    assert not digests.claim(a_digest(minutes=30))
    assert digests.open() == [a_digest(minutes=15)]


def test_a_digest_found_by_two_frees_no_other_claim(digests: DigestBook) -> None:
    digests.claim(a_digest())
    digests.save(standing(a_digest()))
    digests.claim(a_digest(minutes=15))
    digests.save(standing(a_digest()))
    assert not digests.claim(a_digest(minutes=30))


def test_until_when_a_claim_lasts_can_change(digests: DigestBook) -> None:
    doubtful = msgspec.structs.replace(a_digest(), claimed_until=TAKEN + timedelta(minutes=1))
    digests.claim(a_digest())
    digests.doubt(a_digest(), TAKEN + timedelta(minutes=1))
    assert digests.open() == [doubtful]
    assert not digests.claim(a_digest(minutes=15))


def test_a_claim_that_is_gone_does_not_come_back(digests: DigestBook) -> None:
    digests.claim(a_digest())
    digests.forget(a_digest())
    digests.doubt(a_digest(), TAKEN + timedelta(hours=1))
    assert digests.open() == []


def test_a_digest_is_open_with_what_it_says_now_while_it_has_locks_still_held(digests: DigestBook) -> None:
    digests.save(standing(a_digest()))
    digests.save(standing(a_digest(), held=7))
    assert digests.open() == [standing(a_digest(), held=7)]
    digests.save(standing(a_digest(), held=0))
    assert digests.open() == []


def test_a_digest_of_whose_locks_none_is_held_is_forgotten(digests: DigestBook) -> None:
    digests.save(standing(a_digest()))
    digests.forget(standing(a_digest(), held=0))
    assert digests.open() == []


def test_forgetting_what_is_not_there_does_nothing(digests: DigestBook) -> None:
    digests.forget(a_digest())
    assert digests.open() == []
