"""What a route may have the reaper do by itself."""

from chalicelib.core.alerts.life import NOTICE, SHOWN_ANEW_AFTER
from demo.deployed import DeployedReaper
from demo.waiting import wait_for
from tests.local_cloud.conftest import VERSIONED
from tests.local_cloud.steps import alerted, gone, let_pass, releases, says, written_now


def test_a_plan_s_lock_is_released_by_the_reaper_itself_once_people_had_notice_and_an_apply_s_never(
    reaper: DeployedReaper,
) -> None:
    plan, apply = "auto/plan.tfstate", "auto/apply.tfstate"
    told = alerted(reaper, plan, written_now(plan))
    kept = alerted(reaper, apply)
    reaper.watch()
    assert reaper.lock_body(VERSIONED, plan) is not None
    for key in (plan, apply):
        let_pass(reaper, key, "AlertedAt", NOTICE)
        let_pass(reaper, key, "ShownAt", SHOWN_ANEW_AFTER)
    reaper.watch()
    gone(reaper, plan)
    says(reaper, told, "Released by the reaper itself")
    wait_for("it is announced in the thread", lambda: reaper.slack.replies(told.channel, told.ts))
    [released] = wait_for("the journal has it", lambda: releases(reaper, plan))
    assert (released["released_by"], released["by_reaper"]) == ("reaper", True)
    assert "slack_user" not in released
    reaper.watch()
    assert len(reaper.slack.replies(told.channel, told.ts)) == 1
    assert reaper.lock_body(VERSIONED, apply) is not None
    says(reaper, kept, "Release")
