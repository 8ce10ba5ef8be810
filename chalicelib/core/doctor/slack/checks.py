"""The checks of the Slack app."""

from chalicelib.core.doctor.check import Check

TOKEN, APP, SCOPES = "slack.token", "slack.app", "slack.scopes"
CHANNELS, GROUPS, PEOPLE, RELEASERS = "slack.channels", "slack.groups", "slack.people", "slack.releasers"

CHECKS: tuple[Check, ...] = (
    Check(
        id=TOKEN,
        title="Slack's bot token",
        why="Without a token that Slack takes, nobody is told of a lock and no click is answered.",
        rights=(),
    ),
    Check(
        id=APP,
        title="The app behind the token",
        why="A click on the message of another app than app_id names is turned away.",
        rights=("users:read",),
    ),
    Check(
        id=SCOPES,
        title="The token's scopes",
        why="Slack refuses each call for which the token lacks the scope.",
        rights=(),
    ),
    Check(
        id=CHANNELS,
        title="The channels that reaper.toml names",
        why="An alert for a channel that takes none is seen late, or by nobody.",
        rights=("channels:read", "groups:read"),
    ),
    Check(
        id=GROUPS,
        title="The user groups that reaper.toml names",
        why="Nobody of a group that is gone, disabled or empty is called, or may release.",
        rights=("usergroups:read",),
    ),
    Check(
        id=PEOPLE,
        title="The people that reaper.toml names",
        why="Who has left sees no mention and releases no lock.",
        rights=("users:read",),
    ),
    Check(
        id=RELEASERS,
        title="Somebody is left who may release",
        why="Where nobody is left, a stuck lock stays until somebody with rights in AWS removes it.",
        rights=("users:read", "usergroups:read"),
    ),
)
