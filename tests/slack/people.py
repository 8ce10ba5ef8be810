"""Set up a workspace with its people and their groups."""

from demo.slack_standin import User, UserGroup, Workspace
from tests.builders import ALICE, APP, BOB, TEAM

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
