"""The words of a joint alert: within Slack's limits, and harmless, whatever others wrote."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given

from chalicelib.core.alerts.listing import Listed
from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.ending import Outcome, Refusal
from chalicelib.core.clicks.part import Result
from chalicelib.core.joint.click import JointAnswer, JointOutcome
from chalicelib.core.joint.joint import Act, Holder, Joint, Member
from chalicelib.core.joint.shown import JointAlert, JointListing, JointReply
from chalicelib.core.joint.verb import JointVerb
from chalicelib.slack.words.joint import answers, lists, messages
from chalicelib.slack.words.joint.buttons import (
    LIST_ACTION,
    PUT_BACK_ACTION,
    RELEASE_ACTION,
    SNOOZE_ACTION,
    WAKE_ACTION,
    WITHDRAW_ACTION,
)
from chalicelib.slack.words.joint.replies import joint_reply
from chalicelib.slack.words.joint.values import JointValue, decode, encode
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_lock, a_ref, a_table_ref
from tests.slack.reading import FOREIGN, assert_harmless, assert_slack_takes, elements, s3_takes, said

pytestmark = pytest.mark.thorough

ID = "0123456789abcdef" * 2
NOW = TAKEN + timedelta(hours=3)
SOON = NOW + timedelta(hours=1)


def a_joint(count: int = 300, foreign: str = "", name: str = "GitHubActions-123", **others: object) -> Joint:
    def member(number: int) -> Member:
        key = f"{number:04}/{s3_takes(foreign)}.tflock"
        operation = foreign[:40] or ("OperationTypePlan" if number % 3 else "OperationTypeApply")
        return Member(
            ref=a_ref(key), halves=(a_table_ref(key), a_ref(key)) if foreign else (), taken=TAKEN, operation=operation
        )

    locks = tuple(map(member, range(count)))
    joint = Joint(id=ID, channel=CHANNEL, holder=Holder(name, foreign), at=TAKEN, locks=locks, shown_at=NOW)
    return msgspec.structs.replace(joint, **others)


def an_act(verb: JointVerb = JointVerb.RELEASE, over: bool = True, left: int = 2, why: str = "bob@laptop") -> Act:
    results = tuple(Result(number, Outcome.REPLACED if number else Outcome.FAILED, why) for number in range(left))
    numbers = tuple(range(20))
    return Act(
        verb=verb, by=ALICE, click="1", at=NOW, numbers=numbers, ended=7, over=over, done=numbers[left:], left=results
    )


def shown(joint: Joint, **others: object) -> tuple[str, list[dict[str, object]]]:
    alert = JointAlert(joint=joint, now=NOW, undo=timedelta(minutes=10))
    return messages.message(msgspec.structs.replace(alert, **others))


def test_it_says_how_many_whose_since_when_what_they_do_and_names_the_oldest() -> None:
    text, blocks = shown(a_joint(), called=("here", ALICE))
    assert text.startswith("300 locks of `GitHubActions-123`, since <!date^")
    assert "300 locks of one run are held too long" in said(blocks)
    assert "Operations: 200 plan, 100 apply or destroy." in said(blocks)
    assert said(blocks).count("• `acme-tfstate/00") == 5
    assert "and 295 more: *Show the list* has all of them." in said(blocks)
    assert "<!here> <@U0ALICE>" in said(blocks)
    assert {RELEASE_ACTION, LIST_ACTION, SNOOZE_ACTION} == elements(blocks).keys()
    assert elements(blocks)[RELEASE_ACTION]["text"]["text"] == "Release these 300"


def test_the_dialog_says_what_is_released() -> None:
    dialog = elements(shown(a_joint())[1])[RELEASE_ACTION]["confirm"]
    assert dialog["title"]["text"] == "Release these 300?"
    assert dialog["text"]["text"].startswith(
        "300 locks of `GitHubActions-123`, since 2026-11-21 03:18 UTC: 200 plan, 100 apply or destroy. `acme-tf"
    )
    assert "`acme-tfstate/0000/`, `acme-tfstate/0001/` …\nIf that run is alive, a second run" in dialog["text"]["text"]
    assert dialog["text"]["text"].endswith("Each goes only if it is still the one shown.")


def test_the_button_commits_to_the_locks_that_are_shown() -> None:
    values = [elements(shown(joint)[1])[RELEASE_ACTION]["value"] for joint in (a_joint(3), a_joint(4))]
    assert values[0] != values[1]
    fewer = a_joint(4, gone=frozenset({3}))
    assert elements(shown(fewer)[1])[RELEASE_ACTION]["value"] == values[0]
    assert decode(values[0]) == JointValue(ID, a_joint(3).shown)


def test_while_they_are_released_it_shows_how_many_are_done_and_has_no_release_button() -> None:
    _, blocks = shown(a_joint(20, act=an_act(over=False)))
    assert ":gear: *Releasing 20*, for <@U0ALICE>: 7 of 20 done." in said(blocks)
    assert RELEASE_ACTION not in elements(blocks)


def test_it_says_in_the_end_what_was_released_and_names_what_was_left_with_who_holds_it() -> None:
    joint = a_joint(20, act=an_act(), gone=frozenset(range(1, 20)))
    _, blocks = shown(joint)
    assert ":unlock: *18 released by <@U0ALICE>*" in said(blocks)
    assert "; 2 were not:" in said(blocks)
    assert "click again to try them again.\\nThe run may have died half-way: check the next plan" in said(blocks)
    assert "On offer until <!date^" in said(blocks)
    assert "`acme-tfstate/0001/` was left alone: another lock is there now, held by `bob@laptop`" in said(blocks)
    assert elements(blocks)[PUT_BACK_ACTION]["text"]["text"] == "Put the 18 back"
    assert decode(elements(blocks)[PUT_BACK_ACTION]["value"]).shown == joint.released
    assert PUT_BACK_ACTION not in elements(shown(joint, now=NOW + timedelta(minutes=10))[1])


def test_when_none_is_held_it_says_so_and_has_no_buttons() -> None:
    text, blocks = shown(a_joint(3, gone=frozenset({0, 1, 2})))
    assert text.startswith("All 3 locks of one run are gone. They were held by `GitHubActions-123`, since <!date^")
    assert "All 3 locks of one run are gone" in said(blocks)
    assert elements(blocks) == {}


def test_a_snooze_and_a_request_are_shown_with_their_buttons() -> None:
    joint = a_joint(3, snooze=Snooze(BOB, SOON), asked=Asked(ALICE, NOW, "1"))
    _, blocks = shown(joint, second_person=True)
    assert "*Snoozed by <@U0BOB>*" in said(blocks)
    assert "*<@U0ALICE> asks to release them*" in said(blocks)
    assert {RELEASE_ACTION, WITHDRAW_ACTION, LIST_ACTION, WAKE_ACTION} == elements(blocks).keys()
    assert elements(blocks)[RELEASE_ACTION]["text"]["text"] == "Approve release of these 3"


@pytest.mark.parametrize("over", [True, False])
@given(FOREIGN)
def test_whatever_others_wrote_it_fits_and_calls_nobody(over: bool, foreign: str) -> None:
    asked, snooze = Asked(BOB, NOW, "1"), Snooze(BOB, SOON)
    acts = an_act(over=over, left=9, why=foreign[:160])
    joint = a_joint(30, foreign, foreign or "x", act=acts, asked=asked, snooze=snooze, owner=ALICE)
    alert = {"called": (ALICE,), "second_person": True, "instead_of": ""}
    assert_slack_takes(*shown(joint, **alert))


@given(FOREIGN)
def test_a_list_fits_whatever_others_wrote(foreign: str) -> None:
    pages = [Page(lock=a_lock(key=f"{number}/{s3_takes(foreign)}.tflock")) for number in range(15)]
    locks = tuple(Listed(page, releasable=True, second_person=False) for page in pages)
    listing = JointListing(joint=a_joint(40), now=NOW, page=2, locks=locks)
    text, blocks = lists.message(listing)
    assert_slack_takes(text, blocks)
    assert "16 to 30 of 40, the oldest first; held as of <!date^" in said(blocks)


@given(FOREIGN)
def test_a_reply_is_short_and_harmless(foreign: str) -> None:
    for saying in (Saying(Topic.LEVEL, "2"), Saying(Topic.SNOOZE_OVER, "x")):
        sending = Sending(about="joint", saying=(saying,), at=NOW, channel=CHANNEL, beneath="1.1", level=2)
        joint = a_joint(3, name=foreign or "x")
        text, blocks = joint_reply(JointReply(joint=joint, sending=sending, count=3, called=(ALICE,)))
        assert_slack_takes(text, blocks)
        assert text.startswith("<@U0ALICE> ")


@pytest.mark.parametrize("verb", JointVerb)
@pytest.mark.parametrize("outcome", JointOutcome)
def test_every_answer_has_words(verb: JointVerb, outcome: JointOutcome) -> None:
    told = JointAnswer(verb=verb, outcome=outcome, count=3, refusal=Refusal.NOT_LISTED, detail="why")
    words = answers.answer(told, BOB)
    assert_harmless(words)
    assert "{" not in words


@given(FOREIGN)
def test_an_answer_is_harmless(foreign: str) -> None:
    for outcome in JointOutcome:
        told = JointAnswer(
            verb=JointVerb.RELEASE, outcome=outcome, refusal=Refusal.NOT_LISTED, state_path=foreign, detail=foreign
        )
        assert_harmless(answers.answer(told, BOB))


@pytest.mark.parametrize("value", [JointValue(ID), JointValue(ID, ID[::-1], "17"), JointValue(ID, "", "morning")])
def test_a_value_is_read_as_it_was_written(value: JointValue) -> None:
    assert decode(encode(value)) == value
    assert len(encode(value)) <= 150


@pytest.mark.parametrize("text", ["", "1", f"2 {ID} - 1", f"1 {ID} x 1", f"1 {ID} - 1\n", f"1 {ID} {ID} \u0661"])
def test_anything_else_is_no_value(text: str) -> None:
    with pytest.raises(ValueError, match="not the value"):
        decode(text)


def test_the_message_of_another_channel_says_where_it_belongs() -> None:
    joint = a_joint(3, posted=Posted(CHANNEL, "1.1", instead_of="C0OTHER"))
    assert "Meant for <#C0OTHER>" in said(shown(joint, instead_of="C0OTHER")[1])


def test_an_account_that_has_all_locks_is_named_once() -> None:
    _, blocks = shown(a_joint(3), accounts=(("prod", 3),), named=("prod",) * 3)
    assert said(blocks).count("prod") == 1


def test_it_says_in_which_accounts_the_locks_are() -> None:
    _, blocks = shown(a_joint(3), accounts=(("prod", 2), ("111122223333", 1)), named=("prod", "prod", "111122223333"))
    assert "By account: 2 in `prod`, 1 in `111122223333`." in said(blocks)
    assert "`acme-tfstate/0002/`, in account `111122223333`: apply" not in said(blocks)
    assert "`acme-tfstate/0002/`, in account `111122223333`: plan" in said(blocks)
