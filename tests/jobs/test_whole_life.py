"""The whole life of alerts: runs, events, sweeps, watches, clicks, Slack failing, in any order and with duplicates.

Any of it may also happen in the middle of another's call to Slack, as with functions that run side by side. After it,
as soon as Slack works again and the reaper had its turns, what people see is true.
"""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import DataObject, booleans, data, sampled_from

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Click, SnoozeFor, Verb
from chalicelib.core.clicks.deletion import Deletion, PutBack
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.sweep import SweepIncompleteError
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import MessengerError
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, TAKEN, TEAM, sample, some_rules
from tests.fakes.slack import ANSWER, REQUEST
from tests.fakes.world import FakeWorld
from tests.jobs.alerts.busy_slack import BusySlack, Job
from tests.jobs.delivery import Order, deliver
from tests.jobs.recording import record, settle_all
from tests.sweeps import sweep

pytestmark = pytest.mark.thorough

KEYS = ("a.tflock", "b.tflock", "c.tflock")
MALLORY = "U0MALLORY"
RULES = some_rules(
    releasers=(ALICE, BOB), mentions={1: (ALICE,), 2: (BOB,)}, auto_release=timedelta(hours=30), digest_over=2
)
TARGET = RULES.targets[0]
CLICKED = (Verb.RELEASE, Verb.RELEASE, Verb.SNOOZE, Verb.WAKE, Verb.WITHDRAW, Verb.PUT_BACK)
SLACK = ("works", "works", "works", "refuses", ANSWER, REQUEST)
"""How Slack takes what one run tells it."""
EVENTS = (LineKind.LOCK_ACQUIRED, LineKind.LOCK_RELEASED)
FAILURES = (SweepIncompleteError, WatchIncompleteError, MessengerError, StoreError, OutcomeUnknownError)


class WholeLife(RuleBasedStateMachine):
    """Three states, two people who may and one who may not, one channel."""

    def __init__(self) -> None:
        super().__init__()
        self.slack = BusySlack()
        self.world = FakeWorld(TAKEN, messenger=self.slack)
        self.taken = 0
        self.events: list[LockEvent] = []
        self.clicks: list[Click] = []
        self.allowed: set[LockRef] = set()
        """The locks that somebody who may clicked Release on."""
        self.plans: set[str] = set()
        """The ETags of those that the reaper may release by itself."""

    # --- what runs do

    @rule(key=sampled_from(KEYS), plan=booleans())
    def a_run_takes_a_lock(self, key: str, plan: bool) -> None:
        if (BUCKET, key) not in self.world.store.objects:
            self.taken += 1
            self.world.later(seconds=1)
            version = self.world.store.put(BUCKET, key, self.body(key, plan=plan))
            self.events.append(self.event(key, acquired=True, version=version))
            lock = self.world.store.read(Place(Kind.S3, BUCKET, key))
            if plan and lock:
                self.plans.add(lock.ref.stamp)

    @rule(key=sampled_from(KEYS))
    def a_lock_is_let_go(self, key: str) -> None:
        self.let_go(key)

    @rule(hours=sampled_from([0.02, 1, 3, 25]))
    def time_passes(self, hours: float) -> None:
        self.world.later(hours=hours)

    # --- what the reaper does

    @precondition(lambda self: self.events)
    @rule(data=data(), slack=sampled_from(SLACK))
    def an_event_comes(self, data: DataObject, slack: str) -> None:
        """Any of them, in any order, as often as it likes."""
        event = data.draw(sampled_from(self.events))
        self.carry_out(lambda: record(self.world, event, rules=RULES), slack)

    @rule(slack=sampled_from(SLACK))
    def what_was_told_is_settled(self, slack: str) -> None:
        self.carry_out(lambda: settle_all(self.world, RULES), slack)

    @rule(hours=sampled_from([0.02, 0.3, 3, 25]), slack=sampled_from(SLACK))
    def a_watch(self, hours: float, slack: str) -> None:
        self.world.later(hours=hours)
        self.carry_out(self.watch, slack)

    @rule(slack=sampled_from(SLACK))
    def a_sweep(self, slack: str) -> None:
        self.carry_out(self.sweep, slack)

    @rule(data=data(), slack=sampled_from(SLACK))
    def a_queue_delivers(self, data: DataObject, slack: str) -> None:
        if orders := self.orders():
            order = data.draw(sampled_from(orders))
            self.carry_out(lambda: self.deliver(order), slack)

    # --- what people do

    @precondition(lambda self: self.slack.shown)
    @rule(data=data(), user=sampled_from([ALICE, BOB, MALLORY]), verb=sampled_from(CLICKED), slack=sampled_from(SLACK))
    def a_click(self, data: DataObject, user: str, verb: Verb, slack: str) -> None:
        """On any message there ever was, with any verb, whether its button is still there or not."""
        posted, alert = data.draw(sampled_from(list(self.slack.shown.items())))
        click = self.click(alert.lock.ref, posted, user, verb)
        self.carry_out(lambda: self.deliver(click), slack)

    # --- what happens at the same time

    @rule(after=booleans(), data=data(), key=sampled_from(KEYS))
    def something_is_about_to_happen_in_between(self, after: bool, data: DataObject, key: str) -> None:
        """In the middle of the next call to Slack."""
        jobs: list[Job] = [self.watch, self.sweep, lambda: self.let_go(key)]
        if self.events:
            event = data.draw(sampled_from(self.events))
            jobs.append(lambda: record(self.world, event, rules=RULES))
            jobs.append(lambda: settle_all(self.world, RULES))
        if self.slack.shown:
            posted, alert = data.draw(sampled_from(list(self.slack.shown.items())))
            click = self.click(alert.lock.ref, posted, ALICE, Verb.RELEASE)
            jobs += [lambda: self.deliver(click)] * 2
        job = data.draw(sampled_from(jobs))
        (self.slack.after if after else self.slack.before)[:] = [lambda: self.carry_out(job, "")]

    @rule(answer=sampled_from([Deletion.UNKNOWN, Deletion.CONFLICT, StoreError("S3 failed")]))
    def s3_fails_the_next_delete(self, answer: Deletion | StoreError) -> None:
        self.world.store.answers = [answer]

    @rule(answer=sampled_from([PutBack.UNKNOWN, PutBack.CONFLICT, StoreError("S3 failed")]))
    def s3_fails_the_next_put(self, answer: PutBack | StoreError) -> None:
        self.world.store.put_answers = [answer]

    # --- what must be true

    @invariant()
    def nothing_is_released_but_what_somebody_saw_and_may(self) -> None:
        for ref in self.world.store.deleted:
            assert ref in self.allowed or ref.stamp in self.plans

    @invariant()
    def nothing_is_said_twice(self) -> None:
        alerts = Counter(alert.lock.ref for alert in self.slack.shown.values() if alert.open)
        replies = Counter((reply.alert.lock.ref, reply.sending.saying[0]) for reply in self.slack.replies.values())
        joints = Counter(alert.joint.id for alert in self.slack.joints.values() if alert.open)
        together = Counter((reply.joint.id, reply.sending.saying[0]) for reply in self.slack.joint_replies.values())
        assert {*alerts.values(), *replies.values(), *joints.values(), *together.values()} <= {1}

    def teardown(self) -> None:
        """All works again, and the reaper had its turns: people see what is so."""
        self.slack.before, self.slack.after = [], []
        self.world.store.answers, self.world.store.put_answers = [], []
        for _ in range(3):  # claims of runs that died are over after twenty minutes
            for click in self.clicks:
                self.carry_out(lambda: self.deliver(click), "works")  # noqa: B023  at once
            self.world.later(minutes=21)
            record(self.world, *self.events, rules=RULES)
            settle_all(self.world, RULES)
            self.sweep()
            self.watch()
        held = self.held()
        told = {alert.lock.ref for alert in self.slack.shown.values() if alert.open} | self.told_together()
        assert told <= set(held)
        assert {ref for ref, lock in held.items() if self.is_due(lock)} <= told
        self.nothing_is_said_twice()
        for page in self.world.book.pages.values():
            if page.ending and page.posted:
                assert self.slack.shown[page.posted].ending == page.ending
        lines = [line.event_id for line in self.world.journal.lines if line.event in EVENTS]
        assert Counter(lines) == Counter({event.event_id for event in self.events})

    # --- how it is done

    def carry_out(self, job: Job, slack: str) -> None:
        self.slack.refusing = "Slack answered internal_error" if slack == "refuses" else ""
        self.slack.losing = slack if slack in {ANSWER, REQUEST} else ""
        with suppress(*FAILURES):
            job()
        self.slack.refusing = self.slack.losing = ""

    def watch(self) -> None:
        watch(self.world.ports, RULES, self.world.now)

    def sweep(self) -> None:
        sweep(TARGET, self.world.ports, RULES, self.world.now)

    def deliver(self, order: Order) -> None:
        deliver(order, self.world.ports, RULES, self.world.now)

    def orders(self) -> list[Order]:
        return [*self.clicks, *self.world.orders.releases, *self.world.orders.clicks]

    def let_go(self, key: str) -> None:
        if (BUCKET, key) in self.world.store.objects:
            self.world.later(seconds=1)
            self.world.store.remove(BUCKET, key)
            self.events.append(self.event(key, acquired=False))

    def event(self, key: str, *, acquired: bool, version: str = "") -> LockEvent:
        return LockEvent(acquired=acquired, place=Place(Kind.S3, BUCKET, key), at=self.world.now, version=version)

    def body(self, key: str, *, plan: bool) -> bytes:
        name = "s3-plan-default" if plan else "s3-apply-default"
        body = sample(name).replace(b'"Info":""', b'"Info":"run %d"' % self.taken)
        return body.replace(b"prod/network/terraform.tfstate", key.removesuffix(".tflock").encode())

    def click(self, ref: LockRef, posted: Posted, user: str, verb: Verb) -> Click:
        click = Click(
            lock=ref,
            verb=verb,
            snooze_for=SnoozeFor.FOUR_HOURS if verb is Verb.SNOOZE else None,
            user=user,
            user_team=TEAM,
            channel=CHANNEL,
            message=posted.handle,
            click=f"{user} {len(self.clicks)}",
        )
        self.clicks.append(click)
        if verb is Verb.RELEASE and user != MALLORY:
            self.allowed.add(ref)
        return click

    def held(self) -> dict[LockRef, HeldLock]:
        found = (self.world.store.read(Place(Kind.S3, BUCKET, key)) for key in KEYS)
        return {lock.ref: lock for lock in found if lock}

    def told_together(self) -> set[LockRef]:
        """The locks that the joint alerts say are held."""
        return {one.ref for alert in self.slack.joints.values() for one in alert.joint.held.values()}

    def is_due(self, lock: HeldLock) -> bool:
        page = self.world.book.find(lock.ref)
        age = (page or Page(lock=lock)).age(self.world.now)
        reached = RULES.policy_for(lock.ref.place).level(lock.risk, age) > 0
        return reached and not (page and page.snoozed(self.world.now))


TestWholeLife = WholeLife.TestCase
TestWholeLife.settings = settings(max_examples=300, stateful_step_count=50)
