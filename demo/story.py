"""Play the story: a run is killed; Slack shows its lock; people snooze, release, put back and release it."""

from dataclasses import replace
from typing import Any

from chalicelib.core.audit.event import ToldBy
from chalicelib.core.clicks.click import SnoozeFor
from chalicelib.slack.words.parts.buttons import PUT_BACK_ACTION, RELEASE_ACTION, SNOOZE_ACTION, WAKE_ACTION
from demo import stopping
from demo.deployed import ALICE, BOB, CAROL, CHANNEL, ONCALL, Decided, DeployedReaper, demo_workspace
from demo.hands import Hands
from demo.narrator import JournalTail, Narrator
from demo.runs import BUCKET, KILLED, SLOW, RealRuns, SampleLocks
from demo.slack_standin import User
from demo.terraform import LOCK_TABLE
from demo.waiting import wait_for

PATH = f"{BUCKET}/{KILLED}"
FIRST = "5s"
_SECONDS_BETWEEN_WATCHES = 5
_SLACK = f"""
releasers = ["{ALICE.id}", "{CAROL.id}"]
mentions = {{ 2 = ["{ONCALL.id}"] }}
owners = {{ "*" = "{BOB.id}" }}
undo = "2m"
"""
_ROUTES = f"""
[[routes]]
state_paths = ["{BUCKET}/{SLOW}"]
thresholds = {{ apply = "{FIRST}" }}
"""


def decided(second: str) -> Decided:
    """Return the configuration: who may do what, as ``rights`` tells it, and the thresholds."""
    workspace = demo_workspace(people=rights())
    return Decided((BUCKET,), (FIRST, second), slack=_SLACK, routes=_ROUTES, lock_table=True, workspace=workspace)


def rights() -> tuple[User, ...]:
    """Return the people; each has as a title what they may do, which the page shows."""
    return (
        replace(ALICE, title="may release locks, and all else"),
        replace(BOB, title="may not release; may snooze, since the run is probably his; on call"),
        replace(CAROL, title="may release locks, and all else; on call"),
    )


def prepare(reaper: DeployedReaper, narrator: Narrator) -> None:
    """Deploy a reaper and wire a state bucket to it."""
    narrator.step(f"local cloud (MiniStack) and Slack stand-in are up: {reaper.cloud.url}, {reaper.slack.url}")
    narrator.step(f"{reaper.made_from} and deploying it by CloudFormation")
    reaper.deploy()
    narrator.step(f"deployed; creating the versioned state bucket {BUCKET} and wiring it to the queue of lock events")
    reaper.create_state_bucket(BUCKET)


class Story:
    """The steps of the story; a TimeoutError or RuntimeError names the step that was not seen."""

    def __init__(
        self, reaper: DeployedReaper, runs: RealRuns | SampleLocks, journal: JournalTail, narrator: Narrator
    ) -> None:
        self._reaper = reaper
        self._runs = runs
        self._journal = journal
        self._narrator = narrator
        self._lock_id = ""
        self._holds: list[dict[str, Any]] = []

    def begin(self) -> None:
        """Play from the killed run to its alert."""
        self._runs.end_well()
        for told_by in ToldBy.STREAM, ToldBy.S3:
            self._expect("lock_acquired", told_by=told_by)
            hold = self._expect("lock_released", told_by=told_by)
        self._holds.append(hold)
        self._reaper.watch()
        self._narrator.step("the watch has nothing to say")
        self._runs.die()
        self._lock_id = self._look()
        self._expect("lock_acquired", told_by=ToldBy.S3)
        self._narrator.step(
            f"the watch, which in your account looks every 15 minutes: the first threshold here is {FIRST}"
        )
        self._reaper.wait_until_held_for(BUCKET, KILLED, FIRST)
        self._reaper.watch()
        wait_for("Slack has the alert", lambda: self._reaper.offer(BUCKET, KILLED))
        self._reaper.alert(PATH, LOCK_TABLE)
        self._narrator.step(f"Slack shows it, one alert for both places: {self._reaper.slack.url}/#{CHANNEL.id}")

    def play(self, hands: Hands, second: str) -> None:
        """Play the rest, with hands that click."""
        hands.show("alert", PATH, "Release")
        self._snooze(hands, second)
        self._escalate(hands)
        self._list(hands)
        self._release(hands)
        hands.show("undo", PATH, "Put the lock back")
        self._put_back(hands)
        self._release(hands)
        self._runs.end_slow_run()
        self._reaper.alert(f"{BUCKET}/{SLOW}", "Released by its holder")
        self._narrator.step(f"the run on {SLOW} has ended, and its message says so by itself")
        self._sum_up()

    def accompany(self) -> None:
        """Go on beside a person who clicks what they like, until that person stops it."""
        self._narrator.aside(f"the run on {SLOW} stays alive for as long as you look")
        before = held, buttons = True, True
        while True:
            self._reaper.watch()
            if held != bool(self._reaper.lock_body(BUCKET, KILLED)):
                held = bool(self._look())
            buttons = bool(self._reaper.alert(PATH).actions)
            if not (held or buttons) and any(before):
                self._narrator.step("the lock is released for good; the page stays until Ctrl-C")
            before = held, buttons
            stopping.sleep(_SECONDS_BETWEEN_WATCHES)

    def _snooze(self, hands: Hands, second: str) -> None:
        self._narrator.step(f"{BOB.name}, whose run it probably is, snoozes it for an hour")
        hands.click(BOB, SNOOZE_ACTION, SnoozeFor.HOUR)
        self._reaper.alert(PATH, f"Snoozed by <@{BOB.id}>")
        self._expect("alert_snoozed", slack_user=BOB.id)
        self._reaper.wait_until_held_for(BUCKET, KILLED, second)
        self._reaper.watch()
        if self._replies():
            raise RuntimeError("the watch should have stayed quiet about a lock that is snoozed")
        self._narrator.step(f"over the second threshold, here {second}: the watch stays quiet")

    def _escalate(self, hands: Hands) -> None:
        self._narrator.step(f"{BOB.name} ends the snooze, and the next watch calls @{ONCALL.handle}")
        hands.click(BOB, WAKE_ACTION)
        self._reaper.alert(PATH, SNOOZE_ACTION)
        self._expect("alert_woken", slack_user=BOB.id)
        self._reaper.watch()
        if [f"<!subteam^{ONCALL.id}>" in text for text in self._replies()] != [True]:
            raise RuntimeError(f"one reply should call @{ONCALL.handle}: {self._replies()}")
        self._expect("alert_raised", level=2)
        hands.show("escalation", PATH, "level 2 of 2")

    def _list(self, hands: Hands) -> None:
        self._narrator.step(f"{ALICE.name} types /tflocks")
        hands.enter(ALICE, "/tflocks")
        wait_for(
            "Slack shows the list", lambda: [one for one in self._reaper.slack.ephemerals(ALICE.id) if one.actions]
        )
        hands.show("tflocks", "held now")

    def _release(self, hands: Hands) -> None:
        self._narrator.step(f"{ALICE.name} clicks Release")
        hands.click(ALICE, RELEASE_ACTION)
        self._reaper.alert(PATH, f"Released by <@{ALICE.id}>", PUT_BACK_ACTION)
        self._expect("release_requested", slack_user=ALICE.id)
        self._expect("release_answered", slack_user=ALICE.id, outcome="released")
        self._holds.append(self._expect("lock_released", told_by=ToldBy.S3, slack_user=ALICE.id))
        if self._look() or self._reaper.table.lock(PATH):
            raise RuntimeError("the state should be free after the release, in S3 and in the table")

    def _put_back(self, hands: Hands) -> None:
        self._narrator.step(f"what if that run was alive after all? {ALICE.name} clicks Put the lock back")
        hands.click(ALICE, PUT_BACK_ACTION)
        self._reaper.alert(PATH, f"Put back by <@{ALICE.id}>", RELEASE_ACTION)
        self._expect("lock_restored", slack_user=ALICE.id)
        if self._look() != self._lock_id or not self._reaper.table.lock(PATH):
            raise RuntimeError("the state should be locked again by the very same lock, in S3 and in the table")

    def _sum_up(self) -> None:
        self._narrator.step(f"the audit trail has who held {KILLED}, for how long, and who let it go:")
        for line in self._holds:
            since, held = line["acquired_at"], round(line["held_seconds"], 1)
            by = f"{line['released_by']} {line.get('slack_user', '')}".rstrip()
            self._narrator.aside(f"{since}  {line['who']}  {line['operation']}  {held} s, let go by: {by}")

    def _look(self) -> str:
        """Try to plan the killed run's state; return the ID of the lock that is in the way."""
        lock_id = self._runs.blocked_by()
        self._narrator.step(
            f"{self._runs.plan}: blocked by the lock {lock_id}" if lock_id else f"{self._runs.plan} works"
        )
        return lock_id

    def _replies(self) -> list[str]:
        alert = self._reaper.alert(PATH)
        return [reply.text for reply in self._reaper.slack.replies(alert.channel, alert.ts)]

    def _expect(self, event: str, **fields: object) -> dict[str, Any]:
        """Wait until the journal has this line, one more than before."""
        told = {"state_path": PATH, **fields}
        return wait_for(f"the journal has {event}", lambda: self._journal.take(event, **told))
