"""Test what only Slack's directory does; what every directory does is in ``tests/contracts``."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.ports.people import DirectoryError, MessengerError
from chalicelib.slack.directory import SlackDirectory
from demo.slack_standin import SCOPES, SlackStandIn
from tests.builders import TEAM
from tests.slack.people import ADDRESS, GROUP, WORKSPACE

pytestmark = pytest.mark.thorough


class Clock:
    """A clock that stands still until it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stand_in() -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE) as slack:
        yield slack


@pytest.fixture
def directory(stand_in: SlackStandIn, clock: Clock) -> SlackDirectory:
    return SlackDirectory(lambda: WORKSPACE.bot_token, stand_in.api_url, team=TEAM, clock=clock)


def test_who_has_left_since_is_no_colleague_any_more(stand_in: SlackStandIn, directory: SlackDirectory) -> None:
    for _ in range(2):
        directory.belongs("W0COLLEAGUE", "E0ACME")
    assert len(stand_in.calls("users.info")) == 2


def test_a_token_of_a_whole_organisation_names_the_workspace_of_its_user_groups() -> None:
    with SlackStandIn(replace(WORKSPACE, enterprise_id="E0ACME", org_wide=True)) as slack:
        assert SlackDirectory(lambda: WORKSPACE.bot_token, slack.api_url, team=TEAM).members(GROUP)
        with pytest.raises(DirectoryError, match="missing_argument"):
            SlackDirectory(lambda: WORKSPACE.bot_token, slack.api_url).members(GROUP)


def test_a_group_is_asked_for_again_after_five_minutes(
    stand_in: SlackStandIn, directory: SlackDirectory, clock: Clock
) -> None:
    for seconds in (0, 299, 1):
        clock.now += seconds
        directory.members(GROUP)
    assert len(stand_in.calls("usergroups.users.list")) == 2


def test_an_address_is_looked_up_once_found_or_not(stand_in: SlackStandIn, directory: SlackDirectory) -> None:
    for address in (ADDRESS, "nobody@acme.example") * 2:
        directory.user_by_email(address)
    assert len(stand_in.calls("users.lookupByEmail")) == 2


def test_of_a_flood_of_addresses_only_so_many_are_remembered(stand_in: SlackStandIn, directory: SlackDirectory) -> None:
    for count in range(1001):
        directory.user_by_email(f"{count}@acme.example")
    directory.user_by_email("0@acme.example")
    directory.user_by_email("1000@acme.example")
    assert len(stand_in.calls("users.lookupByEmail")) == 1002


def test_a_failure_is_not_remembered(stand_in: SlackStandIn, directory: SlackDirectory) -> None:
    stand_in.refuse("*", "service_unavailable", times=2)
    with pytest.raises(DirectoryError):
        directory.members(GROUP)
    with pytest.raises(DirectoryError):
        directory.user_by_email(ADDRESS)
    assert directory.members(GROUP)
    assert directory.user_by_email(ADDRESS)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [("plan_upgrade_required", "name the users themselves"), ("missing_scope", "install the app again")],
)
def test_a_refusal_says_what_to_do(stand_in: SlackStandIn, directory: SlackDirectory, error: str, meaning: str) -> None:
    stand_in.refuse("usergroups.users.list", error)
    with pytest.raises(DirectoryError, match=f"{error}.*{meaning}"):
        directory.members(GROUP)


def test_without_the_scopes_every_question_is_an_error() -> None:
    with SlackStandIn(replace(WORKSPACE, scopes=SCOPES - {"usergroups:read", "users:read.email"})) as slack:
        directory = SlackDirectory(lambda: WORKSPACE.bot_token, slack.api_url, team=TEAM)
        with pytest.raises(DirectoryError, match="missing_scope"):
            directory.members(GROUP)
        with pytest.raises(DirectoryError, match="missing_scope"):
            directory.user_by_email(ADDRESS)


def test_a_token_that_cannot_be_read_is_an_error_like_any_other(stand_in: SlackStandIn) -> None:
    def unreadable() -> str:
        raise MessengerError("the bot token could not be read")

    directory = SlackDirectory(unreadable, stand_in.api_url, team=TEAM)
    with pytest.raises(DirectoryError, match="could not be read"):
        directory.members(GROUP)
    with pytest.raises(DirectoryError, match="could not be read"):
        directory.user_by_email(ADDRESS)
