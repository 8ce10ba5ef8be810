"""What is said of a lock that is a copy, has an odd time, or is none."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.alerts.alert import Alert, Reply, alert_for
from chalicelib.core.alerts.digest import Digest, Named
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.alerts.listing import Listed, Listing
from chalicelib.core.alerts.message import Topic
from chalicelib.core.alerts.page import Asked, Page
from chalicelib.core.clicks.click import Verb, Whisper
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal, WayBack
from chalicelib.core.clicks.list_query import Query
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.terraform.body import unread
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.slack.words import digests, replies
from chalicelib.slack.words.listings import answer
from chalicelib.slack.words.messages import message
from chalicelib.slack.words.parts import buttons
from chalicelib.slack.words.whispers import whispered
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, TAKEN, a_lock, a_policy, a_ref, a_sending, sample
from tests.slack.reading import FOREIGN, INFOS, assert_slack_takes, elements, s3_takes, said, words

PRIMARY = "acme-primary/prod/network/terraform.tfstate"
COPY = a_lock(body=sample("s3-apply-default").replace(b"acme-tfstate/", b"acme-primary/"))
GARBAGE = a_lock(body=b"garbage")
SEALED = msgspec.structs.replace(unread(a_ref(), "InvalidRequest", 210), versioned=True)
UNDO = timedelta(minutes=10)


def an_alert(lock: HeldLock, ending: Ending | None = None, undo: timedelta = UNDO, **others: Any) -> Alert:
    now = lock.ref.since + timedelta(hours=3)
    page = Page(lock=lock, **others)
    alert = alert_for(page, a_policy(), now, StateWritten(now - timedelta(hours=1)), ending)
    return msgspec.structs.replace(alert, undo=undo)


def dialog(lock: HeldLock, **told: Any) -> str:
    page = Page(lock=lock, asked=told.pop("asked", None))
    return str(buttons.release(page, **{"undo": UNDO, **told})["confirm"]["text"]["text"])


def released(lock: HeldLock, **told: Any) -> Ending:
    return Ending(outcome=Outcome.RELEASED, at=lock.ref.since + timedelta(hours=4), user=ALICE, **told)


def test_a_copy_is_called_one_in_title_text_and_dialog_and_its_state_is_named() -> None:
    alert = an_alert(COPY)
    text, blocks = message(alert)
    assert text.startswith("Copy of a Terraform lock")
    assert "Copy of a Terraform lock" in blocks[0]["text"]["text"]
    assert f"*This lock is a copy.* It says that it locks `{PRIMARY}`" in words(alert)
    assert f"releasing it frees nothing at `{PRIMARY}`" in words(alert)
    assert dialog(COPY).endswith(f"It is a copy of the lock of `{PRIMARY}`: this frees nothing there.")


def test_the_state_beside_a_copy_is_no_evidence_of_a_run_that_works_elsewhere() -> None:
    for doubtful in (COPY, a_lock(taken=TAKEN + timedelta(days=2))):
        assert "*No evidence:*" in words(an_alert(doubtful))
        assert "Alive" not in words(an_alert(doubtful))
    assert "It may be alive" not in words(an_alert(COPY))


def test_a_released_copy_is_not_taken_for_the_release_of_its_original() -> None:
    ending = released(COPY, copy_of=PRIMARY)
    shown = words(an_alert(COPY, ending))
    assert "Copy of a Terraform lock released" in shown
    assert f"It was a copy of the lock of `{PRIMARY}`, which this did not release." in shown
    assert "died half-way" not in shown
    told = whispered(Whisper(verb=Verb.RELEASE, ending=ending, state_path=COPY.ref.state_path), ALICE)
    assert f"a copy of the lock of `{PRIMARY}`, which this did not release" in told


def test_a_copy_that_is_gone_by_itself_is_not_said_to_be_released_by_a_click() -> None:
    gone = Ending(outcome=Outcome.GONE, at=TAKEN, copy_of=PRIMARY, way_back=WayBack.KEPT)
    assert "did not release" not in words(an_alert(COPY, gone))
    assert "bytes are kept" not in words(an_alert(COPY, gone))


def test_lists_digests_and_replies_say_what_is_a_copy() -> None:
    listing = Listing(
        now=TAKEN,
        query=Query(everything=True),
        routed=True,
        total=1,
        locks=(Listed(Page(lock=COPY), releasable=True, second_person=False, undo=UNDO),),
    )
    assert f"a copy of the lock of `{PRIMARY}`" in said(answer(listing)["blocks"][1]["text"])
    digest = Digest(channel=CHANNEL, locks=("x",), oldest=(Named("a/b", TAKEN, copy=True),), at=TAKEN, held=1)
    assert "(a copy of another state's lock)" in said(digests.message(digest)[1])
    sending = a_sending(Topic.LEVEL, "2", at=TAKEN, channel=CHANNEL, level=2)
    text, _ = replies.reply(Reply(alert=an_alert(COPY), sending=sending))
    assert f"a copy of the lock of `{PRIMARY}`" in text
    replaced = Ending(outcome=Outcome.REPLACED, at=TAKEN, user=BOB, held_now=COPY)
    assert f"a copy of the lock of `{PRIMARY}`" in words(an_alert(a_lock(), replaced))


def test_a_lock_that_s3_has_long_after_its_own_time_may_be_a_copy_and_both_times_are_said() -> None:
    lock = a_lock(taken=TAKEN + timedelta(days=2))
    shown = words(an_alert(lock))
    assert "Possible copy of a Terraform lock" in shown
    for time in (TAKEN, lock.ref.since):
        assert f"<!date^{int(time.timestamp())}^" in shown
    assert "it may be a copy, whose release frees nothing elsewhere" in dialog(lock)
    assert "lose resources" in dialog(lock)


def test_a_lock_that_was_put_back_is_younger_in_s3_and_no_copy() -> None:
    lock = a_lock(taken=TAKEN + timedelta(days=2))
    alert = an_alert(lock, restored_by=ALICE)
    assert "Possible copy" not in words(alert)
    assert "times do not fit" not in words(alert)
    assert "may be a copy" not in said(elements(message(alert)[1])["release_lock"])


def test_a_lock_from_the_future_is_put_down_to_its_client_s_clock() -> None:
    lock = a_lock(taken=TAKEN - timedelta(hours=3))
    assert "The clock of its client is wrong" in words(an_alert(lock))
    assert "Possible copy" not in words(an_alert(lock))
    assert "its client's clock is wrong" in dialog(lock)


@pytest.mark.parametrize("created", ["9999-12-31T23:59:59Z", "0002-01-01T00:00:00Z", "1969-01-01T00:00:00+14:00"])
def test_a_time_that_slack_cannot_show_is_written_out(created: str) -> None:
    alert = an_alert(a_lock(body=b'{"ID":"x","Created":"' + created.encode() + b'"}'))
    assert created[:19] in words(alert)
    assert_slack_takes(*message(alert))


def test_who_releases_what_is_no_lock_knows_that_and_how_it_comes_back() -> None:
    undone = "*Put the lock back* undoes it for 10 min; its bytes are kept for 30 days."
    assert f"It is no Terraform lock. {undone}" in dialog(GARBAGE)
    versioned = msgspec.structs.replace(GARBAGE, versioned=True, version_id="v1")
    assert "The bucket keeps it as a version" in dialog(versioned, undo=timedelta(0))
    assert "Nobody could look into it. The bucket keeps it as a version" in dialog(SEALED)
    assert "Its version is `v1`." in words(an_alert(versioned, undo=timedelta(0)))


def test_who_released_what_was_no_lock_is_told_how_it_comes_back() -> None:
    kept = words(an_alert(GARBAGE, released(GARBAGE, way_back=WayBack.KEPT)))
    assert "Its bytes are kept for 30 days" in kept
    assert "Bringing back what was no lock" in kept
    assert "keeps it as a version" in words(an_alert(SEALED, released(SEALED, way_back=WayBack.VERSION)))


@pytest.mark.parametrize(
    ("lock", "undo", "why"),
    [
        (a_lock(body=b"x" * 20_000), UNDO, "It may be a Terraform state"),
        (unread(a_ref(), "AccessDenied", 210), UNDO, "The reaper is not allowed to read it"),
        (unread(a_ref(), "InvalidRequest", 210), UNDO, "Nobody can see what it is"),
        (GARBAGE, timedelta(0), "It is no lock, and would be gone for good"),
    ],
)
def test_what_cannot_be_released_has_no_button_and_says_why_and_what_to_do(
    lock: HeldLock, undo: timedelta, why: str
) -> None:
    alert = an_alert(lock, undo=undo)
    assert "release_lock" not in elements(message(alert)[1])
    assert f"It cannot be released from here. {why}" in words(alert)
    assert "`s3://acme-tfstate/prod/network/terraform.tfstate.tflock` has to look at what it is" in words(alert)


@pytest.mark.parametrize("why", [Refusal.MAY_BE_STATE, Refusal.UNSEEN, Refusal.NO_WAY_BACK])
def test_a_click_on_an_old_button_of_such_a_thing_is_answered_in_words(why: Refusal) -> None:
    ending = Ending(outcome=Outcome.REFUSED, at=TAKEN, user=ALICE, refusal=why)
    told = whispered(Whisper(verb=Verb.RELEASE, ending=ending, state_path="a/b"), ALICE)
    assert told.startswith(":no_entry: You cannot release the lock of `a/b`: ")
    assert "Somebody" in told
    assert "try again" not in told


@given(info=INFOS, key=FOREIGN, body=st.sampled_from(Body))
def test_whatever_a_copy_says_of_itself_fits_slack_s_limits(info: LockInfo, key: str, body: Body) -> None:
    ref = LockRef(Place(Kind.S3, BUCKET, f"{s3_takes(key)}.tflock"), '"e"', TAKEN)
    lock = HeldLock(ref, info, info.Who, body, version_id=info.ID[:1024], versioned=True)
    ending = released(lock, copy_of=info.Path, way_back=WayBack.VERSION)
    for alert in (an_alert(lock), an_alert(lock, undo=timedelta(0)), an_alert(lock, ending)):
        assert_slack_takes(*message(alert))


@pytest.mark.parametrize("body", list(Body))
@pytest.mark.parametrize("days", [0, 2, -2])
def test_no_dialog_is_longer_than_slack_takes(body: Body, days: int) -> None:
    info = LockInfo(Who="&" * 500, Path="&" * 3000 if days == 0 else "", Created="2026-11-21T03:18:57Z")
    ref = LockRef(Place(Kind.S3, "b" * 63, "&" * 1000 + ".tflock"), '"e"', TAKEN + timedelta(days=days))
    lock = HeldLock(ref, info, "is odd", body, versioned=True)
    for told in ({}, {"second_person": True}, {"asked": Asked(ALICE, TAKEN, "1")}, {"undo": timedelta(0)}):
        assert len(dialog(lock, **told)) <= 300
