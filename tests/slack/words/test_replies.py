from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from chalicelib.core.alerts.alert import Reply, alert_for
from chalicelib.core.alerts.message import Saying, Topic
from chalicelib.core.alerts.page import Page, Snooze
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.slack.words.parts.text import ago
from chalicelib.slack.words.replies import reply, trouble
from tests.builders import ALICE, BUCKET, TAKEN, a_lock, a_policy, a_sending, a_table_lock
from tests.slack.reading import FOREIGN, assert_harmless, assert_slack_takes, s3_takes

NOW = TAKEN + timedelta(days=1)
PATH = "\n`acme-tfstate/prod/network/terraform.tfstate`"


LEVEL_2 = Saying(Topic.LEVEL, "2")


def a_reply(saying: Saying, called: tuple[str, ...] = (), lock: HeldLock | None = None, **others: Any) -> Reply:
    policy = a_policy(auto_release=timedelta(hours=6))
    page = Page(lock=lock or a_lock(), restored_by=others.pop("restored_by", ""))
    alert = alert_for(page, policy, NOW, None, others.pop("ending", None))
    sending = a_sending(saying=(saying,), at=NOW, beneath="1.1", level=2)
    return Reply(alert=alert, sending=sending, called=called)


def test_a_new_level_calls_its_people_and_says_for_how_long_it_has_been() -> None:
    text, _ = reply(a_reply(LEVEL_2, ("S0ONCALL", "here")))
    assert text == f"<!subteam^S0ONCALL> <!here> The lock has reached level 2 of 2. It was taken {ago(TAKEN)}.{PATH}"


def test_a_level_that_calls_nobody_says_the_same() -> None:
    assert reply(a_reply(LEVEL_2))[0] == f"The lock has reached level 2 of 2. It was taken {ago(TAKEN)}.{PATH}"


@pytest.mark.parametrize("saying", [LEVEL_2, Saying(Topic.SNOOZE_OVER)])
def test_a_lock_that_was_put_back_is_not_said_to_be_taken_then(saying: Saying) -> None:
    text, _ = reply(a_reply(saying, restored_by=ALICE))
    assert f" was put back {ago(TAKEN)}." in text
    assert "taken" not in text


def test_a_reply_names_the_table_of_a_lock_and_claims_no_time_that_nothing_tells() -> None:
    lock = a_table_lock()
    where = ", in DynamoDB table `terraform-locks`"
    assert reply(a_reply(LEVEL_2, lock=lock))[0].endswith(f"was taken {ago(lock.ref.since)}.{PATH}{where}")
    assert "It was first seen <" in reply(a_reply(LEVEL_2, lock=a_table_lock(body=b"")))[0]


def test_the_end_of_a_snooze_calls_who_snoozed() -> None:
    text, _ = reply(a_reply(Snooze(ALICE, NOW).over, (ALICE,)))
    assert text == f"<@U0ALICE> The snooze ended while the lock was held. It was taken {ago(TAKEN)}.{PATH}"


def test_a_release_by_the_reaper_itself_is_announced_with_the_way_back() -> None:
    ending = Ending(outcome=Outcome.RELEASED, at=NOW, by_reaper=True, undo_until=NOW + timedelta(minutes=10))
    text, _ = reply(a_reply(Saying(Topic.AUTO_RELEASED), ending=ending))
    assert text.startswith("*Released by the reaper itself*, <")
    assert "as its route asks: a plan held over 6 h. Its message offers to put it back until <!date" in text
    assert text.endswith(PATH)


def test_a_message_that_cannot_be_edited_any_more_has_its_ending_beneath_it() -> None:
    text, _ = reply(a_reply(Saying(Topic.ENDED), ending=Ending(outcome=Outcome.RELEASED, at=NOW, user=ALICE)))
    assert "*Released by <@U0ALICE>*" in text
    assert text.endswith(f"The message above cannot be edited any more.{PATH}")


@given(key=FOREIGN)
def test_whatever_the_key_a_note_fits_and_calls_nobody_else(key: str) -> None:
    lock = HeldLock(LockRef(Place(Kind.S3, BUCKET, f"{s3_takes(key)}.tflock"), '"e"', TAKEN))
    assert_slack_takes(*reply(a_reply(LEVEL_2, (ALICE,), lock)))


def test_trouble_names_its_subject_and_escapes_its_detail() -> None:
    assert "`bucket acme`:* `&lt;no&gt; *bold*`" in trouble("bucket acme", "<no> *bold*")


@given(FOREIGN, FOREIGN)
def test_whatever_the_trouble_it_calls_nobody(subject: str, detail: str) -> None:
    assert_harmless(trouble(subject, detail))
    assert len(trouble(subject, detail)) <= 4000
