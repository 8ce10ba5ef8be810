"""Faults of the Slack app, seeded into the workspace of the Slack stand-in. No command mends Slack: people do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.slack import checks
from chalicelib.core.policy import Route, Rules
from chalicelib.slack.installation import Installation
from demo.slack_standin import Channel, User, UserGroup, Workspace
from tests.builders import ALICE, APP, BOB, CHANNEL, TEAM, a_policy, some_rules

LEAD, BUILDS = "U0LEAD", "U0BUILDS"
PAYMENTS, HUSH = "C0PAYMENTS", "G0HUSH"
TEAM_GROUP, ONCALL = "S0PAYMENTS", "S0ONCALL"
HEALTHY = Workspace(
    team_id=TEAM,
    app_id=APP,
    bot_token="xoxb-made-up",
    signing_secret="made-up",
    users=tuple(User(one, one.removeprefix("U0").title()) for one in (ALICE, BOB, LEAD, BUILDS)),
    channels=(
        Channel(CHANNEL, "platform", frozenset({ALICE})),
        Channel(PAYMENTS, "payments", frozenset({BOB})),
        Channel(HUSH, "hush", frozenset({BOB}), is_private=True),
    ),
    user_groups=(UserGroup(TEAM_GROUP, "payments", (BOB,)), UserGroup(ONCALL, "oncall", (ALICE, LEAD))),
)
RULES: Rules = some_rules(
    Route(("acme-tfstate/payments/*",), a_policy((BOB, TEAM_GROUP), PAYMENTS, mentions={2: (ONCALL, LEAD, "here")})),
    Route(("acme-tfstate/hush/*",), a_policy((TEAM_GROUP,), HUSH)),
    releasers=(ALICE,),
    owners={"*@build-*": BUILDS},
    owner_emails=True,
)


@dataclass(frozen=True)
class SlackFault:
    """One thing that is wrong in Slack, or in what ``reaper.toml`` says of it."""

    name: str
    check: str
    colour: Colour
    seen: str
    """A part of what the finding says."""
    seed: Callable[[Workspace], Workspace] = lambda workspace: workspace
    rules: Rules = RULES
    token: str = HEALTHY.bot_token
    app: str = APP

    @property
    def installation(self) -> Callable[[str], Installation]:
        """Return what ``reaper.toml`` says of the app, for the address of an API."""
        return lambda url: Installation(app=self.app, team=self.rules.team, api_url=url)


def _channel(channel: str, **now: Any) -> Callable[[Workspace], Workspace]:
    return lambda of: replace(of, channels=tuple(replace(c, **now) if c.id == channel else c for c in of.channels))


def _group(group: str, **now: Any) -> Callable[[Workspace], Workspace]:
    return lambda of: replace(
        of,
        user_groups=tuple(replace(one, **now) if one.id == group else one for one in of.user_groups),
    )


def _user(user: str, **now: Any) -> Callable[[Workspace], Workspace]:
    return lambda of: replace(of, users=tuple(replace(u, **now) if u.id == user else u for u in of.users))


def _without(scope: str) -> Callable[[Workspace], Workspace]:
    return lambda of: replace(of, scopes=of.scopes - {scope})


def _no_group(of: Workspace) -> Workspace:
    return replace(of, user_groups=of.user_groups[1:])


RED, YELLOW, GREY = Colour.RED, Colour.YELLOW, Colour.GREY
FAULTS: tuple[SlackFault, ...] = (
    SlackFault("token revoked", checks.TOKEN, RED, "invalid_auth", token="xoxb-revoked"),
    SlackFault("token with a line break", checks.TOKEN, RED, "no token has", token="xoxb-made-up\n"),
    SlackFault(
        "another workspace's token", checks.TOKEN, RED, "team_id", seed=lambda of: replace(of, team_id="T0ELSEWHERE")
    ),
    SlackFault(
        "an organisation's token that the rules do not name",
        checks.TOKEN,
        RED,
        "organisation E0ACME",
        seed=lambda of: replace(of, enterprise_id="E0ACME", org_wide=True),
    ),
    SlackFault("another app's token", checks.APP, RED, "app_id", app="A0OTHER"),
    SlackFault("no scope to post", checks.SCOPES, RED, "chat:write", seed=_without("chat:write")),
    SlackFault("no scope for user groups", checks.SCOPES, RED, "usergroups:read", seed=_without("usergroups:read")),
    SlackFault("no scope for addresses", checks.SCOPES, YELLOW, "owner_emails", seed=_without("users:read.email")),
    SlackFault("app not in a channel", checks.CHANNELS, RED, "#payments", seed=_channel(PAYMENTS, bot_is_member=False)),
    SlackFault(
        "app not in a private channel", checks.CHANNELS, RED, "no channel", seed=_channel(HUSH, bot_is_member=False)
    ),
    SlackFault("channel archived", checks.CHANNELS, RED, "is archived", seed=_channel(CHANNEL, is_archived=True)),
    SlackFault(
        "channel deleted", checks.CHANNELS, RED, "no channel", seed=lambda of: replace(of, channels=of.channels[1:])
    ),
    SlackFault("group disabled", checks.GROUPS, YELLOW, "@oncall is disabled", seed=_group(ONCALL, disabled=True)),
    SlackFault("group emptied", checks.GROUPS, YELLOW, "has no members", seed=_group(ONCALL, members=())),
    SlackFault("group gone", checks.GROUPS, YELLOW, "does not exist", seed=_no_group),
    SlackFault("a releaser has left", checks.PEOPLE, YELLOW, "is deactivated", seed=_user(BOB, deleted=True)),
    SlackFault("an owner has left", checks.PEOPLE, YELLOW, "owners of [slack]", seed=_user(BUILDS, deleted=True)),
    SlackFault(
        "a person is unknown",
        checks.PEOPLE,
        YELLOW,
        "is not known",
        seed=lambda of: replace(of, users=tuple(one for one in of.users if one.id != LEAD)),
    ),
    SlackFault("the only releaser has left", checks.RELEASERS, RED, "nobody is left", seed=_user(ALICE, deleted=True)),
    SlackFault(
        "the only group is disabled", checks.RELEASERS, RED, "S0PAYMENTS", seed=_group(TEAM_GROUP, disabled=True)
    ),
)
