"""A stack update, and the way back, while locks are taken, told and clicked.

It proves that queues, mappings, table and API stay what they are, and that both versions of the code understand what
the other one left. MiniStack updates in a moment what takes AWS minutes, so it proves little about time.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from chalicelib.core.version import Version
from chalicelib.slack.words.parts.buttons import RELEASE_ACTION, SNOOZE_ACTION
from demo.deployed import ALICE, HURRIED, STAGE, DeployedReaper
from demo.slack_standin import Message
from demo.waiting import wait_for
from deploy.package.build import Package, build
from tests.local_cloud.conftest import VERSIONED
from tests.local_cloud.steps import APPLY, let_go, posts, says, send, waiting, written_now

BEFORE, BETWEEN = 5, 3
"""Number of locks that are told before the update, and between it and the way back."""
SNOOZED = 1
"""Of each, so many are snoozed; all others are released."""
LEAST = 5
"""Number of locks that each update has to meet at least."""


def test_an_update_and_the_way_back_lose_no_event_and_no_click(reaper: DeployedReaper) -> None:
    package, taken, first = build(reaper.cloud.target), list[str](), reaper.outputs["Version"]
    told = tell(reaper, [key_of("before", number) for number in range(BEFORE)])
    with locks_taken(reaper, taken, "forth"), clicked(reaper, told):
        update(reaper, build(reaper.cloud.target, ANOTHER), more=ANOTHER_ROUTE, EventBatchingSeconds="2")
    assert reaper.outputs["Version"] == ANOTHER.number
    told |= (by_the_other := tell(reaper, [key_of("between", number) for number in range(BETWEEN)]))
    with locks_taken(reaper, taken, "back"), clicked(reaper, by_the_other):
        update(reaper, package)
    assert reaper.outputs["Version"] == first
    every_click_is_carried_out_once(reaper, told)
    every_lock_is_journaled_once(reaper, [*taken, *(key for key in told if not is_snoozed(key))])
    no_queue_has_anything_left(reaper)
    assert {first, ANOTHER.number} <= versions_that_ran(reaper)
    let_go(reaper, *filter(is_snoozed, told))


ANOTHER = Version("9.9.9", "9" * 40)
ANOTHER_ROUTE = f"""
[[routes]]
state_paths = ["{VERSIONED}/nobody/*"]
thresholds = {{ plan = "1h" }}
"""


def key_of(when: str, number: int) -> str:
    return f"update/{when}/{number}.tfstate"


def versions_that_ran(reaper: DeployedReaper) -> set[str]:
    """What the first lines of the functions' processes say."""
    pages = reaper.cloud.client("logs").get_paginator("filter_log_events")
    lines = [
        event["message"]
        for page in pages.paginate(logGroupName=reaper.outputs["LogGroupName"])
        for event in page["events"]
    ]
    return {json.loads(line)["version"] for line in lines if '"message":"started"' in line}


def update(reaper: DeployedReaper, package: Package, more: str = "", **parameters: str) -> None:
    deployed = reaper.cloud.folder / "reaper.toml"
    config = reaper.cloud.folder / "updated.toml"
    routes, targets = deployed.read_text().split("[[targets]]", 1)
    config.write_text(f"{routes}{more}\n[[targets]]{targets}")
    before, outputs = reaper.outputs, reaper.cloud.update(config, package, stage=STAGE, parameters=HURRIED | parameters)
    reaper.outputs = outputs
    assert {name for name in outputs if outputs[name] != before.get(name)} <= {"Version", "Commit"}


def body_of(key: str) -> bytes:
    """A lock of a run of its own: three of one run would be a joint alert."""
    return json.dumps(json.loads(written_now(key, APPLY)) | {"ID": f"id of {key}", "Who": f"ci@{key}"}).encode()


def tell(reaper: DeployedReaper, keys: list[str]) -> dict[str, Message]:
    """The alerts of new locks."""
    for key in keys:
        reaper.put_lock(VERSIONED, key, body_of(key))
    return {key: reaper.alert_of(VERSIONED, key) for key in reversed(keys)}


@contextmanager
def locks_taken(reaper: DeployedReaper, taken: list[str], way: str) -> Iterator[None]:
    """Take one lock after another and let it go, for the time of the block and a little longer."""
    over = threading.Event()

    def take() -> None:
        number = 0
        while number < LEAST or not over.is_set():
            key = key_of(way, number)
            reaper.put_lock(VERSIONED, key, body_of(key))
            taken.append(key)
            over.wait(0.1)
            reaper.delete_lock(VERSIONED, key)
            number += 1

    with beside(take):
        try:
            yield
        finally:
            over.set()


@contextmanager
def clicked(reaper: DeployedReaper, told: dict[str, Message]) -> Iterator[None]:
    """Click on these alerts, one after another, in the time of the block."""

    def click_all() -> None:
        for key, message in told.items():
            action, option = (SNOOZE_ACTION, "1h") if is_snoozed(key) else (RELEASE_ACTION, None)
            body = reaper.slack.click_body(ALICE.id, message.channel, message.ts, action, option=option)
            # Longer than Slack waits: here each process of another code unpacks it first.
            assert send(reaper.slack.request_url, body, reaper.slack.signed_request(body)) == 200
            time.sleep(0.2)

    with beside(click_all):
        yield


def is_snoozed(key: str) -> bool:
    return key in {key_of(when, number) for when in ("before", "between") for number in range(SNOOZED)}


@contextmanager
def beside(act: Callable[[], None]) -> Iterator[None]:
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(act)
        try:
            yield
        finally:
            done.result(60)


def every_click_is_carried_out_once(reaper: DeployedReaper, told: dict[str, Message]) -> None:
    for key, message in told.items():
        says(reaper, message, "Snoozed by <@U0ALICE>" if is_snoozed(key) else "Released by <@U0ALICE>")
        assert (reaper.lock_body(VERSIONED, key) is not None) == is_snoozed(key)
    wait_for("the journal has all answers", lambda: answers(reaper, told).keys() == told.keys())
    assert set(answers(reaper, told).values()) == {1}
    assert {key: len(posts(reaper, "update", key)) for key in told} == dict.fromkeys(told, 1)
    assert [one.text for one in reaper.slack.ephemerals(ALICE.id) if "update/" in one.text] == []


def answers(reaper: DeployedReaper, told: dict[str, Message]) -> Counter[str]:
    return lines_of(reaper, "alert_snoozed", told) + lines_of(reaper, "release_answered", told)


def every_lock_is_journaled_once(reaper: DeployedReaper, taken: Collection[str]) -> None:
    for kind in ("lock_acquired", "lock_released"):
        wait_for(f"each lock has {kind}", lambda kind=kind: lines_of(reaper, kind, taken).keys() == set(taken))  # type: ignore[misc]
        assert set(lines_of(reaper, kind, taken).values()) == {1}


def lines_of(reaper: DeployedReaper, kind: str, keys: Collection[str]) -> Counter[str]:
    """How many lines of a kind the journal has of each of these states."""
    named = {f"{VERSIONED}/{key}": key for key in keys}
    lines = [line for line in reaper.journal() if line["event"] == kind]
    return Counter(named[line["state_path"]] for line in lines if line["state_path"] in named)


def no_queue_has_anything_left(reaper: DeployedReaper) -> None:
    queues = [name for name in reaper.outputs if name.endswith("QueueUrl") and "DeadLetter" not in name]
    wait_for("the queues are empty", lambda: not any(waiting(reaper, name) for name in queues))
    assert [name for name in reaper.outputs if "DeadLetter" in name and waiting(reaper, name)] == []
