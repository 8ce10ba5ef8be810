"""Put the lock back: for a run that turns out to be alive, and never over somebody else's lock."""

import json
from collections.abc import Callable

from chalicelib.core.locks.mark import split
from chalicelib.slack.words.parts.buttons import PUT_BACK_ACTION, RELEASE_ACTION
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
    body, mark = split(reaper.lock_body(VERSIONED, alive.key) or b"")
    assert body == lock
    assert mark
    refused = alive.run("plan").stderr
    assert "Error acquiring the state lock" in refused
    assert json.loads(lock)["ID"] in refused
    alive.finish()
    assert reaper.lock_body(VERSIONED, alive.key) is None
    says(reaper, alert, "Released by its holder")
    assert actions_of(reaper, alert) == []


def test_what_is_put_back_is_another_object_for_s3_and_the_same_lock_for_terraform(
    reaper: DeployedReaper, state: State
) -> None:
    killed = state("undo/killed.tfstate")
    killed.start_apply(600)
    lock = wait_for("the run has its lock", lambda: reaper.lock_body(VERSIONED, killed.key), every=0.05)
    alert = reaper.alert_of(VERSIONED, killed.key)
    killed.kill()
    s3, place = reaper.cloud.client("s3"), {"Bucket": VERSIONED, "Key": f"{killed.key}.tflock"}
    s3.put_object_tagging(**place, Tagging={"TagSet": [{"Key": "team", "Value": "a&b"}]})
    etags = [s3.head_object(**place)["ETag"]]
    for _ in range(2):
        click(reaper, says(reaper, alert, RELEASE_ACTION))
        click(reaper, says(reaper, alert, PUT_BACK_ACTION), ALICE, PUT_BACK_ACTION)
        says(reaper, alert, "Put back by", RELEASE_ACTION)
        etags.append(s3.head_object(**place)["ETag"])
    assert len(set(etags)) == 3
    assert s3.get_object_tagging(**place)["TagSet"] == [{"Key": "team", "Value": "a&b"}]
    killed.must("force-unlock", "-force", json.loads(lock)["ID"])
    assert reaper.lock_body(VERSIONED, killed.key) is None


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
