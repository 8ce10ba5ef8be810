from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome, Refusal
from chalicelib.slack.words.messages import message
from tests.builders import ALICE, BOB, TAKEN, a_lock, a_policy
from tests.slack.reading import assert_slack_takes, said

NOW = TAKEN + timedelta(hours=7)
HELD_NOW = a_lock("s3-plan-default", taken=NOW)
CI = "AWS:AROAEXAMPLE:ci"


def told(outcome: Outcome, name: str = "s3-apply-default", body: bytes | None = None, **ending: Any) -> str:
    """What the message reads of an ending."""
    policy = a_policy(auto_release=timedelta(hours=6))
    told = Ending(outcome=outcome, at=NOW, **ending)
    text, blocks = message(alert_for(Page(lock=a_lock(name, body=body)), policy, NOW, None, told))
    assert_slack_takes(text, blocks)
    return said(blocks)


@pytest.mark.parametrize(
    ("outcome", "ending", "words"),
    [
        (Outcome.RELEASED, {"user": ALICE}, "*Released by <@U0ALICE>*, <"),
        (Outcome.RELEASED, {"user": ALICE, "approved": BOB}, "*Released by <@U0ALICE>*, asked by <@U0BOB>, <"),
        (Outcome.RELEASED, {"user": ALICE}, "The run may have died half-way: check the next plan"),
        (Outcome.RELEASED, {"user": ALICE, "restored_by": BOB}, "*Released by <@U0ALICE>*, <"),
        (
            Outcome.RELEASED,
            {"user": ALICE, "restored_by": BOB},
            "<@U0BOB> put it back, and its holder has let it go since.",
        ),
        (Outcome.UNCONFIRMED, {"user": ALICE}, "*Gone* after <@U0ALICE> clicked Release, <"),
        (Outcome.UNCONFIRMED, {"by_reaper": True}, "*Gone* after the reaper began to release it by itself, <"),
        (Outcome.GONE, {"user": ALICE}, "*Already gone* when <@U0ALICE> clicked Release, <"),
        (Outcome.GONE, {"principal": CI, "let_go_by": LetGoBy.HOLDER}, "*Released by its holder*, <"),
        (Outcome.GONE, {"principal": CI, "let_go_by": LetGoBy.HOLDER}, "the same AWS identity took it and let it"),
        (
            Outcome.GONE,
            {"principal": CI, "let_go_by": LetGoBy.OTHER},
            "*Released outside of Slack* by `ci` (role `AROAEXAMPLE`), another identity than took it, seen <",
        ),
        (Outcome.GONE, {"principal": CI}, "*Released outside of Slack* by `ci` (role `AROAEXAMPLE`), seen <"),
        (Outcome.GONE, {}, "*Released outside of Slack*, seen <"),
        (Outcome.REPLACED, {"user": ALICE}, "already gone when <@U0ALICE> clicked Release, so nothing was deleted."),
        (Outcome.REPLACED, {}, "*The lock changed since you saw it.* The lock shown here is gone."),
        (Outcome.UNWATCHED, {}, "*No longer watched:* `reaper.toml` does not cover its bucket"),
        (Outcome.UNWATCHED, {}, "to have it watched, put that back and deploy."),
        (Outcome.CONTAINER_GONE, {}, "*Gone with its bucket*: S3 says that there is no bucket `acme-tfstate` any more"),
        (Outcome.CONTAINER_GONE, {}, "take it out of `reaper.toml` and deploy"),
        (
            Outcome.FAILED,
            {"user": ALICE, "detail": "denied", "lasting": True},
            "Another click will fail as well, for as long as that is so",
        ),
        (Outcome.FAILED, {"user": ALICE, "detail": "no <way>"}, "*Release by <@U0ALICE> failed*, <"),
        (Outcome.FAILED, {"user": ALICE, "detail": "no <way>"}, "`no &lt;way&gt;`. You can try again."),
        (Outcome.FAILED, {"by_reaper": True, "detail": "denied"}, "*Release by the reaper itself failed*, <"),
        (Outcome.FAILED, {"by_reaper": True, "detail": "denied"}, "`denied`. It tries again in an hour."),
        (Outcome.GONE, {}, "As a rule that is the run itself at its end"),
        (Outcome.WITHDRAWN, {"user": BOB}, "<@U0BOB> no longer asks to release it, <"),
        (Outcome.WOKEN, {"user": BOB}, "<@U0BOB> ended the snooze, <"),
    ],
)
def test_every_ending_is_told(outcome: Outcome, ending: dict[str, Any], words: str) -> None:
    assert words in told(outcome, **ending)


def test_a_release_by_the_reaper_itself_says_why() -> None:
    words = told(Outcome.RELEASED, "s3-plan-default", by_reaper=True)
    assert "*Released by the reaper itself*, <" in words
    assert "as its route asks: a plan held over 6 h." in words
    assert "Run a plan before the next apply." in words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("s3-plan-default", "Run a plan before the next apply."),
        ("s3-apply-default", "The run may have died half-way: check the next plan before you apply."),
        ("s3-refresh-default", "The run may have died half-way"),
        ("s3-console-default", "If it was an import, it may have died half-way"),
        ("s3-import-default", "If it was an import, it may have died half-way"),
    ],
)
def test_what_to_do_next_goes_by_what_the_operation_is_known_to_write(name: str, words: str) -> None:
    assert words in told(Outcome.RELEASED, name, user=ALICE)


@pytest.mark.parametrize("body", [b"{}", b'{"Operation":"OperationTypeNew"}', b'{"Operation":" ","ID":"7"}'])
def test_of_an_operation_that_nobody_knows_nothing_is_said_for_sure(body: bytes) -> None:
    assert "If the run was writing, it may have died half-way" in told(Outcome.RELEASED, body=body, user=ALICE)


def test_a_holder_that_the_lock_does_not_name_is_said_to_be_not_named() -> None:
    words = told(Outcome.REPLACED, held_now=a_lock(body=b'{"ID":"1"}'))
    assert "the state is locked now by somebody whom the lock does not name (lock ID `1`), since <" in words
    words = told(Outcome.REPLACED, held_now=a_lock(body=b"{}"))
    assert "somebody whom the lock does not name, since <" in words


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if Ending(outcome=outcome, at=NOW).closes])
@pytest.mark.parametrize("body", [None, b"", b"[1]", b"{}"])
def test_a_closed_message_is_a_title_and_two_or_three_lines(outcome: Outcome, body: bytes | None) -> None:
    """Which state, how it ended, who holds it now: no field, no flaw, no evidence of a run that is over."""
    page = Page(lock=a_lock(body=body), principal=CI, owner=BOB, restored_by=BOB, refused=frozenset({BOB}))
    ending = Ending(outcome=outcome, at=NOW, user=ALICE, held_now=HELD_NOW if outcome is Outcome.REPLACED else None)
    title, words = message(alert_for(page, a_policy(), NOW, None, ending))[1]
    assert title["type"] == "header"
    assert list(words) == ["type", "text"]
    assert 2 <= len(words["text"]["text"].splitlines()) <= 3
    assert "warning" not in said(words)
    assert "<@U0BOB>" not in said(words)


def test_a_replaced_lock_s_message_says_who_holds_the_state_now() -> None:
    words = told(Outcome.REPLACED, held_now=HELD_NOW)
    assert "the state is locked now by `root@vm` (plan, lock ID `2a6ba3a9-d658-0bcd-df30-67f43e4dc270`)" in words


def test_a_lock_there_now_that_cannot_be_read_is_told_as_that() -> None:
    assert "locked now by another lock, which is empty, since <" in told(Outcome.REPLACED, held_now=a_lock(body=b""))


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_lock_that_is_held_keeps_its_button(outcome: Outcome) -> None:
    closes = Ending(outcome=outcome, at=NOW).closes
    assert ('"release_lock"' in told(outcome, user=ALICE)) is not closes


@pytest.mark.parametrize("why", Refusal)
def test_a_refusal_shows_nothing_that_the_lock_s_record_does_not(why: Refusal) -> None:
    assert "<@U0BOB>" not in told(Outcome.REFUSED, user=BOB, refusal=why)
