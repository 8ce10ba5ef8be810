"""The weekly look as Lambda begins it, against a Slack that can be looked at."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib import wiring
from demo.slack_standin import Channel, SlackStandIn, Workspace
from tests.app.account import SECRET, Remaining, an_account, forget_everything, printed
from tests.builders import APP, CHANNEL, TEAM
from tests.config.test_file import LEAST

pytestmark = pytest.mark.usefixtures("onto_the_captured_output")
WORKSPACE = Workspace(
    team_id=TEAM,
    app_id=APP,
    bot_token=SECRET,
    signing_secret="made-up",
    users=(),
    channels=(Channel(CHANNEL, "platform", frozenset()),),
)


@pytest.fixture
def slack(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SlackStandIn]:
    workspace = replace(WORKSPACE, scopes=frozenset({"chat:write"})) if request.param == "few scopes" else WORKSPACE
    line = 'doctor = "weekly"' if request.param != "never" else ""
    with SlackStandIn(workspace) as stand_in:
        toml = LEAST.replace("[slack]", f'[slack]\n{line}\napi_url = "{stand_in.api_url}"')
        with an_account(tmp_path, toml), pytest.MonkeyPatch.context() as patch:
            patch.setenv("STACK_NAME", "tflock-reaper-test")
            forget_everything()
            yield stand_in
    forget_everything()


def night(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    wiring.journal.cache_clear()
    app.examine_setup({}, Remaining())
    [line] = printed(capsys, '{"event"')
    return line


@pytest.mark.parametrize("slack", ["weekly"], indirect=True)
def test_a_night_looks_at_everything_once_and_the_next_one_at_nothing(
    slack: SlackStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = night(capsys), night(capsys)
    assert (first["event"], first["targets"], first["new"], first["not_reached"]) == ("doctor_examined", 2, 2, 0)
    told = first.get("detail", "").split("; ")
    # moto's CloudFormation wants a package that is not installed, so there are no parts of a reaper here.
    assert not [one for one in told if "defect" in one and "reach.stack" not in one]
    assert second["new"] == 0
    assert {name: first[name] for name in ("red", "green")} == {name: second[name] for name in ("red", "green")}
    assert len(slack.calls("auth.test")) == 1


@pytest.mark.parametrize("slack", ["never"], indirect=True)
def test_without_doctor_in_the_configuration_nothing_is_looked_at(
    slack: SlackStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert night(capsys)["targets"] == 0
    assert slack.calls() == []


@pytest.mark.parametrize("slack", ["few scopes"], indirect=True)
def test_what_a_role_or_a_token_may_not_is_grey_and_not_told_at_the_first_look(
    slack: SlackStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    line = night(capsys)
    assert line["grey"] >= 2
    assert not any("Not looked at any more" in message.text for message in slack.messages())


@pytest.mark.parametrize("slack", ["weekly"], indirect=True)
def test_without_time_nothing_is_looked_at_and_it_is_due_the_next_night(
    slack: SlackStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    app.examine_setup({}, Remaining(60_000))
    [line] = printed(capsys, '{"event"')
    assert (line["new"], line["not_reached"]) == (0, 2)
    assert night(capsys)["new"] == 2
