"""What the table stores of a value is all of it, by names of its own."""

from datetime import timedelta
from typing import Any, get_args

import msgspec
import pytest

from chalicelib.aws.book import wire_values as values
from chalicelib.aws.book.wire import ATTRIBUTES, FORM, page_from
from chalicelib.aws.book.wire_locks import LOCK, REF, Form
from chalicelib.core.alerts.message import Posted, Saying, Topic
from chalicelib.core.alerts.page import Asked, Name, Page, Snooze, Stored
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome, Refusal, WayBack
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.ports.book import BookError
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_lock, a_sending

HOSTILE = "\x00<!channel>\n\"'\U0001f600\uffff #by :by"
LATER = TAKEN + timedelta(microseconds=1)
REFERENCE = LockRef(Place(Kind.S3, "bucket", f"{HOSTILE}.tflock", "123", "eu-central-1"), '"stamp"', TAKEN)
HELD = HeldLock(REFERENCE, a_lock().info, HOSTILE, Body.SEALED, "version", True, "mark", "its tags")
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
)
WHOLE: list[tuple[Form[Any, Any], msgspec.Struct]] = [
    (REF, REFERENCE),
    (LOCK, HELD),
    (values.POSTED, Posted(CHANNEL, "1.1", "1.0", HOSTILE)),
    (
        values.SENDING,
        a_sending(
            saying=(Saying(Topic.LEVEL, "2"), Saying(Topic.SNOOZE_OVER, HOSTILE)),
            at=LATER,
            beneath="1.0",
            level=2,
            owner=BOB,
            instead_of="C1",
            appearance="as it was",
        ),
    ),
    (values.SNOOZE, Snooze(ALICE, LATER)),
    (values.ASKED, Asked(ALICE, LATER, f"{ALICE} 1")),
    (values.RELEASING, Releasing(ALICE, f"{ALICE} 1", LATER, BOB)),
    (values.RESTORING, Restoring(ALICE, f"{ALICE} 1", LATER)),
    (values.RESTORER, Restorer(ALICE, HOSTILE)),
    (values.OBJECT, LockObject(b"\x00\xff", {"a": HOSTILE}, {HOSTILE: "b"}, {"c": ""})),
    (values.ENDING, RELEASED),
]
ELSEWHERE = {"restored_by", "restored_click"}
"""What an ending has from its page's ``undone``."""


@pytest.mark.parametrize(("form", "value"), WHOLE, ids=lambda one: type(one).__name__)
def test_no_field_of_a_value_is_lost_in_the_table(form: Form[Any, Any], value: msgspec.Struct) -> None:
    kind = type(value)
    empty = {field.name: field.default for field in msgspec.structs.fields(kind)}
    kept = {name for name in kind.__struct_fields__ if getattr(value, name) != empty[name]}
    assert kept == set(kind.__struct_fields__) - ELSEWHERE
    assert form.decoded(form.encoded(value)) == value


def test_every_field_of_a_page_has_its_attribute_and_every_attribute_its_field() -> None:
    assert set(ATTRIBUTES) == set(get_args(Name)) == set(Stored.__annotations__)
    assert len({attribute.name for attribute in ATTRIBUTES.values()}) == len(ATTRIBUTES)
    assert set(Page.__struct_fields__) == set(get_args(Name)) - {"levels", "undone"} | {"level"}


def test_a_page_of_another_form_is_not_guessed_at() -> None:
    item = {"Form": FORM, "Lock": LOCK.encoded(HELD)}
    assert page_from(item) == Page(lock=HELD)
    with pytest.raises(BookError, match="cannot be read"):
        page_from(item | {"Form": FORM + 1})
