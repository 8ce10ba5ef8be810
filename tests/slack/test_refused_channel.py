"""A channel that Slack takes nothing in, from the sweep to the message, by the real messenger and the stand-in."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.core.policy import Route
from chalicelib.jobs.watch import watch
from chalicelib.slack.messenger import SlackMessenger
from chalicelib.slack.web.pace import Time
from demo.slack_standin import Channel, SlackStandIn
from tests.builders import ALICE, APP, BOB, BUCKET, CHANNEL, TAKEN, a_policy, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.slack.speaking import WORKSPACE
from tests.slack.test_versions import IN_ONE_PLACE
from tests.sweeps import sweep

PROD = "C0PROD"
TWO = replace(WORKSPACE, channels=(*WORKSPACE.channels, Channel(PROD, "prod-alerts", frozenset({ALICE, BOB}))))
RULES = some_rules(Route((f"{BUCKET}/prod/*",), a_policy(channel=PROD, mentions={1: ("here", BOB)})))


def clock_of(world: FakeWorld) -> Callable[[], float]:
    def now() -> float:
        return world.now.timestamp()

    return now


def speak_to(slack: SlackStandIn, world: FakeWorld) -> None:
    real = SlackMessenger(lambda: TWO.bot_token, slack.api_url, APP, time=Time(clock_of(world), lambda _: None))
    world.messenger = real  # type: ignore[assignment]


@pytest.mark.parametrize("code", [*IN_ONE_PLACE, "restricted_action", "a_new_error_of_2027"])
def test_a_refused_alert_is_told_elsewhere_and_people_hear_of_the_trouble_and_of_its_end(code: str) -> None:
    world = FakeWorld(TAKEN)
    for key in ("prod/a.tflock", "b.tflock"):
        world.store.put(BUCKET, key, sample("s3-apply-default"))
    with SlackStandIn(TWO, clock=clock_of(world), burst=99) as slack:
        speak_to(slack, world)
        slack.refuse_in(PROD, code)
        sweep(RULES.targets[0], world.ports, RULES, world.later(hours=3))
        watch(world.ports, RULES, world.later(minutes=15))
        told = [message.text for message in slack.messages()]
        assert len(told) == 3
        assert [PROD in text and code in text for text in told].count(True) == 1
        [detoured] = [one for one in slack.messages() if f"Meant for <#{PROD}>" in str(one.blocks)]
        assert "release_lock" in [element["action_id"] for element, _ in detoured.actions]
        assert detoured in slack.notifications(BOB)
        assert detoured not in slack.notifications(ALICE)
        slack.refuse_in(PROD, "")
        for _ in range(3):
            watch(world.ports, RULES, world.later(minutes=15))
        assert [(one.channel, "again" in one.text) for one in slack.messages()[3:]] == [(PROD, True), (CHANNEL, True)]


def test_a_workspace_that_forbids_calling_everybody_has_its_alert_where_it_belongs() -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, "prod/a.tflock", sample("s3-apply-default"))
    with SlackStandIn(replace(TWO, everybody_may_be_called=False), clock=clock_of(world)) as slack:
        speak_to(slack, world)
        sweep(RULES.targets[0], world.ports, RULES, world.later(hours=3))
        [message] = slack.messages()
        assert message.channel == PROD
        assert "this workspace may forbid it" in str(message.blocks)
        assert [message] == slack.notifications(BOB)
