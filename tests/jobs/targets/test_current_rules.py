"""Test which targets the rules of a process have."""

from dataclasses import dataclass, field

import msgspec
import pytest

from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules, dropped
from chalicelib.core.targets.remembered import Container, Remembered
from chalicelib.jobs.targets.current_rules import LOOK_AGAIN, LOOK_AT_ONCE, TRY_AGAIN, CurrentRules
from chalicelib.ports.book import BookError
from tests.builders import BUCKET, TAKEN, at, some_rules
from tests.fakes.targets import FakeTargetBook

RULE = Discovery(kind=Kind.S3, names=("*-found",), accounts=(Account("111122223333", role="member"),))


@dataclass
class Process:
    """A process of a function."""

    discoveries: tuple[Discovery, ...] = (RULE,)
    book: FakeTargetBook = field(default_factory=FakeTargetBook)
    failures: list[BookError] = field(default_factory=list)
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.current = CurrentRules(self.with_found, lambda: self.book, lambda: self.now, self.failures.append)

    def with_found(self, found: tuple[Target, ...]) -> Rules:
        rules = msgspec.structs.replace(some_rules(), discoveries=self.discoveries)
        return rules.at_home("999988887777", "eu-central-1", found)

    def find(self, *names: str) -> None:
        containers = tuple(Container(Kind.S3, name, "eu-west-1", "111122223333", "red") for name in names)
        self.book.kept = Remembered(at=TAKEN, containers=containers)

    def knows(self) -> list[str]:
        return [target.container for target in self.current.rules().targets if target.container.endswith("-found")]


def in_bucket(name: str) -> Place:
    return at(f"{name}/x.tfstate")


def test_a_process_knows_what_was_configured_and_what_was_found() -> None:
    process = Process()
    process.find("a-found")
    assert process.knows() == ["a-found"]
    rules = process.current.rules()
    assert rules.account_of(in_bucket("a-found")) == Account("111122223333", "red", "member")
    assert rules.covers(at(f"{BUCKET}/x"))


def test_what_a_later_night_finds_is_known_within_minutes() -> None:
    process = Process()
    process.find("a-found")
    assert process.knows() == ["a-found"]
    process.find("b-found")
    process.now += LOOK_AGAIN - 1
    assert process.knows() == ["a-found"]
    process.now += 1
    assert process.knows() == ["b-found"]


def test_a_place_that_no_known_target_has_is_looked_up_at_once_but_not_each_time() -> None:
    process = Process()
    process.knows()
    process.find("a-found")
    assert not process.current.rules_for(in_bucket("a-found")).covers(in_bucket("a-found"))
    process.now += LOOK_AT_ONCE
    assert process.current.rules_for(in_bucket("a-found")).covers(in_bucket("a-found"))
    process.find("b-found")
    assert not process.current.rules_for(in_bucket("b-found")).covers(in_bucket("b-found"))
    process.now += LOOK_AT_ONCE
    process.current.rules_for(in_bucket("a-found"))
    assert process.knows() == ["a-found"]  # a known place asks for nothing


def test_while_the_book_cannot_be_read_the_last_known_targets_stay() -> None:
    process = Process()
    process.find("a-found")
    process.knows()
    process.book.down = True
    process.now += LOOK_AGAIN
    assert process.knows() == ["a-found"]
    assert process.current.rules().all_known
    assert len(process.failures) == 1
    process.book.down = False
    process.find("b-found")
    process.now += TRY_AGAIN
    assert process.knows() == ["b-found"]


def test_while_the_book_cannot_be_read_nobody_says_that_a_place_is_a_stranger_s() -> None:
    process = Process()
    process.find("a-found")
    process.knows()
    process.book.down = True
    process.now += LOOK_AT_ONCE
    for _ in range(2):
        with pytest.raises(BookError):
            process.current.rules_for(in_bucket("b-found"))
    assert process.current.rules_for(in_bucket("a-found")).all_known
    assert len(process.failures) == 1


def test_a_fresh_process_without_the_book_knows_the_configured_targets_and_that_there_may_be_more() -> None:
    process = Process()
    process.book.down = True
    rules = process.current.rules()
    assert rules.covers(at(f"{BUCKET}/x"))
    assert not rules.covers(in_bucket("a-found"))
    assert not dropped(in_bucket("a-found"), rules)
    assert process.current.rules_for(at(f"{BUCKET}/x")) is rules
    with pytest.raises(BookError):
        process.current.rules_for(in_bucket("a-found"))
    process.book.down = False
    process.now += TRY_AGAIN
    assert dropped(in_bucket("a-found"), process.current.rules_for(in_bucket("a-found")))


def test_a_sweep_knows_its_own_target_even_without_the_book() -> None:
    process = Process()
    process.book.down = True
    target = Target(Kind.S3, "a-found", region="eu-west-1", account=Account("111122223333", "red", "member"))
    assert process.current.rules_to_sweep(target).account_of(in_bucket("a-found")) == target.account
    assert process.current.rules_to_sweep(target).targets.count(target) == 1


def test_without_target_rules_the_book_is_never_read() -> None:
    process = Process(discoveries=())
    process.book.down = True
    assert process.current.rules_for(in_bucket("elsewhere")).all_known
    assert process.failures == []


def test_what_was_found_just_now_is_used_at_once() -> None:
    process = Process()
    process.knows()
    process.current.learn(Remembered(at=TAKEN, containers=(Container(Kind.S3, "a-found", "x", "111122223333"),)))
    assert process.knows() == ["a-found"]


def test_the_same_targets_are_the_same_rules_so_that_nothing_is_built_twice() -> None:
    process = Process()
    process.find("a-found")
    first = process.current.rules()
    process.now += LOOK_AGAIN
    assert process.current.rules() is first


@pytest.mark.parametrize(
    ("changed", "knows"),
    [
        (RULE, ["a-found"]),
        (msgspec.structs.replace(RULE, names=("b-*",)), []),
        (msgspec.structs.replace(RULE, accounts=(Account("444455556666"),)), []),
        (msgspec.structs.replace(RULE, regions=("us-east-1",)), []),
        (msgspec.structs.replace(RULE, kind=Kind.DYNAMODB), []),
        (msgspec.structs.replace(RULE, prefixes=("x/",)), ["a-found"]),
    ],
)
def test_a_change_of_a_rule_counts_from_the_deployment_on(changed: Discovery, knows: list[str]) -> None:
    process = Process(discoveries=(changed,))
    process.find("a-found")
    assert process.knows() == knows
    if knows:
        assert process.current.rules().targets[-1].prefixes == changed.prefixes
