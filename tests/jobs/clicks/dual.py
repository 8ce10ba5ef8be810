"""Worlds with a lock in S3 and in a table at once."""

from datetime import timedelta
from typing import Any

from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Rules
from tests.builders import (
    ALICE,
    BOB,
    BUCKET,
    KEY,
    STATE_PATH,
    TABLE,
    TAKEN,
    a_click,
    a_lock,
    a_table,
    a_table_lock,
    sample,
    some_rules,
    with_tables,
)
from tests.fakes.world import FakeWorld
from tests.sweeps import sweep

RULES = with_tables(some_rules(releasers=(ALICE, BOB)))
S3, ITEM = a_lock().ref, a_table_lock().ref
BOTH = (ITEM, S3)
"""In the order of their release."""


def a_dual(rules: Rules = RULES, name: str = "s3-apply-default") -> FakeWorld:
    """A dual lock that was swept and alerted."""
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample(name))
    world.tables.put(TABLE, STATE_PATH, sample(name))
    world.tables.put_digest(TABLE, STATE_PATH)
    world.later(hours=2)
    sweep(rules.targets[0], world.ports, rules, world.now)
    sweep(a_table(), world.ports, rules, world.now)
    world.later(minutes=20)
    return world


def both(user: str = ALICE, click: str = "1", **others: Any) -> Click:
    """A click on a message that showed both halves."""
    return a_click(S3, user, click, **{"halves": BOTH} | others)


def page_of(world: FakeWorld, ref: LockRef) -> Page:
    page = world.book.find(ref)
    assert page is not None
    return page


def ending_shown(world: FakeWorld) -> Ending:
    """How the one message says that the lock ended."""
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    return alert.ending


def told(ending: Ending) -> list[tuple[str, Outcome]]:
    """Of each half: the container, and how it ended."""
    return [(half.place.container, half.outcome) for half in ending.halves]


def held(world: FakeWorld) -> set[str]:
    """The containers in which the lock is held."""
    in_s3 = {BUCKET} if (BUCKET, KEY) in world.store.objects else set()
    return in_s3 | ({TABLE} if ITEM.place in world.tables.items else set())


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)
