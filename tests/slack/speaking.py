"""Set up a messenger that speaks to the Slack stand-in, by one clock, and what it says in the tests."""

from datetime import timedelta

from chalicelib.core.alerts.alert import Reply, alert_for
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Handle, Topic
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Person, Verb, Whisper
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.slack.installation import Installation
from chalicelib.slack.messenger import SlackMessenger
from chalicelib.slack.web.pace import Time
from demo.slack_standin import Channel, SlackStandIn, User, UserGroup, Workspace
from tests.builders import ALICE, APP, BOB, CHANNEL, TAKEN, TEAM, a_lock, a_policy, a_sending

FOREIGN_CHANNEL = "C0FOREIGN"
NOW = TAKEN + timedelta(hours=2)
REF = a_lock().ref
ALERT_NOW = alert_for(Page(lock=a_lock()), a_policy(mentions={1: (ALICE,)}), NOW, None)
SENDING = a_sending(at=NOW, channel=CHANNEL, level=1)
DIGEST = Digest(channel=CHANNEL, locks=tuple("abcdef"), held=6, oldest=(), at=NOW)
ENDING = Ending(outcome=Outcome.REFUSED, at=TAKEN, user=BOB, refusal=Refusal.NOT_LISTED)
ANSWERED = Whisper(verb=Verb.RELEASE, ending=ENDING, releasers=(ALICE,))
IN_CHANNEL, ELSEWHERE = (Person(user=BOB, channel=channel) for channel in (CHANNEL, FOREIGN_CHANNEL))
US = Installation(app=APP, team=TEAM)
NOWHERE = "1763700000.000100"
WORKSPACE = Workspace(
    team_id=TEAM,
    app_id=APP,
    bot_token="xoxb-made-up",
    signing_secret="made-up",
    users=(User(ALICE, "Alice"), User(BOB, "Bob")),
    channels=(
        Channel(CHANNEL, "platform-alerts", frozenset({ALICE, BOB})),
        Channel(FOREIGN_CHANNEL, "elsewhere", frozenset(), bot_is_member=False),
    ),
    user_groups=(UserGroup("S0ONCALL", "oncall", (ALICE,)),),
)


class Clock:
    """One clock for Slack and for who speaks to it; who sleeps moves it."""

    now = NOW.timestamp()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def speaking_to(slack: SlackStandIn, clock: Clock, app: str = APP) -> SlackMessenger:
    return SlackMessenger(lambda: WORKSPACE.bot_token, slack.api_url, app, time=Time(clock, clock.sleep))


def a_reply(beneath: Handle, level: int = 2, called: tuple[str, ...] = ()) -> Reply:
    sending = a_sending(Topic.LEVEL, str(level), at=NOW, beneath=beneath, level=level)
    return Reply(alert=ALERT_NOW, sending=sending, called=called)
