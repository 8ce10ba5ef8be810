from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.aws.book.channel_book import DynamoChannelBook
from chalicelib.core.alerts.channel_trouble import ChannelTrouble, Phase
from chalicelib.ports.book import ChannelBook
from tests.aws_fixtures import lock_book_table
from tests.builders import TAKEN
from tests.fakes.book import FakeChannelBook

HOSTILE = "\x00<!channel>\n\"'} \U0001f600\uffff #by :by"


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def channels(request: pytest.FixtureRequest) -> Iterator[ChannelBook]:
    if request.param == "fake":
        yield FakeChannelBook()
        return
    with lock_book_table() as table:
        yield DynamoChannelBook(table)


def a_trouble(channel: str = "C0PROD", **others: Any) -> ChannelTrouble:
    return ChannelTrouble(channel=channel, why=HOSTILE, since=TAKEN + timedelta(microseconds=5), **others)


def the_next(trouble: ChannelTrouble, **changes: Any) -> ChannelTrouble:
    return msgspec.structs.replace(trouble, step=trouble.step + 1, **changes)


def test_a_new_book_has_no_channels_in_trouble(channels: ChannelBook) -> None:
    assert channels.troubled() == []


def test_a_trouble_is_noted_once_and_found_as_it_was_noted(channels: ChannelBook) -> None:
    trouble, other = a_trouble(claimed_until=TAKEN, phase=Phase.TOLD), a_trouble(HOSTILE)
    assert channels.replace(None, trouble)
    assert channels.replace(None, other)
    assert not channels.replace(None, a_trouble())
    assert sorted(channels.troubled(), key=lambda one: one.channel) == sorted(
        [trouble, other], key=lambda one: one.channel
    )


def test_of_two_changes_of_the_same_trouble_the_first_is_made(channels: ChannelBook) -> None:
    trouble = a_trouble()
    channels.replace(None, trouble)
    assert channels.replace(trouble, the_next(trouble, phase=Phase.TOLD))
    assert not channels.replace(trouble, the_next(trouble, claimed_until=TAKEN))
    assert channels.troubled() == [the_next(trouble, phase=Phase.TOLD)]


def test_what_is_forgotten_can_begin_anew_and_is_another_trouble(channels: ChannelBook) -> None:
    trouble = a_trouble()
    channels.replace(None, trouble)
    channels.forget("C0PROD")
    channels.forget("C0PROD")
    assert channels.troubled() == []
    assert not channels.replace(trouble, the_next(trouble))
    again = msgspec.structs.replace(trouble, since=TAKEN + timedelta(days=1))
    assert channels.replace(None, again)
    assert not channels.replace(trouble, the_next(trouble))
    assert channels.troubled() == [again]
