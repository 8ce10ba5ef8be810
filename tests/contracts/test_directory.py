from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from chalicelib.ports.people import Directory, DirectoryError
from chalicelib.slack.directory import SlackDirectory
from demo.slack_standin import SlackStandIn
from tests.builders import ALICE, BOB, TEAM
from tests.fakes.slack import FakeDirectory
from tests.slack.people import ADDRESS, EMPTY, GROUP, WORKSPACE


@dataclass
class Slack:
    """A directory and a way to have it fail."""

    directory: Directory
    break_down: Callable[[], object]


@pytest.fixture(params=["fake", "slack_sdk and the stand-in"])
def slack(request: pytest.FixtureRequest) -> Iterator[Slack]:
    if request.param == "fake":
        fake = FakeDirectory(
            groups={GROUP: frozenset({ALICE, BOB}), EMPTY: frozenset()},
            users={ADDRESS: ALICE},
            organisations={"W0COLLEAGUE": "E0ACME", "W0COMPETITOR": "E0OTHER"},
        )
        yield Slack(fake, lambda: setattr(fake, "refusing", "Slack answered internal_error"))
        return
    with SlackStandIn(WORKSPACE) as real:
        yield Slack(
            SlackDirectory(lambda: WORKSPACE.bot_token, real.api_url, team=TEAM),
            lambda: real.refuse("*", "internal_error"),
        )


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
