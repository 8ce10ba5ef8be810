from datetime import timedelta

import msgspec
from hypothesis import given

from chalicelib.core.alerts.digest import OLDEST, Digest, Named
from chalicelib.core.locks.place import Clock
from chalicelib.slack.words.digests import message
from tests.builders import CHANNEL, TAKEN, a_lock, a_table_lock
from tests.slack.reading import FOREIGN, assert_slack_takes, said


def a_digest(held: int = 12, waiting: int = 0, path: str = "acme-tfstate/prod/a.tfstate") -> Digest:
    oldest = tuple(Named(path, TAKEN + timedelta(hours=hour)) for hour in range(OLDEST))
    locks = tuple(f"lock {count}" for count in range(12))
    return Digest(channel=CHANNEL, locks=locks, held=held, waiting=waiting, oldest=oldest, at=TAKEN)


def test_a_digest_counts_the_locks_names_the_oldest_and_points_to_the_thread() -> None:
    text, blocks = message(a_digest())
    assert text == "12 Terraform locks are held too long"
    assert "• `acme-tfstate/prod/a.tfstate`, taken <!date^1795231137^{ago}|2026-11-21 03:18 UTC>" in said(blocks)
    assert said(blocks).count("•") == OLDEST
    assert "Each has its own message with its own buttons in the thread." in said(blocks)
    assert "still held" not in said(blocks)


def test_a_digest_names_the_table_of_a_lock_and_claims_no_time_that_nothing_tells() -> None:
    place = a_table_lock().ref.place
    oldest = (Named("a/b", TAKEN, place=place, clock=Clock.REAPER), Named("a/c", TAKEN, place=a_lock().ref.place))
    shown = said(message(msgspec.structs.replace(a_digest(), oldest=oldest))[1])
    assert "`a/b`, in DynamoDB table `terraform-locks`, first seen <" in shown
    assert "`a/c`, taken <" in shown
    by_client = (Named("a/b", TAKEN, place=place, clock=Clock.CLIENT),)
    shown = said(message(msgspec.structs.replace(a_digest(), oldest=by_client))[1])
    assert "|2026-11-21 03:18 UTC> (its machine's clock)" in shown


def test_a_digest_says_how_many_there_was_no_room_for() -> None:
    assert "30 more follow" in said(message(a_digest(waiting=30))[1])
    assert "1 more follows" in said(message(a_digest(waiting=1))[1])


def test_a_digest_says_how_many_have_their_own_message_and_when_that_was_so() -> None:
    digest = msgspec.structs.replace(a_digest(), coming=9, counted_at=TAKEN + timedelta(hours=1))
    assert "3 of 12 are there as of <!date^1795234737^" in said(message(digest)[1])


def test_a_digest_says_how_many_are_still_held() -> None:
    text, blocks = message(a_digest(held=9))
    assert text == "9 of 12 Terraform locks are still held too long"
    assert text in blocks[0]["text"]["text"]
    assert "*The oldest* when this was posted" in said(blocks)
    assert message(a_digest(held=1))[0] == "1 of 12 Terraform locks is still held too long"


def test_a_digest_says_that_all_its_locks_are_gone() -> None:
    text, blocks = message(a_digest(held=0))
    assert text == "12 Terraform locks were held too long, all of them are gone"
    assert ":white_check_mark:" in said(blocks)
    assert "buttons" not in said(blocks)


@given(FOREIGN)
def test_whatever_the_paths_it_fits_and_calls_nobody(path: str) -> None:
    assert_slack_takes(*message(a_digest(path=f"b/{path}")))
