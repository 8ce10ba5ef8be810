from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from chalicelib.ports.people import Directory, DirectoryError, MessengerError
from chalicelib.slack.directory import SlackDirectory
from demo.slack_standin import SCOPES, SlackStandIn, User, UserGroup, Workspace
from tests.builders import ALICE, APP, BOB, TEAM
from tests.fakes.slack import FakeDirectory

GROUP, EMPTY, ADDRESS = "S0ONCALL", "S0EMPTY", "alice@acme.example"
WORKSPACE = Workspace(
    team_id=TEAM,
    app_id=APP,
    bot_token="xoxb-made-up",
    signing_secret="made-up",
    users=(
        User(ALICE, "Alice", email=ADDRESS),
        User(BOB, "Bob"),
        User("W0COLLEAGUE", "Cleo", "T0OTHER", enterprise_id="E0ACME"),
        User("W0COMPETITOR", "Kim", "T0FOREIGN", enterprise_id="E0OTHER"),
        User("W0LEFT", "Lee", "T0OTHER", enterprise_id="E0ACME", deleted=True),
    ),
    channels=(),
    user_groups=(UserGroup(GROUP, "oncall", (ALICE, BOB)), UserGroup(EMPTY, "empty", ())),
)


class Clock:
    """A clock that stands still until it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Slack:
    """A directory and a way to have it fail."""

    directory: Directory
    break_down: Callable[[], object]


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


@pytest.fixture(params=["fake", "slack_sdk and the stand-in"])
def slack(request: pytest.FixtureRequest) -> Slack:
    if request.param == "fake":
        fake = FakeDirectory(
            groups={GROUP: frozenset({ALICE, BOB}), EMPTY: frozenset()},
            users={ADDRESS: ALICE},
            organisations={"W0COLLEAGUE": "E0ACME", "W0COMPETITOR": "E0OTHER"},
        )
        return Slack(fake, lambda: setattr(fake, "refusing", "Slack answered internal_error"))
    real: SlackStandIn = request.getfixturevalue("stand_in")
    return Slack(request.getfixturevalue("directory"), lambda: real.refuse("*", "internal_error"))


def test_a_group_has_its_members(slack: Slack) -> None:
    assert slack.directory.members(GROUP) == {ALICE, BOB}
    assert slack.directory.members(EMPTY) == set()


def test_a_group_that_nobody_knows_is_an_error_and_not_an_empty_one(slack: Slack) -> None:
    with pytest.raises(DirectoryError, match="no such user group"):
        slack.directory.members("S0NONE")


def test_a_user_is_found_by_address_and_nobody_by_an_unknown_one(slack: Slack) -> None:
    assert slack.directory.user_by_email(ADDRESS) == ALICE
    assert slack.directory.user_by_email("nobody@acme.example") == ""


@pytest.mark.parametrize(
    ("user", "belongs"),
    [("W0COLLEAGUE", True), ("W0COMPETITOR", False), ("W0LEFT", False), (BOB, False), ("U0NOBODY", False), ("", False)],
)
def test_a_colleague_belongs_to_the_organisation_and_nobody_else_does(slack: Slack, user: str, belongs: bool) -> None:
    assert slack.directory.belongs(user, "E0ACME") is belongs
    assert not slack.directory.belongs(user, "")


def test_what_slack_does_not_say_is_an_error(slack: Slack) -> None:
    slack.break_down()
    with pytest.raises(DirectoryError, match="internal_error"):
        slack.directory.members(GROUP)
    slack.break_down()
    with pytest.raises(DirectoryError, match="internal_error"):
        slack.directory.user_by_email(ADDRESS)
    slack.break_down()
    with pytest.raises(DirectoryError, match="internal_error"):
        slack.directory.belongs("W0COLLEAGUE", "E0ACME")


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
