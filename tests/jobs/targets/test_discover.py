"""Test what a night does with what the target rules find."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.core.targets.remembered import Remembered, targets_of
from chalicelib.jobs.targets.discover import Searching, discover
from chalicelib.ports.people import MessengerError
from tests.builders import CHANNEL, TAKEN, some_rules
from tests.fakes.slack import FakeMessenger
from tests.fakes.targets import FakeTargetBook, FakeTargetFinder
from tests.fakes.world import FakeJournal

RED, BLUE = Account("111122223333", "red"), Account("444455556666", "blue")
UNIT = "ou-ab12-cdefgh34"
BUCKETS = Discovery(kind=Kind.S3, names=("*-tfstate",), units=(UNIT,), member=Account(role="member", external_id="x1"))
TABLES = Discovery(kind=Kind.DYNAMODB, names=("locks*",))


def a_bucket(name: str, account: Account = RED) -> tuple[Target, dict[str, str]]:
    return Target(Kind.S3, f"{name}-tfstate", region="eu-west-1", account=account), {}


@dataclass
class Night:
    """A world in which the rules look, night after night."""

    rules: Rules = field(default_factory=lambda: with_rules(BUCKETS))
    finder: FakeTargetFinder = field(default_factory=lambda: FakeTargetFinder(units={UNIT: [RED, BLUE]}))
    book: FakeTargetBook = field(default_factory=FakeTargetBook)
    journal: FakeJournal = field(default_factory=FakeJournal)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    learnt: list[Remembered] = field(default_factory=list)
    now: datetime = TAKEN

    def look(self, later: timedelta = timedelta(days=1)) -> list[JournalLine]:
        """Have all rules look, and return the lines about it."""
        self.now += later
        before = len(self.journal.lines)
        world = Searching(
            finder=self.finder,
            book=self.book,
            journal=self.journal,
            messenger=self.messenger,
            has_time=lambda: True,
            learn=self.learnt.append,
        )
        discover(self.rules, world, self.now)
        return self.journal.lines[before:]

    def known(self) -> set[str]:
        """Return the containers that are known as targets from now on."""
        containers = self.learnt[-1].containers
        return {target.container for target in targets_of(containers, self.rules.discoveries)}

    def reports(self) -> list[str]:
        assert {(channel, subject) for channel, subject, _ in self.messenger.reports} <= {
            (CHANNEL, "[[discover]] in reaper.toml")
        }
        return [str(trouble) for _, _, trouble in self.messenger.reports]


def with_rules(*rules: Discovery) -> Rules:
    return Rules(**{name: getattr(some_rules(), name) for name in Rules.__struct_fields__} | {"discoveries": rules})


def numbers(line: JournalLine) -> tuple[Any, ...]:
    return line.event, line.targets, line.new, line.gone, line.kept


def test_the_first_night_finds_all_that_is_there_as_new() -> None:
    night = Night()
    night.finder.there += [a_bucket("a"), a_bucket("b", BLUE), (Target(Kind.S3, "website", account=RED), {})]
    [line] = night.look()
    assert numbers(line) == (LineKind.TARGETS_FOUND, 2, 2, 0, 0)
    assert line.target == f"buckets *-tfstate in {UNIT}"
    assert line.changes == (
        "new: bucket a-tfstate (eu-west-1, red (111122223333)), bucket b-tfstate (eu-west-1, blue (444455556666))"
    )
    assert (line.detail, night.reports()) == ("", [])
    assert night.known() == {"a-tfstate", "b-tfstate"}
    assert night.book.kept == night.learnt[-1]


def test_a_later_night_tells_what_is_new_and_what_is_gone() -> None:
    night = Night()
    night.finder.there += [a_bucket("a"), a_bucket("b")]
    night.look()
    night.finder.there[:] = [a_bucket("b"), a_bucket("c", BLUE)]
    [line] = night.look()
    assert numbers(line) == (LineKind.TARGETS_FOUND, 2, 1, 1, 0)
    assert line.changes.startswith("gone: bucket a-tfstate (eu-west-1, red (111122223333)); new: bucket c-tfstate")
    assert night.known() == {"b-tfstate", "c-tfstate"}
    [line] = night.look()
    assert (*numbers(line), line.changes) == (LineKind.TARGETS_FOUND, 2, 0, 0, 0, "")


def test_the_targets_of_an_account_that_denies_stay_and_people_hear_of_it() -> None:
    night = Night()
    night.finder.there += [a_bucket("a"), a_bucket("b", BLUE)]
    night.look()
    night.finder.denied[RED.id] = "STS denies it"
    [line] = night.look()
    assert numbers(line) == (LineKind.TARGETS_FOUND, 1, 0, 0, 1)
    assert "account red (111122223333): STS denies it" in line.detail
    assert night.known() == {"a-tfstate", "b-tfstate"}
    [told] = night.reports()
    assert told == f"buckets *-tfstate in {UNIT}: {line.detail}"


def test_when_the_organisation_cannot_be_listed_everything_stays() -> None:
    night = Night()
    night.finder.there += [a_bucket("a"), a_bucket("b", BLUE)]
    night.look()
    night.finder.denied[UNIT] = "the accounts of the unit could not be listed"
    [line] = night.look()
    assert numbers(line) == (LineKind.TARGETS_FOUND, 0, 0, 0, 2)
    assert night.known() == {"a-tfstate", "b-tfstate"}


def test_the_targets_of_an_account_that_left_the_unit_are_gone() -> None:
    night = Night()
    night.finder.there += [a_bucket("a"), a_bucket("b", BLUE)]
    night.look()
    night.finder.units[UNIT] = [RED]
    [line] = night.look()
    assert numbers(line) == (LineKind.TARGETS_FOUND, 1, 0, 1, 0)
    assert night.known() == {"a-tfstate"}


def test_a_rule_that_finds_nothing_is_told_of_and_loses_nothing() -> None:
    night = Night()
    night.look()
    assert "finds nothing" in night.reports()[0]
    night.finder.there += [a_bucket("a")]
    night.look()
    assert len(night.reports()) == 1
    night.finder.there.clear()
    [line] = night.look()
    assert (*numbers(line), "finds nothing" in line.detail) == (LineKind.TARGETS_FOUND, 0, 0, 0, 1, True)
    assert night.known() == {"a-tfstate"}
    assert len(night.reports()) == 2


def test_all_rules_of_a_night_are_told_of_in_one_message() -> None:
    night = Night(rules=with_rules(BUCKETS, TABLES))
    night.look()
    [told] = night.reports()
    assert "buckets *-tfstate" in told
    assert "tables locks*" in told


def test_a_night_that_is_begun_again_says_the_same_and_reports_it_once() -> None:
    night = Night()
    night.look()
    night.look(timedelta(minutes=2))
    assert len(night.reports()) == 1
    night.look()
    assert len(night.reports()) == 2


def test_what_slack_did_not_take_is_told_by_the_next_try_and_what_was_found_is_known_at_once() -> None:
    night = Night()
    night.finder.denied[RED.id] = "STS denies it"
    night.finder.there += [a_bucket("b", BLUE)]
    night.messenger.refusing = "Slack answered invalid_auth"
    with pytest.raises(MessengerError):
        night.look()
    assert night.known() == {"b-tfstate"}
    night.messenger.refusing = ""
    night.look(timedelta(minutes=1))
    assert len(night.reports()) == 1


def test_without_the_book_the_night_goes_on_and_people_hear_of_it() -> None:
    night = Night()
    night.finder.there += [a_bucket("a")]
    night.book.down = True
    night.look()
    assert night.known() == {"a-tfstate"}
    [told] = night.reports()
    assert "what the rules found before is not known" in told
    assert "could not be remembered" in told


def test_what_only_an_unread_book_knows_is_not_overwritten() -> None:
    night = Night()
    night.finder.there += [a_bucket("a"), a_bucket("b", BLUE)]
    night.look()
    before = night.book.kept
    night.finder.denied[RED.id] = "STS denies it"
    night.book.unreadable = True
    night.look()
    assert night.book.kept == before
    night.finder.denied.clear()
    night.look()
    assert night.book.kept != before


def test_a_rule_that_finds_nothing_overwrites_no_book_that_could_not_be_read() -> None:
    night = Night()
    night.finder.there += [a_bucket("a")]
    night.look()
    before = night.book.kept
    night.finder.there.clear()
    night.book.unreadable = True
    night.look()
    assert night.book.kept == before


def test_a_damaged_memory_is_replaced_though_one_account_denies_for_ever() -> None:
    night = Night()
    night.finder.there += [a_bucket("a"), a_bucket("b", BLUE)]
    night.finder.denied[BLUE.id] = "STS denies it"
    night.look()
    night.book.damaged = True
    night.look()
    assert "damaged, and replaced" in night.reports()[-1]
    remembered = night.book.remembered()
    assert remembered
    assert remembered.containers == night.learnt[-1].containers
    assert night.known() == {"a-tfstate"}


def test_a_bucket_that_one_rule_sees_is_where_it_sees_it_though_another_rule_kept_it_elsewhere_unseen() -> None:
    of_red = Discovery(kind=Kind.S3, names=("a-*",), accounts=(RED,))
    of_blue = Discovery(kind=Kind.S3, names=("*-tfstate",), accounts=(BLUE,))
    night = Night(rules=with_rules(of_red, of_blue))
    night.finder.there += [a_bucket("a")]
    night.look()
    night.finder.denied[RED.id] = "STS denies it"
    night.finder.there[:] = [a_bucket("a", BLUE)]  # it was deleted there, and made again here
    night.look()
    [target] = targets_of(night.learnt[-1].containers, night.rules.discoveries)
    assert target.account.id == BLUE.id


def test_a_bucket_that_was_deleted_and_made_again_in_another_account_is_gone_and_new() -> None:
    night = Night()
    night.finder.there += [a_bucket("a")]
    night.look()
    night.finder.there[:] = [a_bucket("a", BLUE)]
    [line] = night.look()
    assert numbers(line) == (LineKind.TARGETS_FOUND, 1, 1, 1, 0)
    assert line.changes == (
        "gone: bucket a-tfstate (eu-west-1, red (111122223333)); new: bucket a-tfstate (eu-west-1, blue (444455556666))"
    )
    night.finder.denied[RED.id] = "STS denies it"
    [line] = night.look()
    assert numbers(line) == (LineKind.TARGETS_FOUND, 1, 0, 0, 0)


def test_of_two_rules_that_find_one_bucket_the_first_counts() -> None:
    first = Discovery(kind=Kind.S3, names=("a-*",), accounts=(RED,), prefixes=("network/",))
    night = Night(rules=with_rules(first, BUCKETS))
    night.finder.there += [a_bucket("a")]
    night.look()
    [target] = targets_of(night.learnt[-1].containers, night.rules.discoveries)
    assert target.prefixes == ("network/",)


def test_without_rules_nothing_is_looked_for_and_nothing_written() -> None:
    night = Night(rules=with_rules())
    night.book.down = True
    assert night.look() == []
    assert night.learnt == []
