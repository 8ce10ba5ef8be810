"""The forms that orders have on the wire, to the letter: whoever changes one gives it a new version."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from chalicelib.aws.orders.clicks import (
    read_for_answer_click,
    read_for_release_lock,
    write_auto_release,
    write_click,
    write_end_undo,
    write_unheard,
)
from chalicelib.aws.orders.events import read_recording, read_settling, write_recording, write_settling
from chalicelib.aws.orders.sweeps import read_sweep, write_sweep
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.clicks.click import SnoozeFor, Unheard, Unusable, Verb
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import MOST_AGAIN, Counts, SweepOrder
from tests.builders import ALICE, CHANNEL, TAKEN, a_click, a_ref, a_table_lock
from tests.jobs.recording import an_event

PLACE = {"kind": "s3", "container": "acme-tfstate", "key": "prod/network/terraform.tfstate.tflock"}
LOCK = {"place": PLACE, "stamp": '"d41d8cd98f00b204e9800998ecf8427e"', "since": "2026-11-21T03:18:57Z"}
ITEM = LockRef(Place(Kind.DYNAMODB, "locks", "acme-tfstate/a", region="eu-west-1"), "stamp", TAKEN)
ITEM_FORM = {
    "place": {"kind": "dynamodb", "container": "locks", "key": "acme-tfstate/a", "region": "eu-west-1"},
    "stamp": "stamp",
    "since": "2026-11-21T03:18:57Z",
}
SNOOZE = a_click(a_ref(), verb=Verb.SNOOZE, snooze_for=SnoozeFor.FOUR_HOURS, at=TAKEN, reply_to="https://x")
FORMS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "a sweep": (
        write_sweep(SweepOrder(Target(Kind.S3, "acme-tfstate", ("prod/",), "eu-west-1"))),
        {
            "order": "sweep",
            "v": 1,
            "target": {"kind": "s3", "container": "acme-tfstate", "prefixes": ["prod/"], "region": "eu-west-1"},
        },
    ),
    "the rest of a sweep": (
        write_sweep(
            SweepOrder(
                Target(Kind.DYNAMODB, "locks", stream="arn", account=Account("111122223333", "prod", "role", "id")),
                TAKEN,
                "the cursor",
                2,
                ("acme-tfstate/a",),
                Counts(locks=1, objects=2, listing_pages=3, alerts=4),
            )
        ),
        {
            "order": "sweep",
            "v": 1,
            "target": {
                "kind": "dynamodb",
                "container": "locks",
                "stream": "arn",
                "account": {"id": "111122223333", "name": "prod", "role": "role", "external_id": "id"},
            },
            "night": "2026-11-21T03:18:57Z",
            "after": "the cursor",
            "part": 2,
            "again": ["acme-tfstate/a"],
            "so_far": {"locks": 1, "objects": 2, "listing_pages": 3, "alerts": 4},
        },
    ),
    "a click": (
        write_click(SNOOZE),
        {
            "order": "carry out a click",
            "v": 1,
            "lock": LOCK,
            "verb": "snooze",
            "snooze_for": "4h",
            "user": "U0ALICE",
            "user_team": "T0DEMO",
            "channel": "C0PLATFORM",
            "message": "1.000001",
            "at": "2026-11-21T03:18:57Z",
            "click": "U0ALICE 1",
            "reply_to": "https://x",
        },
    ),
    "a click on a lock in two places": (
        write_click(a_click(a_ref(), halves=(ITEM, a_ref()))),
        {
            "order": "carry out a click",
            "v": 1,
            "lock": LOCK,
            "halves": [ITEM_FORM, LOCK],
            "verb": "release",
            "user": "U0ALICE",
            "user_team": "T0DEMO",
            "channel": "C0PLATFORM",
            "message": "1.000001",
            "click": "U0ALICE 1",
        },
    ),
    "a click turned away": (
        write_unheard(Unheard(why=Unusable.UNREADABLE, detail="d", user=ALICE, channel=CHANNEL, reply_to="https://x")),
        {
            "order": "turn a click away",
            "v": 1,
            "why": "not readable",
            "detail": "d",
            "user": "U0ALICE",
            "channel": "C0PLATFORM",
            "reply_to": "https://x",
        },
    ),
    "an auto-release": (
        write_auto_release(AutoRelease(lock=a_ref(), channel=CHANNEL)),
        {"order": "release by itself", "v": 1, "lock": LOCK, "channel": "C0PLATFORM"},
    ),
    "an auto-release of a lock in two places": (
        write_auto_release(AutoRelease(lock=a_ref(), halves=(ITEM, a_ref()), channel=CHANNEL)),
        {"order": "release by itself", "v": 1, "lock": LOCK, "halves": [ITEM_FORM, LOCK], "channel": "C0PLATFORM"},
    ),
    "the end of an undo": (write_end_undo(EndUndo(a_ref())), {"order": "end an undo", "v": 1, "lock": LOCK}),
    "a release to settle": (
        write_settling(an_event(TAKEN, "v1", acquired=False, permanent=True)),
        {
            "order": "settle",
            "v": 1,
            "event": {
                "place": PLACE,
                "at": "2026-11-21T03:18:57Z",
                "told_by": "s3",
                "principal": "AWS:AROAEXAMPLE:ci-run-7",
                "source_address": "203.0.113.9",
                "version": "v1",
                "permanent": True,
            },
        },
    ),
}
_TABLE_PLACE = {
    "kind": "dynamodb",
    "container": "terraform-locks",
    "key": "acme-tfstate/prod/network/terraform.tfstate",
}
_HELD = a_table_lock()
FORMS["an event to record"] = (
    write_recording(
        LockEvent(acquired=True, place=_HELD.ref.place, at=TAKEN, told_by=ToldBy.STREAM, sequencer="01", lock=_HELD)
    ),
    {
        "order": "record",
        "v": 1,
        "event": {
            "place": _TABLE_PLACE,
            "at": "2026-11-21T03:18:57Z",
            "told_by": "stream",
            "acquired": True,
            "sequencer": "01",
            "lock": {
                "stamp": _HELD.ref.stamp,
                "since": "2026-11-21T03:18:57Z",
                "info": {
                    "id": "78653438-8ad9-5195-0db7-201620792a67",
                    "operation": "OperationTypeApply",
                    "who": "root@vm",
                    "version": "1.11.4",
                    "created": "2026-11-21T03:18:57.357503377Z",
                    "path": "acme-tfstate/prod/network/terraform.tfstate",
                },
            },
        },
    },
)
READERS = (read_for_release_lock, read_for_answer_click)


@pytest.mark.parametrize("order", FORMS)
def test_the_form_of_an_order_changes_only_with_its_version(order: str) -> None:
    written, form = FORMS[order]
    assert json.loads(written) == form


@pytest.mark.parametrize("values", [Verb, SnoozeFor, Unusable, ToldBy, Kind])
def test_the_values_of_enums_on_the_wire_change_only_with_the_version(values: Any) -> None:
    known = {
        Verb: ["release", "snooze", "wake", "withdraw", "put back"],
        SnoozeFor: ["1h", "4h", "morning", "1w"],
        Unusable: ["for another workspace or app", "not readable", "unknown"],
        ToldBy: ["s3", "eventbridge", "stream", "seen"],
        Kind: ["s3", "dynamodb"],
    }[values]
    # A new value is no change: a function that does not know it yet takes its order for one of another version.
    assert [*values][: len(known)] == known


def of_another_version(order: str) -> str:
    return json.dumps({**FORMS[order][1], "v": 2})


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("order", ["a click", "a click turned away"])
def test_whoever_clicked_for_another_version_is_known_and_can_be_told(
    read: Callable[[str], object], order: str
) -> None:
    unheard = read(of_another_version(order))
    assert isinstance(unheard, Unheard)
    assert (unheard.why, unheard.user, unheard.channel, unheard.reply_to) == (
        Unusable.UNKNOWN,
        ALICE,
        CHANNEL,
        "https://x",
    )
    assert "`$.v`" in unheard.detail


@pytest.mark.parametrize("order", ["an auto-release", "the end of an undo"])
@pytest.mark.parametrize("read", READERS)
def test_an_order_of_another_version_that_nobody_clicked_is_an_error(read: Callable[[str], object], order: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(of_another_version(order))


@pytest.mark.parametrize(
    ("read", "order"), [(read_for_release_lock, "the end of an undo"), (read_for_answer_click, "an auto-release")]
)
def test_an_order_that_nobody_clicked_is_an_error_for_a_function_that_does_not_carry_it_out(
    read: Callable[[str], object], order: str
) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(FORMS[order][0].decode())


def test_a_sweep_of_another_version_is_an_error_and_a_release_to_settle_is_none() -> None:
    with pytest.raises(msgspec.ValidationError):
        read_sweep(of_another_version("a sweep"))
    assert read_settling(of_another_version("a release to settle")) is None
    assert read_recording(of_another_version("an event to record")) is None


@pytest.mark.parametrize(
    "info",
    [b"", b"{", b"[]", b'{"ID":"\\u0000\\ud800"}', b"x" * 300_000, b'{"ID":"' + b"\\u00e9" * 2_500 + b'"}'],
    ids=["empty", "broken off", "a list", "odd characters", "300 KB", "nearly 16 KB"],
)
def test_whatever_is_in_an_item_fits_into_a_message_and_is_read_as_it_was_written(info: bytes) -> None:
    lock = a_table_lock(body=info)
    event = LockEvent(acquired=True, place=lock.ref.place, at=TAKEN, told_by=ToldBy.STREAM, lock=lock)
    for write, read in ((write_recording, read_recording), (write_settling, read_settling)):
        message = write(event)
        assert len(message) < 64 * 1024
        assert read(message.decode()) == event


def test_the_rest_of_a_sweep_fits_into_a_message_whatever_the_keys_are() -> None:
    key = "\x01" * 1018 + ".tflock"
    rest = SweepOrder(Target(Kind.S3, "a"), again=(key,) * MOST_AGAIN, after=key * 16)
    assert len(write_sweep(rest)) < 256 * 1024


@pytest.mark.parametrize("order", FORMS)
def test_an_order_without_a_version_is_not_carried_out(order: str) -> None:
    message = json.dumps({name: value for name, value in FORMS[order][1].items() if name != "v"})
    assert read_settling(message) is None
    with pytest.raises(msgspec.ValidationError):
        read_sweep(message)
    for read in READERS:
        if "a click" in order:
            assert isinstance(read(message), Unheard)
        else:
            with pytest.raises(msgspec.ValidationError):
                read(message)
