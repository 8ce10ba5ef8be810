"""Whose lock it is, who may release it, who is told."""

from collections.abc import Mapping

import pytest

from chalicelib.slack.words.parts.buttons import RELEASE_ACTION, SNOOZE_ACTION, WITHDRAW_ACTION
from demo import identities
from demo.deployed import ALICE, BOB, CAROL, DeployedReaper
from demo.slack_standin import Message
from demo.waiting import wait_for
from tests.local_cloud.conftest import VERSIONED
from tests.local_cloud.steps import (
    APPLY,
    actions_of,
    alerted,
    click,
    gone,
    page_of,
    says,
    told_alone,
)

Identity = Mapping[str, str]


@pytest.fixture(scope="module")
def single_sign_on(reaper: DeployedReaper) -> str:
    return identities.role(reaper.cloud, "single-sign-on")


@pytest.fixture(scope="module")
def carol(reaper: DeployedReaper, single_sign_on: str) -> Identity:
    return identities.session(reaper.cloud, single_sign_on, str(CAROL.email))


@pytest.fixture(scope="module")
def dave(reaper: DeployedReaper, single_sign_on: str) -> Identity:
    return identities.session(reaper.cloud, single_sign_on, "dave")


def test_where_a_release_takes_two_people_whoever_asks_cannot_approve(reaper: DeployedReaper) -> None:
    key = "two-people/network.tfstate"
    alert = alerted(reaper, key)
    click(reaper, alert, ALICE)
    says(reaper, alert, "<@U0ALICE> asks to release it", "Approve release", WITHDRAW_ACTION)
    click(reaper, alert, ALICE)
    told_alone(reaper, ALICE, "a release takes two people")
    click(reaper, alert, ALICE, WITHDRAW_ACTION)
    wait_for("nothing is asked any more", lambda: WITHDRAW_ACTION not in actions_of(reaper, alert))
    click(reaper, alert, ALICE)
    says(reaper, alert, "<@U0ALICE> asks to release it")
    assert reaper.lock_body(VERSIONED, key) is not None
    click(reaper, alert, BOB)
    gone(reaper, key)
    says(reaper, alert, "Released by <@U0BOB>", "asked by <@U0ALICE>")


def test_the_owner_by_the_route_s_table_is_told_first_and_may_snooze_but_not_release(reaper: DeployedReaper) -> None:
    key = "owners/network.tfstate"
    alert = alerted(reaper, key)
    assert [one.ts for one in reaper.slack.notifications(BOB.id)].count(alert.ts) == 1
    click(reaper, alert, BOB)
    told_alone(reaper, BOB, "not among its releasers")
    click(reaper, alert, BOB, SNOOZE_ACTION, "4h")
    says(reaper, alert, "Snoozed by <@U0BOB>")
    assert reaper.lock_body(VERSIONED, key) is not None


def test_the_owner_by_the_e_mail_address_that_is_the_session_s_name_is_told(
    reaper: DeployedReaper, carol: Identity
) -> None:
    key = "mail/network.tfstate"
    alert = _taken_by(carol, reaper, key)
    assert [one.ts for one in reaper.slack.notifications(CAROL.id)].count(alert.ts) == 1
    says(reaper, alert, "carol@acme.example")


def test_a_lock_deleted_by_another_identity_than_took_it_was_released_outside_of_slack(
    reaper: DeployedReaper, carol: Identity, dave: Identity
) -> None:
    key = "mail/deleted.tfstate"
    alert = _taken_by(carol, reaper, key)
    reaper.delete_lock(VERSIONED, key, dave)
    says(reaper, alert, "Released outside of Slack", "dave", "another identity than took it")


def test_members_of_a_user_group_may_release_and_nobody_may_while_slack_does_not_say_who_they_are(
    reaper: DeployedReaper,
) -> None:
    key = "group/network.tfstate"
    alert = alerted(reaper, key)
    reaper.slack.refuse("usergroups.users.list", "fatal_error", times=100)
    click(reaper, alert, BOB)
    told_alone(reaper, BOB, "Slack did not say who is in the user groups")
    reaper.slack.refuse("usergroups.users.list", "fatal_error", times=0)
    click(reaper, alert, ALICE)
    told_alone(reaper, ALICE, "not among its releasers", "<!subteam^S0ONCALL>")
    assert RELEASE_ACTION in actions_of(reaper, alert)
    click(reaper, alert, BOB)
    gone(reaper, key)
    says(reaper, alert, "Released by <@U0BOB>")


def _taken_by(person: Identity, reaper: DeployedReaper, key: str) -> Message:
    """The alert about a lock that this person took."""
    reaper.put_lock(VERSIONED, key, APPLY, person)
    wait_for("the book knows who took it", lambda: page_of(reaper, key))
    return reaper.alert_of(VERSIONED, key)
