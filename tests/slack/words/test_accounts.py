"""Test that whatever Slack shows of a lock tells its account, where targets are in more than one."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given

from chalicelib.core.alerts.alert import Alert, Reply, alert_for
from chalicelib.core.alerts.appearance import appearance
from chalicelib.core.alerts.digest import OLDEST, Digest, Named
from chalicelib.core.alerts.listing import Listed, Listing
from chalicelib.core.alerts.message import Saying, Topic
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.click import Verb, Whisper
from chalicelib.core.clicks.ending import Ending, HalfEnding, Outcome
from chalicelib.core.clicks.list_query import PAGE, Query
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.state_lock import Half
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.slack.words import digests, listings
from chalicelib.slack.words.messages import message
from chalicelib.slack.words.replies import reply
from chalicelib.slack.words.whispers import whispered
from tests.builders import ALICE, BOB, CHANNEL, STATE_PATH, TABLE, TAKEN, a_lock, a_policy, a_sending
from tests.builders import a_table_lock as a_table_lock_at_home
from tests.slack.reading import FOREIGN, assert_slack_takes, said

pytestmark = pytest.mark.thorough

NOW = TAKEN + timedelta(hours=3)
ACCOUNT = "prod-network (111122223333)"
SAID = "in account `prod-network (111122223333)`"
LONGEST = f"{'`' * 50} (111122223333)"
GONE = Ending(outcome=Outcome.GONE, at=NOW)
FAILED = Ending(outcome=Outcome.FAILED, at=NOW, user=ALICE, detail="AccessDenied")
ENDINGS = [None, GONE, FAILED, *(Ending(outcome=outcome, at=NOW, user=ALICE) for outcome in Outcome)]


def in_account(lock: HeldLock, account: str, region: str = "") -> HeldLock:
    place = msgspec.structs.replace(lock.ref.place, account=account, region=region)
    return msgspec.structs.replace(lock, ref=msgspec.structs.replace(lock.ref, place=place))


def a_table_lock(account: str, region: str = "", name: str = "s3-apply-default") -> HeldLock:
    return in_account(a_table_lock_at_home(name), account, region)


def an_alert(ending: Ending | None = None, account: str = ACCOUNT, **page: Any) -> Alert:
    alert = alert_for(Page(**{"lock": a_lock()} | page), a_policy(), NOW, None, ending)
    return msgspec.structs.replace(alert, account=account)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.outcome if ending else "held")
def test_an_alert_tells_the_account_however_it_ends(ending: Ending | None) -> None:
    text, blocks = message(an_alert(ending))
    assert text.endswith(f"`{STATE_PATH}`, {SAID}")
    assert SAID in said(blocks).replace("In account", "in account")
    assert "in account" not in said(message(an_alert(ending, account=""))).lower()
    assert_slack_takes(text, blocks)


def test_a_held_lock_s_account_is_a_line_of_its_own() -> None:
    assert f"\\nIn account `{ACCOUNT}`." in said(message(an_alert())[1])


def test_a_name_that_is_known_later_is_an_edit() -> None:
    assert appearance(an_alert()) != appearance(an_alert(account="111122223333"))


def test_a_reply_tells_the_account() -> None:
    for topic in (Topic.LEVEL, Topic.SNOOZE_OVER):
        sending = a_sending(saying=(Saying(topic, "2"),), at=NOW, beneath="1.1", level=2)
        assert reply(Reply(alert=an_alert(), sending=sending))[0].endswith(f"`{STATE_PATH}`, {SAID}")


@pytest.mark.parametrize("outcome", Outcome)
def test_an_answer_to_a_click_tells_the_account(outcome: Outcome) -> None:
    whisper = Whisper(
        verb=Verb.RELEASE, ending=Ending(outcome=outcome, at=NOW, user=ALICE), state_path=STATE_PATH, account=ACCOUNT
    )
    assert f"he lock of `{STATE_PATH}` {SAID}" in whispered(whisper, BOB)
    assert "in account" not in whispered(msgspec.structs.replace(whisper, account=""), BOB)


def a_listing(*locks: Listed) -> Listing:
    return Listing(now=NOW, query=Query(), routed=True, total=len(locks), locks=locks)


def test_a_list_tells_the_account_of_each_lock() -> None:
    locks = [Listed(Page(lock=a_lock()), False, False, account=account) for account in (ACCOUNT, "444455556666", "")]
    lines = [said(block) for block in listings.answer(a_listing(*locks))["blocks"][1:]]
    assert [SAID in line for line in lines] == [True, False, False]
    assert "in account `444455556666`" in lines[1]
    assert "in account" not in lines[2]


def test_the_longest_of_everything_and_the_longest_account_fit_into_a_list() -> None:
    info = LockInfo(Who="&" * 3000, Operation="&" * 3000)
    place = Place(Kind.DYNAMODB, "t" * 255, f"b/{'&' * 900}", "111122223333", "ap-southeast-7")
    lock = HeldLock(LockRef(place, "1", TAKEN), info)
    other = LockRef(msgspec.structs.replace(place, container="u" * 255), "1", TAKEN)
    page = Page(
        lock=lock,
        snooze=Snooze("U0" + "A" * 30, NOW + timedelta(hours=1)),
        halves=(Half(lock.ref), Half(other), Half(a_lock().ref, held=False)),
        asked=Asked("U0" + "B" * 30, NOW, "1"),
        rivals=(a_lock(),),
    )
    body = listings.answer(a_listing(*[Listed(page, True, True, account=LONGEST)] * PAGE))
    assert_slack_takes(body["text"], body["blocks"])
    assert sum(map(listings._characters, body["blocks"])) <= listings._MOST_CHARACTERS


def a_digest(*accounts: tuple[str, int], account: str = "") -> Digest:
    oldest = (Named("a/b", TAKEN, account=account),) * OLDEST
    total = sum(count for _, count in accounts)
    return Digest(channel=CHANNEL, locks=("x",) * total, oldest=oldest, at=TAKEN, held=total, accounts=accounts)


def test_a_digest_counts_locks_by_account_and_tells_the_accounts_of_the_oldest() -> None:
    shown = said(digests.message(a_digest((ACCOUNT, 12), ("444455556666", 3), account=ACCOUNT))[1])
    assert f"By account: 12 in `{ACCOUNT}`, 3 in `444455556666`." in shown
    assert f"`a/b`, {SAID}, taken" in shown


def test_a_digest_of_one_account_does_not_tell_it() -> None:
    assert "account" not in said(digests.message(a_digest())[1])


def test_a_digest_names_the_accounts_with_the_most_locks_and_counts_the_others() -> None:
    accounts = [(f"{number}" * 12, 9 - number) for number in range(1, 8)]
    text, blocks = digests.message(a_digest(*accounts, account=LONGEST))
    assert "in `555555555555`, 5 in 2 more accounts." in said(blocks)
    assert "666666666666" not in said(blocks)
    assert_slack_takes(text, blocks)


def test_another_holder_in_a_table_of_another_account_is_told_with_that_account() -> None:
    mine, other = a_table_lock("111122223333"), a_table_lock("444455556666", "us-east-1", "s3-plan-default")
    shown = said(message(an_alert(lock=mine, rivals=(other,)))[1])
    assert f"in DynamoDB table `{TABLE}` (`us-east-1`, account `444455556666`)" in shown
    assert f"Locked in DynamoDB table `{TABLE}`." in shown
    at_home = a_table_lock("", name="s3-plan-default")
    assert "(account of this reaper)" in said(message(an_alert(lock=mine, rivals=(at_home,)))[1])


def test_halves_that_ended_in_other_accounts_are_told_with_these() -> None:
    halves = tuple(
        HalfEnding(place=a_table_lock(account).ref.place, outcome=outcome)
        for account, outcome in (("111122223333", Outcome.RELEASED), ("444455556666", Outcome.FAILED))
    )
    ending = Ending(outcome=Outcome.FAILED, at=NOW, user=ALICE, halves=halves)
    shown = said(message(an_alert(ending, lock=a_table_lock("111122223333")))[1])
    assert f"Released in DynamoDB table `{TABLE}` (account `111122223333`)" in shown
    assert f"still locked in DynamoDB table `{TABLE}` (account `444455556666`)" in shown


def test_a_dual_lock_s_table_is_in_the_account_of_its_bucket_which_is_told_once() -> None:
    table = a_table_lock("111122223333")
    shown = said(message(an_alert(halves=(Half(table.ref), Half(a_lock().ref))))[1])
    assert "111122223333" in shown
    assert "(account" not in shown


@given(FOREIGN)
def test_whatever_an_account_is_called_messages_fit_and_call_nobody(name: str) -> None:
    account = f"{name} (111122223333)"
    for text, blocks in (message(an_alert(account=account)), digests.message(a_digest((account, 2), account=account))):
        assert_slack_takes(text, blocks)


def test_a_list_of_some_accounts_says_of_which() -> None:
    query = Query(words=("pay",), accounts=("prod-*", "dev"))
    listing = msgspec.structs.replace(a_listing(Listed(Page(lock=a_lock()), False, False)), query=query)
    body = listings.answer(listing)
    assert body["text"] == "1 Terraform lock is held now that fits what you typed"
    asked = "whose state path contains `pay` and whose account's ID or name fits `prod-* or dev`."
    assert f"Only those {asked}" in said(body)
    nothing = listings.answer(msgspec.structs.replace(listing, total=0, locks=()))
    assert f"that this channel's routes cover and {asked}" in said(nothing)
    assert "In all channels: `/tflocks all pay account:prod-* account:dev`." in said(nothing)
