from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from chalicelib.core.clicks.click import Verb, Whisper
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.slack.words.parts.buttons import VERBS
from chalicelib.slack.words.whispers import whispered
from tests.builders import ALICE, BOB, TAKEN, a_lock
from tests.slack.reading import FOREIGN, assert_harmless

NOW = TAKEN + timedelta(hours=2)
PATH = "acme-tfstate/prod/network/terraform.tfstate"


def told(
    outcome: Outcome, verb: Verb = Verb.RELEASE, releasers: tuple[str, ...] = (), to: str = BOB, **ending: Any
) -> str:
    ended = Ending(outcome=outcome, at=NOW, **{"user": BOB} | ending)
    return whispered(Whisper(verb=verb, ending=ended, releasers=releasers, state_path=PATH), to)


@pytest.mark.parametrize(
    ("outcome", "ending", "said"),
    [
        (Outcome.RELEASED, {}, "The lock of `acme-tfstate/prod/network/terraform.tfstate` was released by you, <"),
        (Outcome.RELEASED, {"user": ALICE}, "was released by <@U0ALICE>, <"),
        (Outcome.RELEASED, {"user": "", "by_reaper": True}, "was released by the reaper itself, <"),
        (Outcome.UNCONFIRMED, {}, "is gone: released by you, or by its holder, <"),
        (Outcome.UNCONFIRMED, {"user": ALICE}, "is gone: released by <@U0ALICE>, or by its holder"),
        (Outcome.UNCONFIRMED, {"user": "", "by_reaper": True}, "is gone: released by the reaper itself, or by its"),
        (Outcome.GONE, {}, "was already gone, <"),
        (Outcome.REPLACED, {"held_now": a_lock("s3-plan-default")}, "the state is locked now by `root@vm`"),
        (Outcome.UNWATCHED, {}, "is no longer within the targets"),
        (Outcome.ASKED, {}, "You asked to release the lock of `acme"),
        (Outcome.WITHDRAWN, {}, "You no longer ask to release"),
        (Outcome.SNOOZED, {}, "You snoozed the alert of the lock of `acme"),
        (Outcome.WOKEN, {}, "You ended the snooze"),
        (Outcome.RESTORED, {}, "The lock of `acme-tfstate/prod/network/terraform.tfstate` was put back by you."),
        (Outcome.OCCUPIED, {"held_now": a_lock("s3-plan-default")}, "was not put back, because somebody holds"),
        (Outcome.OCCUPIED, {"held_now": a_lock("s3-plan-default")}, "the state is locked now by `root@vm`"),
        (Outcome.FAILED, {"detail": "access denied"}, "Could not release the lock of `acme"),
        (Outcome.FAILED, {"detail": "access denied"}, "`access denied`. You can try again."),
    ],
)
def test_every_outcome_is_told_in_words(outcome: Outcome, ending: dict[str, Any], said: str) -> None:
    assert said in told(outcome, **ending)


@pytest.mark.parametrize("verb", sorted(set(VERBS.values())))
@pytest.mark.parametrize("why", Refusal)
def test_every_refusal_of_everything_has_its_reason(verb: Verb, why: Refusal) -> None:
    said = told(Outcome.REFUSED, verb, (ALICE,), refusal=why)
    assert said.startswith(":no_entry: You cannot ")
    assert said.endswith(". Ask <@U0ALICE>.")


@pytest.mark.parametrize("verb", sorted(set(VERBS.values())))
@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.REFUSED])
def test_no_click_is_left_without_an_answer(verb: Verb, outcome: Outcome) -> None:
    assert "the lock of `" in told(outcome, verb, detail="why").lower()


def test_who_could_do_more_is_named_but_never_the_person_who_asks() -> None:
    said = told(Outcome.ASKED, releasers=(BOB, ALICE, "S0ONCALL"))
    assert said.endswith("Somebody else has to approve. Ask <@U0ALICE>, <!subteam^S0ONCALL>.")


def test_a_route_that_is_open_to_everyone_names_nobody() -> None:
    assert told(Outcome.ASKED, releasers=("*",)).endswith("Ask anybody here.")


def test_of_many_releasers_five_are_named() -> None:
    many = tuple(f"U0{letter}" for letter in "ABCDEFGH")
    assert told(Outcome.REFUSED, releasers=many, refusal=Refusal.NOT_LISTED).count("<@") == 5


@given(FOREIGN, FOREIGN)
def test_whatever_the_path_and_the_trouble_an_answer_calls_nobody(path: str, detail: str) -> None:
    ending = Ending(outcome=Outcome.FAILED, at=NOW, user=BOB, detail=detail)
    said = whispered(Whisper(verb=Verb.RELEASE, ending=ending, state_path=path), BOB)
    assert_harmless(said)
    assert len(said) <= 4000
