"""What each release wrote is understood by the code of today, and every form that today's code writes has a sample."""

import base64
import json
import re
import tomllib
import zlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib import checked_rules
from chalicelib.aws.book import wire_values
from chalicelib.aws.book.wire import ATTRIBUTES
from chalicelib.aws.orders.waiting import Clicked
from chalicelib.aws.orders.wire import Order
from chalicelib.core.alerts.channel_trouble import ChannelTrouble
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.audit import journal_lines
from chalicelib.core.audit.hold import NotedEvent
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.clicks.click import Click, Unheard, Unusable
from chalicelib.core.clicks.part import Result as PartResult
from chalicelib.core.doctor.weekly.memory import Remembered as Look
from chalicelib.core.joint.joint import Joint
from chalicelib.core.nights.night import Ordered, Result
from chalicelib.core.targets.remembered import Remembered
from chalicelib.jobs.clicks.release import release
from chalicelib.slack.words.joint.buttons import JOINT_VERBS
from chalicelib.slack.words.listings import PAGE_ACTIONS
from chalicelib.slack.words.parts.buttons import VERBS
from tests.aws_fixtures import create_lock_book, lock_book, moto
from tests.builders import BUCKET, KEY, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.released import books, lines, messages, names, orders, record
from tests.released.forms import below, parts_in, parts_of
from tests.released.scene import LOCK, after

HERE = Path(__file__).parent
FOLDERS = sorted(
    (path for path in HERE.iterdir() if re.fullmatch(r"\d+\.\d+\.\d+", path.name)),
    key=lambda path: tuple(map(int, path.name.split("."))),
)
NEWEST = FOLDERS[-1]
RECORD = "python -m tests.released.record VERSION"
versions = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_bytes())


@versions
def test_every_order_of_a_release_means_what_it_meant(folder: Path) -> None:
    told = read(folder, "orders.json")
    understood = {name: orders.read(one["queue"], one["body"]) for name, one in told.items()}
    assert understood == {name: orders.ORDERS[name] for name in told}


@versions
def test_every_button_of_a_release_asks_what_it_asked(folder: Path) -> None:
    for name, message in read(folder, "messages.json").items():
        asked = {
            messages.name_of(button): messages.asked_by(messages.click_on(message, button))
            for button in messages.buttons(message)
        }
        assert asked == messages.MESSAGES[name].asks, name


@versions
def test_all_that_a_release_remembered_is_remembered(folder: Path) -> None:
    with moto("dynamodb") as client:
        create_lock_book(client)
        for item in read(folder, "book.json"):
            client.put_item(TableName="book", Item={name: in_bytes(value) for name, value in item.items()})
        found = books.read_all(lock_book())
    today = books.remembered()
    assert {name: found[name] for name in found if found[name] != today[name]} == {}


@versions
def test_things_are_found_again_by_the_names_that_a_release_gave_them(folder: Path) -> None:
    told, today = read(folder, "names.json"), names.names()
    assert told == {name: today[name] for name in told}


@versions
def test_every_line_of_a_release_s_journal_can_be_read(folder: Path) -> None:
    told = read(folder, "journal.json")
    assert {name: msgspec.json.decode(line, type=JournalLine) for name, line in told.items()} == {
        name: lines.LINES[name] for name in told
    }
    assert journal_lines.read(told.values()).not_understood == 0


@versions
def test_the_checked_rules_of_a_release_are_read_or_refused_in_words(folder: Path) -> None:
    written = (folder / "rules.json").read_bytes()
    if json.loads(written)["format"] == checked_rules.FORMAT:
        assert checked_rules.encode(checked_rules.decode(written)) == written
        return
    with pytest.raises(checked_rules.CheckedRulesError, match=r"rules and code must come from the same version"):
        checked_rules.decode(written)


@versions
def test_a_click_on_a_message_of_a_release_releases_exactly_that_lock(folder: Path) -> None:
    click = the_release(folder)
    world = FakeWorld(LOCK.ref.since)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    world.store.put(BUCKET, f"beside/{KEY}", sample("s3-apply-default"))
    world.later(hours=3)
    release(click, world.ports, some_rules(), world.now)
    assert world.store.deleted == [LOCK.ref]


@versions
def test_a_click_on_a_message_of_a_release_does_not_release_the_next_lock(folder: Path) -> None:
    world = FakeWorld(after(hours=3))
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    release(the_release(folder), world.ports, some_rules(), world.now)
    assert world.store.deleted == []


def the_release(folder: Path) -> Click:
    """A click on Release in the alert of a release, through the queue."""
    message = read(folder, "messages.json")["an alert"]
    [button] = [one for one in messages.buttons(message) if messages.name_of(one) == "release_lock"]
    click = messages.click_on(message, button)
    assert isinstance(click, Click)
    return click


@versions
def test_what_is_of_a_newer_version_is_answered_in_words_and_never_carried_out(folder: Path) -> None:
    """After a rollback the queues and channels have what the newer version left there."""
    for name, one in read(folder, "orders.json").items():
        newer = {**json.loads(one["body"]), "v": 99}
        try:
            understood = orders.read(one["queue"], json.dumps(newer))
        except msgspec.MsgspecError:
            assert "user" not in newer, f"{name}: somebody waits for an answer"
            continue
        if understood is not None:
            assert isinstance(understood, Unheard), name
            assert understood.why is Unusable.UNKNOWN
            assert understood.answerable


def in_bytes(value: dict[str, Any]) -> dict[str, Any]:
    return {"B": base64.b64decode(value["B"])} if "B" in value else value


PAGE_FORMS: dict[str, Any] = {
    "Lock": wire_values.LockForm,
    "Posted": wire_values.PostedForm,
    "Sending": wire_values.SendingForm,
    "Halves": tuple[wire_values.HalfForm, ...],
    "HalfOf": wire_values.RefForm,
    "Rivals": tuple[wire_values.LockForm, ...],
    "Snooze": wire_values.SnoozeForm,
    "Asked": wire_values.AskedForm,
    "Releasing": wire_values.ReleasingForm,
    "Kept": wire_values.ObjectForm,
    "KeptHalves": tuple[wire_values.KeptHalfForm, ...],
    "Restoring": wire_values.RestoringForm,
    "BackAs": wire_values.RefForm,
    "Ending": wire_values.EndingForm,
    "HalfEnding": wire_values.EndingForm,
    "Undone": wire_values.RestorerForm,
    "Restorers": wire_values.RestorerForm,
}
"""The attributes of a page that are JSON, and their forms."""
MEMORY_FORMS: dict[str, Any] = {
    "Noted": NotedEvent,
    "Trouble": ChannelTrouble,
    "Digest": Digest,
    "Joint": Joint,
    "Results": PartResult,
    "Ordered": tuple[Ordered, ...],
    "Result": Result,
    "Known": Look,
    "Packed": Remembered,
}
"""The same for all else that is in the table. Of a form of ``core`` every field is written."""


def test_the_newest_samples_are_what_is_written_today() -> None:
    """Where this fails, a form has changed. Before the release: record its samples again. After it: the next one's."""
    today = record.samples()
    for name, sampled in today.items():
        there = (NEWEST / name).read_bytes()
        now = sampled if isinstance(sampled, bytes) else json.dumps(sampled).encode()
        assert comparable(name, json.loads(there)) == comparable(name, json.loads(now)), f"{name}: {RECORD}"


def test_this_version_has_samples() -> None:
    assert NEWEST.name == tomllib.loads((record.ROOT / "pyproject.toml").read_text())["project"]["version"]


def comparable(name: str, sampled: Any) -> Any:
    """Without what is no form: the words of messages, how a packer packs, and the random end of a generation."""
    if name == "messages.json":
        return {one: [clickable(button) for button in messages.buttons(sampled[one])] for one in sampled}
    if name == "book.json":
        return [
            {
                key: re.sub(r"(?<=\+00:00 )[0-9a-f]{8}", "random", in_order(unpacked(value)))
                for key, value in item.items()
                if key != "Digest" or item["StatePath"] != {"S": "#targets"}
            }
            for item in sampled
        ]
    return sampled


def clickable(button: dict[str, Any]) -> tuple[str, str, str]:
    return button["action_id"], button.get("value", ""), button.get("selected_option", {}).get("value", "")


def unpacked(value: dict[str, Any]) -> list[Any]:
    """The values of an attribute, read as JSON where they are."""
    return [json.loads(text) if text[:1] in {"{", "["} else text for text in texts(value)]


def in_order(value: Any) -> str:
    """A value as text. A set has no order, in JSON either."""
    if isinstance(value, list):
        return f"[{', '.join(sorted(map(in_order, value)))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {in_order(held)}' for key, held in value.items())}}}"
    return str(value)


def test_every_form_of_an_order_has_a_sample_with_each_of_its_fields_and_choices() -> None:
    forms = {form for form in (*below(Order), *below(Clicked)) if form.__struct_config__.tag is not None}
    bodies = [json.loads(one["body"]) for one in read(NEWEST, "orders.json").values()]
    assert without_a_sample([(form, body) for form in forms for body in bodies]) == set()
    assert {body["order"] for body in bodies} == {form.__struct_config__.tag for form in forms}


def test_every_attribute_of_a_page_has_a_sample_with_each_of_its_fields_and_choices() -> None:
    pages = [item for item in read(NEWEST, "book.json") if not item["StatePath"]["S"].startswith("#")]
    attributes = {attribute.name for attribute in ATTRIBUTES.values()}
    assert attributes - {name for item in pages for name in item} == set()
    assert without_a_sample(jsons(pages, PAGE_FORMS)) == set()
    in_json = {name for item in pages for name, value in item.items() if value.get("S", "")[:1] in {"{", "["}}
    assert in_json == PAGE_FORMS.keys() - {"Restorers"}


def test_all_else_that_is_remembered_has_a_sample_with_each_of_its_fields_and_choices() -> None:
    kept = [item for item in read(NEWEST, "book.json") if item["StatePath"]["S"].startswith("#")]
    assert without_a_sample(jsons(kept, MEMORY_FORMS)) == set()


def test_every_button_that_a_message_can_have_has_a_sample() -> None:
    shown = read(NEWEST, "messages.json")
    actions = {button["action_id"] for message in shown.values() for button in messages.buttons(message)}
    assert actions == {*VERBS, *JOINT_VERBS, *PAGE_ACTIONS}


def test_every_kind_of_line_has_a_sample_and_every_field_of_a_line() -> None:
    told = [json.loads(line) for line in read(NEWEST, "journal.json").values()]
    assert {line["event"] for line in told} == {kind.value for kind in LineKind}
    assert without_a_sample([(JournalLine, line) for line in told]) == set()


def jsons(items: list[dict[str, Any]], forms: dict[str, Any]) -> list[tuple[Any, Any]]:
    """The forms with each value that an item has in them."""
    return [
        (forms[name], json.loads(text))
        for item in items
        for name, value in item.items()
        if (name in forms and item["StatePath"] != {"S": "#targets"}) or name == "Packed"
        for text in texts(value)
    ]


def texts(value: dict[str, Any]) -> list[str]:
    [(kind, held)] = value.items()
    if kind == "B":
        return [zlib.decompress(base64.b64decode(held)).decode()]
    return list(held) if kind in {"SS", "NS"} else [str(held)]


def without_a_sample(told: list[tuple[Any, Any]]) -> set[str]:
    """The fields and choices of forms that no value has."""
    possible = {part for form in {form for form, _ in told} for part in parts_of(form)}
    return possible - {part for form, value in told for part in parts_in(form, value)}
