"""What the project is for, in the hands of the real Terraform and in front of a real browser."""

import json
from collections.abc import Callable

from chalicelib.slack.words.parts.buttons import RELEASE_ACTION
from demo.browser import Visitor
from demo.deployed import ALICE, BOB, DeployedReaper
from demo.terraform import TerraformState
from demo.waiting import wait_for
from tests.builders import sample
from tests.local_cloud.conftest import UNWIRED, VERSIONED

State = Callable[..., TerraformState]


def a_killed_run(reaper: DeployedReaper, state: TerraformState) -> bytes:
    """The lock it leaves behind."""
    state.start_apply(600)
    lock = wait_for("the run has its lock", lambda: reaper.lock_body(state.bucket, state.key), every=0.05)
    state.kill()
    return lock or b""


def test_a_killed_run_is_alerted_released_by_a_click_and_the_next_plan_works(
    reaper: DeployedReaper, state: State, visitor: Visitor
) -> None:
    network = state("story/network.tfstate")
    a_killed_run(reaper, network)
    assert "Error acquiring the state lock" in network.run("plan").stderr
    reaper.alert_of(VERSIONED, network.key)
    visitor.become(ALICE.id)
    question = visitor.press_and_answer(RELEASE_ACTION, network.key)
    assert network.key in question
    assert "lose resources" in question
    shown = visitor.message(network.key, f"Released by @{ALICE.name}")
    assert shown.locator("button").all_inner_texts() == ["Put the lock back"]
    network.must("plan")


def test_the_browser_s_no_sends_nothing(reaper: DeployedReaper, visitor: Visitor) -> None:
    reaper.put_lock(VERSIONED, "story/kept.tfstate", sample("s3-apply-default"))
    reaper.alert_of(VERSIONED, "story/kept.tfstate")
    visitor.press_and_answer(RELEASE_ACTION, "story/kept.tfstate", yes=False)
    assert visitor.message("story/kept.tfstate").locator("button").all_inner_texts() == ["Release"]
    assert reaper.lock_body(VERSIONED, "story/kept.tfstate") is not None


def test_a_lock_replaced_between_alert_and_click_is_left_alone_and_its_holder_named(
    reaper: DeployedReaper, state: State, visitor: Visitor
) -> None:
    # In a bucket that tells the reaper nothing, so that the message still offers what is no longer there.
    moved = state("story/moved.tfstate", UNWIRED)
    a_killed_run(reaper, moved)
    reaper.alert_of(UNWIRED, moved.key)
    reaper.cloud.client("s3").delete_object(Bucket=UNWIRED, Key=f"{moved.key}.tflock")
    held = a_killed_run(reaper, moved)
    visitor.become(ALICE.id)
    visitor.press_and_answer(RELEASE_ACTION, moved.key)
    shown = visitor.message(moved.key, "The lock changed since you saw it").inner_text()
    assert json.loads(held)["ID"] in shown.partition("the state is locked now by")[2]
    assert reaper.lock_body(UNWIRED, moved.key) == held


def test_someone_who_may_not_release_is_told_so_privately(reaper: DeployedReaper, visitor: Visitor) -> None:
    reaper.put_lock(VERSIONED, "story/refused.tfstate", sample("s3-plan-default"))
    reaper.alert_of(VERSIONED, "story/refused.tfstate")
    visitor.become(BOB.id)
    visitor.press_and_answer(RELEASE_ACTION, "story/refused.tfstate")
    answer = "you are not among its releasers. Ask @Alice"
    visitor.message(answer)
    visitor.become(ALICE.id)
    visitor.page.locator("article.message", has_text=answer).wait_for(state="hidden")
    assert reaper.lock_body(VERSIONED, "story/refused.tfstate") is not None


def test_a_run_that_ends_by_itself_closes_its_alert(reaper: DeployedReaper, state: State) -> None:
    slow = state("story/slow.tfstate")
    slow.start_apply(600)
    wait_for("the run has its lock", lambda: reaper.lock_body(VERSIONED, slow.key), every=0.05)
    reaper.alert_of(VERSIONED, slow.key)
    slow.finish()
    reaper.alert(slow.key, "Released by its holder")
