from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.page import Asked, Page
from chalicelib.core.clicks.click import SnoozeFor, Verb
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.state_lock import Half
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.slack.words.messages import message
from chalicelib.slack.words.parts import buttons, lock_value
from chalicelib.slack.words.parts.blocks import actions
from demo.slack_standin.block_rules import problems_in
from tests.builders import ALICE, TAKEN, a_lock, a_policy, a_table_lock


def question(button: dict[str, Any]) -> str:
    return str(button["confirm"]["text"]["text"])


@pytest.mark.parametrize(
    ("name", "risk"),
    [
        ("s3-apply-default", "lose resources"),
        ("s3-plan-default", "nothing is lost"),
        ("s3-refresh-default", "This operation writes the state"),
        ("s3-console-default", "an import, which writes the state, or a console, which does not"),
        ("s3-import-default", "an import, which writes the state, or a console, which does not"),
    ],
)
def test_release_asks_first_and_names_the_lock_the_holder_and_the_risk(name: str, risk: str) -> None:
    button = buttons.release(Page(lock=a_lock(name)))
    assert "`acme-tfstate/prod/network/terraform.tfstate`, held by `root@vm`." in question(button)
    assert risk in question(button)
    assert (button["style"], button["confirm"]["style"]) == ("danger", "danger")
    assert button["confirm"]["confirm"]["text"] == "Release"


def test_release_says_before_the_click_what_could_not_be_put_back() -> None:
    held = msgspec.structs.replace(a_lock(), not_restored="legal hold")
    assert "cannot restore its legal hold" in question(buttons.release(Page(lock=held)))
    assert "cannot restore" not in question(buttons.release(Page(lock=a_lock())))
    info = msgspec.structs.replace(held.info or LockInfo(), Who="&" * 300)
    longest = HeldLock(
        LockRef(Place(Kind.S3, "b" * 63, "k" * 1000 + ".tflock"), '"e"', TAKEN), info, not_restored="legal hold"
    )
    assert problems_in([actions(buttons.release(Page(lock=longest)))]) == []


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"Operation":"OperationTypeNew","Who":"a@b"}', b'{"Operation":"  "}', b"[]"]
)
def test_what_a_lock_that_does_not_tell_is_doing_is_said_to_be_unknown(body: bytes) -> None:
    said = question(buttons.release(Page(lock=a_lock(body=body))))
    assert "What this run does is not known. If it is alive and writes" in said
    assert "This operation writes" not in said


def test_the_first_of_two_people_only_asks_and_the_second_approves_knowing_the_risk() -> None:
    first, second = (
        buttons.release(Page(lock=a_lock(), asked=asked), second_person=True)
        for asked in (None, Asked(ALICE, TAKEN, "1"))
    )
    assert first["text"]["text"] == "Ask to release"
    assert "Nothing is released before a second person approves it." in question(first)
    assert second["text"]["text"] == "Approve release"
    assert "lose resources" in question(second)


def test_putting_back_asks_first_and_says_what_it_does() -> None:
    button = buttons.put_back(a_lock().ref)
    assert "if nobody holds it by now" in question(button)
    assert lock_value.decode(button["value"]).lock == a_lock().ref


def test_every_button_is_about_the_lock_that_is_shown() -> None:
    for lock in (a_lock(), HeldLock(a_lock().ref, body=Body.STATE)):
        alert = alert_for(Page(lock=lock), a_policy(), TAKEN + timedelta(hours=3), None)
        values = [element["value"] for element in buttons.of_open(alert) if element["type"] == "button"]
        assert {lock_value.decode(value).lock for value in values} == {lock.ref}


def test_every_verb_has_an_action() -> None:
    assert set(buttons.VERBS.values()) == set(Verb)
    assert set(buttons.SNOOZE_ACTIONS.values()) == set(SnoozeFor)


def test_the_longest_key_of_s3_fits_every_button() -> None:
    ref = LockRef(Place(Kind.S3, "b" * 63, "&" * 1018 + ".tflock"), '"d41d8cd98f00b204e9800998ecf8427e-10000"', TAKEN)
    for lock in (HeldLock(ref), HeldLock(ref, body=Body.STATE)):
        alert = alert_for(Page(lock=lock), a_policy(), TAKEN + timedelta(hours=3), None)
        assert problems_in([actions(*buttons.of_open(alert)), actions(buttons.put_back(ref))]) == []


def test_a_dual_lock_s_button_names_the_halves_that_are_held() -> None:
    s3, item = a_lock(), a_table_lock()
    both = Page(lock=s3, halves=(Half(item.ref), Half(s3.ref)))
    left = Page(lock=s3, halves=(Half(item.ref), Half(s3.ref, held=False)))
    shown = [lock_value.decode(buttons.release(page)["value"]) for page in (both, left, Page(lock=s3))]
    assert shown == [(s3.ref, (item.ref, s3.ref)), (s3.ref, (item.ref,)), (s3.ref, ())]


def test_a_lock_whose_state_path_is_too_long_for_a_button_has_none_and_its_alert_says_how_to_release_it() -> None:
    page = Page(lock=HeldLock(LockRef(Place(Kind.DYNAMODB, "t", "b/" + "k" * 2046), "0" * 40, TAKEN)))
    alert = alert_for(page, a_policy(), TAKEN + timedelta(hours=3), None)
    assert buttons.of_open(alert) == []
    _, blocks = message(alert)
    assert "actions" not in {block["type"] for block in blocks}
    assert "`tflocks release` releases it." in str(blocks)
    assert problems_in(blocks) == []
