"""A lock that nobody minds: snoozed, woken, escalated, each in front of a real browser."""

from chalicelib.slack.words.parts.buttons import SNOOZE_ACTION, WAKE_ACTION
from demo.browser import Visitor
from demo.deployed import ALICE, BOB, CAROL, DeployedReaper
from tests.local_cloud.conftest import SECOND_LEVEL, VERSIONED, channel_of
from tests.local_cloud.steps import actions_of, alerted, click, here, let_go, posts, says

KEY = "escalation/network.tfstate"


def test_a_snooze_holds_the_second_level_back_until_it_is_ended_and_then_one_reply_calls_those_on_call_once(
    reaper: DeployedReaper, visitor: Visitor
) -> None:
    alert = alerted(reaper, KEY)
    visitor.visit(f"{reaper.slack.url}/#{channel_of('escalation')}")
    visitor.become(ALICE.id)
    visitor.choose(SNOOZE_ACTION, "1h", KEY)
    visitor.message(KEY, f"Snoozed by @{ALICE.name}")
    reaper.wait_until_held_for(VERSIONED, KEY, SECOND_LEVEL)
    reaper.watch()
    assert len(posts(reaper, "escalation", KEY)) == 1
    visitor.press(WAKE_ACTION, KEY)
    says(reaper, alert, SNOOZE_ACTION)
    for _ in range(2):
        reaper.watch()
    visitor.message("@oncall", "level 2 of 2")
    [reply] = reaper.slack.replies(alert.channel, alert.ts)
    assert reaper.slack.notifications(BOB.id).count(reply) == 1
    assert reaper.slack.notifications(CAROL.id).count(reply) == 1
    [now] = here(reaper, alert)
    assert now.edited > alert.edited
    click(reaper, alert)
    says(reaper, alert, "Released by <@U0ALICE>")
    concerning = [one for one in reaper.slack.notifications(BOB.id) if one.channel == alert.channel]
    assert [one.ts for one in concerning] == [reply.ts]


def test_a_snooze_ends_with_its_lock_and_the_next_lock_of_that_state_is_told(reaper: DeployedReaper) -> None:
    key = "escalation/again.tfstate"
    alert = alerted(reaper, key)
    click(reaper, alert, action=SNOOZE_ACTION, option="1w")
    says(reaper, alert, "Snoozed by")
    reaper.delete_lock(VERSIONED, key)
    says(reaper, alert, "Released by its holder")
    assert actions_of(reaper, alert) == []
    another = alerted(reaper, key)
    assert another.ts != alert.ts
    let_go(reaper, key)
