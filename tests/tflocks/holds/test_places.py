"""Holds at more than one place: a bucket's and a lock table's halves are one hold, a table's alone is one too."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.event_line import of_acquire, of_attempt, of_release
from chalicelib.core.audit.hold import EndedHold
from chalicelib.core.audit.journal_lines import read
from chalicelib.core.audit.line import JournalLine, LineKind, of_lock
from chalicelib.core.clicks.ending import LetGoBy
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Clock, Kind, LockRef, Place
from tests.tflocks.story import BOB, PATH, RUN, acquired, at, lock, released
from tflocks.holds.halves import joined
from tflocks.holds.hold import Hold, Source, with_accounts
from tflocks.holds.merging import merge
from tflocks.holds.pairing import journal_holds

S3, TABLE = f"s3://{PATH}.tflock", f"dynamodb://terraform-locks/{PATH}"


def item(name: str, created: datetime) -> HeldLock:
    ref = LockRef(Place(Kind.DYNAMODB, "terraform-locks", PATH), f"stamp-{name}", created.replace(microsecond=0))
    return HeldLock(ref, lock(name, 0).info)


def table_lines(
    name: str, begin: float, end: float | None = None, by: LetGoBy = LetGoBy.UNKNOWN, **others: Any
) -> list[JournalLine]:
    """The lines of a hold in a table; ``skew`` is how many minutes its client's clock is ahead."""
    skew, told_by = others.pop("skew", 0), others.pop("told_by", ToldBy.STREAM)
    held, clock = item(name, at(begin + skew)), Clock.CLIENT if told_by is ToldBy.SEEN else Clock.AWS
    since = at(begin + skew) if told_by is ToldBy.SEEN else at(begin)

    def event(minutes: float, *, took: bool) -> LockEvent:
        when = since if took else at(minutes)
        return LockEvent(
            acquired=took, place=held.ref.place, at=when, told_by=told_by, sequencer=f"{name}{minutes}", lock=held
        )

    lines = [of_acquire(event(begin, took=True), held, "", clock)]
    if end is not None:
        hold = EndedHold(since=since, clock=clock, lock=held)
        lines.append(of_release(event(end, took=False), hold, by))
    return lines


def holds(*lines: JournalLine) -> list[Hold]:
    return joined(journal_holds(lines))


def alone(hold: Hold) -> tuple[tuple[str, ...], datetime | None, datetime | None]:
    return hold.places, hold.since, hold.until


def test_both_halves_of_a_dual_lock_are_one_hold_that_names_both_places_and_who_let_it_go() -> None:
    lines = [*table_lines("a", 0, 10), acquired("a", 0), released("a", 10, since=0, by=BOB)]
    for order in (lines, lines[::-1]):
        [hold] = holds(*order)
        assert alone(hold) == ((S3, TABLE), at(0), at(10))
        assert (hold.released_by, hold.release_session_name, hold.principal) == ("other", "bob@acme.example", RUN)
        assert (hold.kinds, hold.seen, hold.incomplete) == ("S3, table", False, False)


def test_a_lock_in_a_table_alone_is_a_hold_that_says_so() -> None:
    [hold] = holds(*table_lines("a", 0, 10))
    assert alone(hold) == ((TABLE,), at(0), at(10))
    assert (hold.kinds, hold.who, hold.released_by) == ("table", "root@runner", "unknown")


def test_two_holders_of_one_state_are_two_holds() -> None:
    lines = [*table_lines("a", 0, 30), acquired("b", 5), released("b", 20, since=5)]
    assert sorted(alone(hold) for hold in holds(*lines)) == [
        ((TABLE,), at(0), at(30)),
        ((S3,), at(5), at(20)),
    ]


def test_a_lock_that_was_put_back_is_two_holds_each_with_its_own_halves() -> None:
    lines = [*table_lines("a", 0, 10), *table_lines("a", 12, 20), acquired("a", 0), released("a", 10, since=0)]
    lines += [acquired("a", 12), released("a", 20, since=12)]
    found = holds(*lines)
    assert sorted(alone(hold)[1:] for hold in found) == [(at(0), at(10)), (at(12), at(20))]
    assert [hold.places for hold in found] == [(S3, TABLE)] * 2


def test_the_half_that_a_release_left_keeps_the_state_held() -> None:
    [hold] = holds(*table_lines("a", 0), acquired("a", 0), released("a", 10, since=0))
    assert (hold.still_held, hold.until) == (True, None)


def test_what_slack_released_is_said_even_if_only_one_half_tells() -> None:
    taken, let_go = table_lines("a", 0, 10, LetGoBy.SLACK)
    let_go = msgspec.structs.replace(let_go, slack_user="U0ALICE")
    unknown = msgspec.structs.replace(released("a", 10, since=0), released_by="unknown", principal="")
    [hold] = holds(taken, let_go, acquired("a", 0), unknown)
    assert (hold.released_by, hold.slack_user) == ("slack", "U0ALICE")


@pytest.mark.parametrize("skew", [-90, 0, 90])
def test_an_alert_that_has_only_the_client_s_time_is_about_the_same_hold(skew: float) -> None:
    alert = of_lock(LineKind.ALERT_POSTED, item("a", at(skew)), at(5), channel="C", message_ts="1", level=1)
    [hold] = holds(*table_lines("a", 0, 10, skew=skew), alert)
    assert alone(hold) == ((TABLE,), at(0), at(10))


def test_a_hold_that_the_reaper_saw_is_marked_and_its_other_half_tells_when_it_ended() -> None:
    seen = table_lines("a", 0, 25, told_by=ToldBy.SEEN, skew=-3)
    [hold] = holds(*seen)
    assert (hold.seen, alone(hold)) == (True, ((TABLE,), at(-3), at(25)))
    [hold] = holds(*seen, acquired("a", 0), released("a", 10, since=0))
    assert (hold.seen, alone(hold)) == (False, ((S3, TABLE), at(0), at(10)))


def test_an_attempt_is_no_hold() -> None:
    run, holder = lock("b", 5), item("a", at(0))
    event = LockEvent(acquired=True, place=run.ref.place, at=at(5), principal=RUN)
    lines = [*table_lines("a", 0, 30), of_attempt(event, run, holder)]
    events = read([_text(line) for line in lines]).events
    assert [hold.lock_id for hold in holds(*events)] == ["id-a"]
    version = Hold(state_path=PATH, source=Source.VERSIONS, since=at(5), until=at(5), etag=run.ref.stamp.strip('"'))
    assert [hold.lock_id for hold in joined(merge(journal_holds(events), [version]))] == ["id-a"]


def test_the_bucket_s_versions_say_nothing_of_a_lock_in_a_table() -> None:
    journal = journal_holds([*table_lines("a", 0), acquired("b", 20)])
    merged = merge(journal, [])
    assert {hold.lock_id: hold.still_held for hold in merged} == {"id-a": True, "id-b": False}
    assert {hold.source for hold in merged} == {Source.JOURNAL}


def test_lines_of_before_there_were_addresses_are_s3_s() -> None:
    old = [_without_address(line) for line in (acquired("a", 0), released("a", 10, since=0))]
    [hold] = holds(*old, *table_lines("a", 0, 10))
    assert (hold.places, hold.in_s3, hold.kinds) == ((S3, TABLE), True, "S3, table")


def _text(line: JournalLine) -> str:
    return msgspec.json.encode(line).decode()


def _without_address(line: JournalLine) -> JournalLine:
    return msgspec.structs.replace(line, address="")


def in_account(lines: list[JournalLine], account: str, region: str = "eu-west-1", name: str = "") -> list[JournalLine]:
    where = {"lock_account": account, "lock_account_name": name, "lock_region": region}
    return [msgspec.structs.replace(line, **where, event_id=f"{line.event_id}{account}{region}") for line in lines]


def test_locks_of_one_state_in_tables_of_one_name_in_two_accounts_are_two_holds() -> None:
    here = in_account(table_lines("a", 0, 30), "111122223333", name="prod")
    there = in_account(table_lines("b", 5, 20), "444455556666")
    for lines in ([*here, *there], [*there, *here]):
        found = sorted(holds(*lines), key=lambda hold: hold.lock_account)
        assert [alone(hold) for hold in found] == [((TABLE,), at(0), at(30)), ((TABLE,), at(5), at(20))]
        shown = with_accounts(found)
        assert [hold.shown_account for hold in shown] == ["prod (111122223333)", "444455556666"]


def test_a_copy_of_a_lock_in_another_account_s_table_is_a_hold_of_its_own() -> None:
    lines = in_account(table_lines("a", 0, 30), "111122223333")
    assert len(holds(*lines, *in_account(table_lines("a", 0, 30), "444455556666"))) == 2
    assert len(holds(*lines, *in_account(table_lines("a", 0, 30), "111122223333", "us-east-1"))) == 2


def test_an_account_is_shown_only_where_there_are_several() -> None:
    lines = in_account([*table_lines("a", 0, 30), *table_lines("b", 40, 50)], "111122223333")
    assert {hold.shown_account for hold in with_accounts(holds(*lines))} == {""}
