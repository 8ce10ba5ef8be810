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
        why="A click is turned away if it comes from an app that app_id in reaper.toml does not name.",
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
        title="Channels in reaper.toml",
        why="An alert for a channel where the app may not post is seen late, or by nobody.",
        rights=("channels:read", "groups:read"),
    ),
    Check(
        id=GROUPS,
        title="User groups in reaper.toml",
        why="A group that is gone, disabled or empty is called in vain, and nobody may release by it.",
        rights=("usergroups:read",),
    ),
    Check(
        id=PEOPLE,
        title="People in reaper.toml",
        why="Somebody who has left sees no mention and releases no lock.",
        rights=("users:read",),
    ),
    Check(
        id=RELEASERS,
        title="Who may release",
        why="Where nobody is left, a stuck lock stays until somebody with AWS rights removes it.",
        rights=("users:read", "usergroups:read"),
    ),
)
