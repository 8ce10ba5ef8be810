"""What every source of holds promises."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from chalicelib.core.audit.window import Window
from tests.tflocks.fake_logs import FakeLogs, refused
from tests.tflocks.lock_bucket import BUCKET, STATE, delete, denied, put
from tests.tflocks.story import PATH, acquired, at, released
from tflocks.holds.scope import Scope
from tflocks.sources.bucket import BucketSource
from tflocks.sources.journal import JournalSource
from tflocks.sources.source import Findings, HoldSource

SCOPE = Scope(bucket=BUCKET, key=STATE, window=Window(at(-60), at(60)))
Making = Callable[[Any], HoldSource]


def a_bucket_with_a_hold(s3: Any) -> HoldSource:
    put(s3, "s3-plan-default")
    delete(s3)
    put(s3, key="another.tfstate.tflock")
    return BucketSource(s3)


def a_journal(logs: FakeLogs) -> HoldSource:
    return JournalSource(logs, "g", [].append)  # type: ignore[arg-type]


def a_journal_with_a_hold(_s3: Any) -> HoldSource:
    another = [acquired("b", 0, f"{PATH}2"), acquired("c", 0, f"{BUCKET}-old/{STATE}")]
    return a_journal(FakeLogs([acquired("a", 0), released("a", 5, since=0), *another]))


@pytest.mark.parametrize("make", [a_bucket_with_a_hold, a_journal_with_a_hold])
def test_a_source_finds_the_holds_of_the_state_that_is_asked_about_and_of_no_other(make: Making, s3: Any) -> None:
    found = make(s3).find(SCOPE)
    assert ([hold.state_path for hold in found.holds], found.problem) == ([PATH], "")
    assert found.holds[0].until


@contextmanager
def a_journal_that_denies() -> Iterator[HoldSource]:
    yield a_journal(FakeLogs(error=refused("AccessDeniedException")))


@contextmanager
def a_bucket_that_denies() -> Iterator[HoldSource]:
    with denied("list_object_versions") as s3:
        yield BucketSource(s3)


@pytest.mark.parametrize("unreadable", [a_journal_that_denies, a_bucket_that_denies])
def test_a_source_that_cannot_be_read_says_why_and_raises_nothing(
    unreadable: Callable[[], AbstractContextManager[HoldSource]],
) -> None:
    with unreadable() as source:
        found = source.find(SCOPE)
    assert found == Findings(problem=found.problem)
    assert "access denied" in found.problem
