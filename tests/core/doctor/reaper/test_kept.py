"""The journal, the lock book, the clock, the targets and member accounts."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.keeping import Book, LogGroup, judge_book, judge_clock, judge_journal
from chalicelib.core.doctor.reaper.members import judge_by_night
from chalicelib.core.doctor.reaper.targets import Seen, Whereabouts, judge_targets
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.night import Night, Ordered, Result
from tests.aws.doctor.reaper.deployed import PARTS

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
WITH_KEY = msgspec.structs.replace(PARTS, parameters=PARTS.parameters | {"LogKmsKeyArn": KEY})


@pytest.mark.parametrize(
    ("group", "parts", "colour"),
    [
        (LogGroup(days=365), PARTS, Colour.GREEN),
        (LogGroup(days=365, key=KEY, key_state="Enabled"), WITH_KEY, Colour.GREEN),
        (LogGroup(days=365, key=KEY), WITH_KEY, Colour.GREEN),
        (LogGroup(days=365), WITH_KEY, Colour.YELLOW),
        (LogGroup(days=365, key=KEY, key_state="Disabled"), WITH_KEY, Colour.RED),
        (LogGroup(days=365, key=KEY, key_state="PendingDeletion"), WITH_KEY, Colour.RED),
        (LogGroup(days=30), PARTS, Colour.YELLOW),
        (LogGroup(days=None), PARTS, Colour.YELLOW),
        (LogGroup(there=False), PARTS, Colour.RED),
    ],
)
def test_the_journal_is_kept_as_the_stack_says(group: LogGroup, parts: Parts, colour: Colour) -> None:
    assert judge_journal("reaper", group, parts).colour is colour


@pytest.mark.parametrize(
    ("book", "colour"),
    [
        (Book(forgets_by="ExpiresAt"), Colour.GREEN),
        (Book(), Colour.YELLOW),
        (Book(forgets_by="Another"), Colour.YELLOW),
        (Book(forgets_by="ExpiresAt", status="UPDATING"), Colour.YELLOW),
        (Book(forgets_by="ExpiresAt", index="CREATING"), Colour.YELLOW),
        (Book(forgets_by="ExpiresAt", index=""), Colour.RED),
        (Book(there=False), Colour.RED),
    ],
)
def test_the_lock_book_is_whole_and_forgets(book: Book, colour: Colour) -> None:
    assert judge_book("reaper", book, PARTS).colour is colour


@pytest.mark.parametrize(
    ("seconds", "colour", "said"),
    [
        (0, Colour.GREEN, "agrees"),
        (-60, Colour.GREEN, "agrees"),
        (61, Colour.YELLOW, "ahead of AWS's"),
        (-299, Colour.YELLOW, "behind AWS's"),
        (301, Colour.RED, "5 min ahead"),
        (-86400, Colour.RED, "1 d behind"),
    ],
)
def test_a_clock_that_is_wrong_is_told_by_how_much(seconds: int, colour: Colour, said: str) -> None:
    one = judge_clock("reaper", timedelta(seconds=seconds))
    assert one.colour is colour
    assert said in one.seen


def test_targets_that_are_gone_or_somebody_elses_are_red_and_those_nobody_may_look_at_grey() -> None:
    seen = [Seen(Target(Kind.S3, f"acme-{standing.name.lower()}"), standing) for standing in Whereabouts]
    found = judge_targets("reaper", seen, PARTS)
    assert [one.colour for one in found] == [Colour.RED, Colour.RED, Colour.GREY]
    assert ["acme-gone" in found[0].seen, "acme-elsewhere" in found[1].seen, "acme-denied" in found[2].seen] == [
        True
    ] * 3
    assert found[2].right == "s3:ListBucket"
    assert [one.colour for one in judge_targets("reaper", seen[:1], PARTS)] == [Colour.GREEN]


MEMBER = Account("444455556666", "payments", "tflock-reaper-member", "acme's reaper")


def the_night(*results: Result) -> Night:
    ordered = (Ordered("a", MEMBER.called), Ordered("b", MEMBER.called), Ordered("c", "the stack's"))
    return Night(datetime(2026, 11, 26, 3, tzinfo=UTC), ordered, (Result(home="c", finished=True), *results))


def test_one_target_that_was_swept_proves_that_the_functions_can_enter_its_account() -> None:
    swept = the_night(Result(home="a", finished=True), Result(home="b", finished=True, failure="no such bucket"))
    one = judge_by_night("account 444455556666", MEMBER, swept, PARTS)
    assert one
    assert (one.colour, "1 of its 2 targets" in one.seen) == (Colour.GREEN, True)


def test_an_account_of_which_nothing_was_swept_is_red_with_what_its_sweeps_said() -> None:
    failed = the_night(Result(home="a", finished=True, failure="STS denies the role"))
    one = judge_by_night("account 444455556666", MEMBER, failed, PARTS)
    assert one
    assert (one.colour, "STS denies the role" in one.seen) == (Colour.RED, True)
    assert one.fix
    assert "'ExternalId=acme'\"'\"'s reaper'" in one.fix.cli


@pytest.mark.parametrize("night", [None, the_night()])
def test_a_night_that_says_nothing_of_an_account_proves_nothing(night: Night | None) -> None:
    assert judge_by_night("account 444455556666", MEMBER, night, PARTS) is None
