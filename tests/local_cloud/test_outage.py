"""Slack is down, or its answers are lost: everything is told afterwards, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from demo.deployed import BOB, DeployedReaper
from demo.waiting import wait_for
from tests.local_cloud.conftest import SECOND_LEVEL, VERSIONED
from tests.local_cloud.steps import alerted, click, failing_watch, gone, let_go, let_pass, posts, says, take, waiting

A_MINUTE = timedelta(minutes=1)
"""So long after a lost answer the reaper looks whether its message stands there."""


@pytest.fixture
def _clicks_are_soon_tried_again(reaper: DeployedReaper) -> Iterator[None]:
    """Not after three minutes, which nobody wants to wait for."""
    sqs, queue = reaper.cloud.client("sqs"), reaper.outputs["ReleaseQueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "4"})
    yield
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)


@pytest.mark.usefixtures("_clicks_are_soon_tried_again")
def test_what_happened_while_slack_was_down_is_told_afterwards_once(reaper: DeployedReaper) -> None:
    raised, ended, released, new = (f"outage/{name}.tfstate" for name in ("raised", "ended", "released", "new"))
    alerts = {key: alerted(reaper, key) for key in (ended, released, raised)}
    with reaper.slack.down():
        take(reaper, new)
        reaper.delete_lock(VERSIONED, ended)
        click(reaper, alerts[released])
        gone(reaper, released)
        reaper.wait_until_held_for(VERSIONED, raised, SECOND_LEVEL)
        failing_watch(reaper)
    reaper.watch()
    assert posts(reaper, "outage", new) == []
    for key in (raised, new):
        let_pass(reaper, key, "ClaimedUntil", A_MINUTE)
    for _ in range(2):
        reaper.watch()
    says(reaper, alerts[ended], "Released by its holder")
    says(reaper, alerts[released], "Released by <@U0ALICE>")
    assert [one.thread_ts for one in posts(reaper, "outage", raised)] == [None, alerts[raised].ts]
    assert len(posts(reaper, "outage", new)) == len(posts(reaper, "outage", ended)) == 1
    wait_for("the click has been tried again, and answered", lambda: not waiting(reaper))
    let_go(reaper, raised, new)


def test_what_slack_posted_without_an_answer_is_found_there_and_not_said_again(reaper: DeployedReaper) -> None:
    told, new = "outage/told.tfstate", "outage/unanswered.tfstate"
    alert = alerted(reaper, told)
    take(reaper, new)
    reaper.wait_until_held_for(VERSIONED, told, SECOND_LEVEL)
    reaper.slack.refuse("chat.postMessage", "drop", times=2)
    failing_watch(reaper)
    for key in (told, new):
        let_pass(reaper, key, "ClaimedUntil", A_MINUTE)
    for _ in range(2):
        reaper.watch()
    [reply] = reaper.slack.replies(alert.channel, alert.ts)
    assert [one.ts for one in reaper.slack.notifications(BOB.id)].count(reply.ts) == 1
    [found] = [one for one in posts(reaper, "outage", new) if one.thread_ts is None]
    click(reaper, found)
    gone(reaper, new)
    says(reaper, found, "Released by <@U0ALICE>")
    let_go(reaper, told)
