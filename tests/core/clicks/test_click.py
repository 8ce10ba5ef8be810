from datetime import UTC, datetime, time

import msgspec
import pytest

from chalicelib.core.clicks.click import MembersUnknownError, SnoozeFor, Verb, may_release, refusal
from chalicelib.core.clicks.ending import Refusal
from chalicelib.core.hours import WorkingHours, always
from tests.builders import ALICE, BOB, TAKEN, a_click, a_lock, a_policy, a_ref, some_rules

GROUP = "S0ONCALL"


def nobody_asks(group: str, user: str) -> bool:
    raise AssertionError("the group was asked for")


def unknown(group: str, user: str) -> bool:
    raise MembersUnknownError("Slack is down")


def nobody_looks(user: str) -> bool:
    raise AssertionError("Slack was asked")


def unseen(user: str) -> bool:
    raise MembersUnknownError("Slack is down")


def only_alice(user: str) -> bool:
    return user == ALICE


def carol_is_in(group: str, user: str) -> bool:
    return (group, user) == (GROUP, "U0CAROL")


@pytest.mark.parametrize(
    ("releasers", "user", "why"),
    [
        ((), ALICE, Refusal.NOBODY),
        (("*",), BOB, None),
        ((ALICE,), ALICE, None),
        ((ALICE,), BOB, Refusal.NOT_LISTED),
        ((ALICE, GROUP), "U0CAROL", None),
        ((ALICE, GROUP), BOB, Refusal.NOT_LISTED),
        ((GROUP,), GROUP, None),
    ],
)
def test_who_may_release_is_who_is_listed_or_in_a_listed_group(
    releasers: tuple[str, ...], user: str, why: Refusal | None
) -> None:
    assert may_release(user, a_policy(releasers), carol_is_in) is why


def test_a_group_that_cannot_be_looked_up_opens_nothing_and_says_so() -> None:
    assert may_release(BOB, a_policy((GROUP,)), unknown) is Refusal.UNKNOWN_MEMBERS


def test_a_person_on_the_list_needs_no_group() -> None:
    assert may_release(ALICE, a_policy((GROUP, ALICE)), nobody_asks) is None


@pytest.mark.parametrize("verb", list(Verb))
def test_no_click_from_another_workspace_is_allowed_anything(verb: Verb) -> None:
    click = a_click(a_lock(), user_team="T0OTHER", verb=verb)
    assert refusal(click, some_rules(releasers=("*",)), nobody_asks, nobody_looks, owner=ALICE) is Refusal.FOREIGN


@pytest.mark.parametrize("releasers", [("*",), (ALICE,), (GROUP,)])
@pytest.mark.parametrize("verb", list(Verb))
def test_a_stranger_from_another_organisation_may_nothing_whatever_a_list_says(
    verb: Verb, releasers: tuple[str, ...]
) -> None:
    rules = some_rules(releasers=releasers, enterprise="E0ACME")
    for home in ("T0OTHER", "E0OTHER", ""):
        why = refusal(a_click(a_lock(), user_team=home, verb=verb), rules, nobody_asks, lambda _: False, owner=ALICE)
        assert why is Refusal.FOREIGN


@pytest.mark.parametrize("home", ["T0OTHER", "E0ACME", ""])
@pytest.mark.parametrize(
    ("releasers", "user", "why"),
    [
        ((ALICE,), ALICE, None),
        (("*",), ALICE, None),
        ((BOB,), ALICE, Refusal.NOT_LISTED),
        ((), ALICE, Refusal.NOBODY),
        ((BOB,), BOB, Refusal.FOREIGN),
    ],
)
def test_a_colleague_from_another_workspace_of_our_organisation_may_what_a_member_may(
    home: str, releasers: tuple[str, ...], user: str, why: Refusal | None
) -> None:
    rules = some_rules(releasers=releasers, enterprise="E0ACME")
    assert refusal(a_click(a_lock(), user=user, user_team=home), rules, nobody_asks, only_alice) is why


def test_a_member_of_our_own_workspace_is_not_looked_up() -> None:
    rules = some_rules(releasers=("*",), enterprise="E0ACME")
    assert refusal(a_click(a_lock()), rules, nobody_asks, nobody_looks) is None


def test_whose_organisation_slack_does_not_tell_may_nothing_and_is_told_why() -> None:
    rules = some_rules(releasers=("*",), enterprise="E0ACME")
    assert refusal(a_click(a_lock(), user_team="T0OTHER"), rules, nobody_asks, unseen) is Refusal.UNKNOWN_HOME


@pytest.mark.parametrize("verb", list(Verb))
def test_outside_of_the_targets_nobody_may_anything(verb: Verb) -> None:
    click = a_click(a_lock(key="elsewhere/x.tflock"), verb=verb)
    assert refusal(click, some_rules(prefixes=("prod/",)), nobody_asks, nobody_looks) is Refusal.OUTSIDE


@pytest.mark.parametrize("verb", list(Verb))
def test_the_owner_may_have_quiet_and_nothing_else(verb: Verb) -> None:
    why = refusal(a_click(a_lock(), user=BOB, verb=verb), some_rules(), nobody_asks, nobody_looks, owner=BOB)
    assert (why is None) == (verb in {Verb.SNOOZE, Verb.WAKE})


def test_while_it_is_not_known_what_was_found_nobody_is_told_that_a_lock_is_outside() -> None:
    click = a_click(a_lock())
    rules = msgspec.structs.replace(some_rules(prefixes=("other/",)), all_known=False)
    assert refusal(click, rules, nobody_asks, nobody_looks) is Refusal.TARGETS_UNKNOWN
    forged = msgspec.structs.replace(click, halves=(a_ref("another.tflock"),))
    assert refusal(forged, rules, nobody_asks, nobody_looks) is Refusal.OUTSIDE


def test_a_lock_without_an_owner_is_nobodys() -> None:
    assert (
        refusal(a_click(a_lock(), user="", verb=Verb.SNOOZE), some_rules(), nobody_asks, nobody_looks)
        is Refusal.NOT_LISTED
    )


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        (SnoozeFor.HOUR, datetime(2026, 11, 21, 4, 18, 57, tzinfo=UTC)),
        (SnoozeFor.FOUR_HOURS, datetime(2026, 11, 21, 7, 18, 57, tzinfo=UTC)),
        (SnoozeFor.WEEK, datetime(2026, 11, 28, 3, 18, 57, tzinfo=UTC)),
        (SnoozeFor.MORNING, datetime(2026, 11, 22, 9, tzinfo=UTC)),
    ],
)
def test_a_snooze_ends_when_it_says(choice: SnoozeFor, until: datetime) -> None:
    assert choice.until(TAKEN, always("UTC")) == until


def test_tomorrow_morning_is_when_the_team_is_back() -> None:
    berlin = WorkingHours("Europe/Berlin", (0, 1, 2, 3, 4), time(8, 30), time(17))  # TAKEN is a Saturday
    assert SnoozeFor.MORNING.until(TAKEN, berlin) == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
