"""What the table stores of a value is all of it, by names of its own."""

from collections.abc import Iterator
from datetime import timedelta
from typing import get_args

import msgspec
import pytest

from chalicelib.aws.book.wire import ATTRIBUTES, FORM, page_from
from chalicelib.core.alerts.message import Posted, Saying, Topic
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.alerts.stored import Name, Stored
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, LockObject
from chalicelib.core.clicks.ending import Ending, HalfEnding, LetGoBy, Outcome, Refusal, WayBack
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.state_lock import Half
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.ports.book import BookError
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_sending

HOSTILE = "\x00<!channel>\n\"'\U0001f600\uffff #by :by"
LATER = TAKEN + timedelta(microseconds=1)
REFERENCE = LockRef(Place(Kind.S3, "bucket", f"{HOSTILE}.tflock", "123", "eu-central-1"), '"stamp"', TAKEN)
INFO = LockInfo("id", "OperationTypeApply", HOSTILE, "root@vm", "1.11.4", "2026-11-21T03:18:57Z", "bucket/key")
HELD = HeldLock(REFERENCE, INFO, HOSTILE, Body.SEALED, "version", True, "mark", "its tags")
RELEASED = Ending(
    outcome=Outcome.RELEASED,
    at=LATER,
    user=ALICE,
    click=f"{ALICE} 1",
    refusal=Refusal.TOO_LATE,
    detail=HOSTILE,
    lasting=True,
    principal="AROA:ci",
    let_go_by=LetGoBy.HOLDER,
    by_reaper=True,
    approved=BOB,
    undo_until=LATER,
    held_now=HELD,
    copy_of="other/state",
    way_back=WayBack.VERSION,
    halves=(HalfEnding(REFERENCE.place, Outcome.REPLACED, HOSTILE, HELD, ALICE),),
)
OBJECT = LockObject(b"\x00\xff", {"a": HOSTILE}, {HOSTILE: "b"}, {"c": ""})
WHOLE: dict[str, msgspec.Struct | tuple[msgspec.Struct, ...]] = {
    "lock": HELD,
    "halves": (Half(REFERENCE, held=False),),
    "half_of": REFERENCE,
    "rivals": (HELD, HELD),
    "kept_halves": (KeptHalf(REFERENCE, OBJECT),),
    "posted": Posted(CHANNEL, "1.1", "1.0", HOSTILE),
    "sending": a_sending(
        saying=(Saying(Topic.LEVEL, "2"), Saying(Topic.SNOOZE_OVER, HOSTILE)),
        at=LATER,
        beneath="1.0",
        level=2,
        owner=BOB,
        instead_of="C1",
        appearance="as it was",
    ),
    "snooze": Snooze(ALICE, LATER),
    "asked": Asked(ALICE, LATER, f"{ALICE} 1"),
    "releasing": Releasing(ALICE, f"{ALICE} 1", LATER, BOB),
    "kept": OBJECT,
    "restoring": Restoring(ALICE, f"{ALICE} 1", LATER),
    "back_as": REFERENCE,
    "ending": RELEASED,
    "half_ending": RELEASED,
    "undone": Restorer(ALICE, HOSTILE),
    "restorers": Restorer(ALICE, HOSTILE),
}
ELSEWHERE = {"restored_by", "restored_click"}
"""What an ending has from its page's ``undone``."""


@pytest.mark.parametrize("name", WHOLE)
def test_no_field_of_a_value_is_lost_in_the_table(name: str) -> None:
    value, attribute = WHOLE[name], ATTRIBUTES[name]
    assert set(empty_in(value)) <= ELSEWHERE, "this test's value has to have something in every field"
    assert attribute.read(attribute.write(value)) == value


def empty_in(value: object) -> Iterator[str]:
    """Give the names of the fields, of whatever depth, that are as they are by default."""
    if isinstance(value, tuple):
        yield from (name for member in value for name in empty_in(member))
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            there = getattr(value, field.name)
            yield from [field.name] if there == field.default else empty_in(there)


def test_every_value_that_is_stored_as_json_is_tried_here() -> None:
    assert {name for name, attribute in ATTRIBUTES.items() if attribute.write.__qualname__.startswith("_json")} == set(
        WHOLE
    )


def test_every_field_of_a_page_has_its_attribute_and_every_attribute_its_field() -> None:
    assert set(ATTRIBUTES) == set(get_args(Name)) == set(Stored.__annotations__)
    assert len({attribute.name for attribute in ATTRIBUTES.values()}) == len(ATTRIBUTES)
    assert set(Page.__struct_fields__) == set(get_args(Name)) - {"levels", "undone"} | {"level"}


def test_a_page_of_another_form_is_not_guessed_at() -> None:
    item = {"Form": FORM, "Lock": ATTRIBUTES["lock"].write(HELD)}
    assert page_from(item) == Page(lock=HELD)
    with pytest.raises(BookError, match="cannot be read"):
        page_from(item | {"Form": FORM + 1})
