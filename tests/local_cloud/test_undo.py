"""Put the lock back: for a run that turns out to be alive, and never over somebody else's lock."""

from collections.abc import Callable

from chalicelib.slack.buttons import PUT_BACK_ACTION, RELEASE_ACTION
from demo.browser import Visitor
from demo.deployed import ALICE, BOB, DeployedReaper
from demo.terraform import TerraformState
from demo.waiting import wait_for
from tests.local_cloud.conftest import UNDO_SECONDS, VERSIONED, channel_of
from tests.local_cloud.steps import PLAN, actions_of, alerted, click, gone, says, told_alone

State = Callable[..., TerraformState]


def test_a_live_run_whose_lock_was_released_by_mistake_gets_it_back_and_ends_as_if_nothing_had_happened(
    reaper: DeployedReaper, state: State, visitor: Visitor
) -> None:
    alive = state("undo/alive.tfstate")
    alive.start_apply(600)
    lock = wait_for("the run has its lock", lambda: reaper.lock_body(VERSIONED, alive.key), every=0.05)
    alert = reaper.alert_of(VERSIONED, alive.key)
    visitor.visit(f"{reaper.slack.url}/#{channel_of('undo')}")
    visitor.become(ALICE.id)
    visitor.press_and_answer(RELEASE_ACTION, alive.key)
    visitor.message(alive.key, f"Released by @{ALICE.name}")
    assert reaper.lock_body(VERSIONED, alive.key) is None
    assert "if nobody holds it by now" in visitor.press_and_answer(PUT_BACK_ACTION, alive.key)
    visitor.message(alive.key, f"Put back by @{ALICE.name}", "Release")
    assert reaper.lock_body(VERSIONED, alive.key) == lock
    assert "Error acquiring the state lock" in alive.run("plan").stderr
    alive.finish()
    assert reaper.lock_body(VERSIONED, alive.key) is None
    says(reaper, alert, "Released by its holder")
    assert actions_of(reaper, alert) == []


def test_a_lock_is_not_put_back_over_anothers_and_after_its_time_the_offer_goes_by_itself(
    reaper: DeployedReaper,
) -> None:
    key = "undo/taken.tfstate"
    alert = alerted(reaper, key)
    click(reaper, alert)
    says(reaper, alert, "Released by", PUT_BACK_ACTION)
    click(reaper, alert, BOB, PUT_BACK_ACTION)
    told_alone(reaper, BOB, "You cannot put back", "not among its releasers")
    reaper.put_lock(VERSIONED, key, PLAN)
    click(reaper, alert, ALICE, PUT_BACK_ACTION)
    told_alone(reaper, ALICE, "was not put back, because somebody holds the state by now")
    assert reaper.lock_body(VERSIONED, key) == PLAN
    wait_for("the offer is gone", lambda: actions_of(reaper, alert) == [], 2 * UNDO_SECONDS)
    reaper.delete_lock(VERSIONED, key)
    gone(reaper, key)
