"""Which run locked where, by the lines of the journal; halves are not runs."""

from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.core.audit.line import LineKind
from chalicelib.core.doctor.migration.holds import Hold, Owner, Told, holds_of
from demo.terraform import Locking
from tests.core.doctor.migration.story import ACCOUNT, APP, NET, OWNER, REGION, TABLE, ago, line, run


def where(*told: list[Told]) -> list[tuple[bool, bool]]:
    return [(one.in_table, one.in_s3) for one in holds_of([one for lines in told for one in lines], OWNER)]


def test_the_two_halves_of_a_run_are_one_hold_in_both() -> None:
    assert where(run(NET, 3, Locking.BOTH)) == [(True, True)]


def test_each_way_to_lock_is_told_from_the_others() -> None:
    told = [run(NET, days, locking) for days, locking in ((3, Locking.TABLE), (2, Locking.BOTH), (1, Locking.S3))]
    assert where(*told) == [(True, False), (True, True), (False, True)]


def test_a_half_whose_lock_was_gone_before_it_could_be_read_is_joined_by_its_time() -> None:
    nameless = line(NET, ago(3) + timedelta(seconds=1), lock_id="", incomplete=True)
    assert where(run(NET, 3, Locking.TABLE), [nameless]) == [(True, True)]


def test_a_half_without_an_id_of_another_time_or_state_is_another_hold() -> None:
    for path, days in ((NET, 2.9), (APP, 3)):
        found = where(run(NET, 3, Locking.TABLE), [line(path, ago(days), lock_id="")])
        assert sorted(found) == [(False, True), (True, False)]


def test_a_run_that_the_table_s_holder_turned_away_wanted_both() -> None:
    attempt: dict[str, Any] = {"event": LineKind.LOCK_ATTEMPTED, "turned_away_at": f"dynamodb://{TABLE}/{NET}"}
    assert where([line(NET, ago(1), **attempt)]) == [(True, True)]


def test_an_attempt_at_another_table_says_nothing_of_this_one() -> None:
    attempt: dict[str, Any] = {"event": LineKind.LOCK_ATTEMPTED, "turned_away_at": f"dynamodb://{TABLE}-old/{NET}"}
    assert where([line(NET, ago(1), **attempt)]) == []


def test_a_lock_in_a_table_of_this_name_in_another_account_or_region_is_not_in_this_table() -> None:
    for other in ({"lock_account": "210987654321"}, {"lock_region": "us-east-1"}):
        assert where([line(NET, ago(1), table=True, **other)]) == []
    assert where([line(NET, ago(1), table=True, lock_account="", lock_region="")]) == [(True, False)]
    assert holds_of([line(NET, ago(1), table=True)], Owner(f"{TABLE}-2", ACCOUNT, REGION)) == ()


def test_a_copy_a_canary_and_a_lock_that_is_there_again_are_no_run_s() -> None:
    canary = "acme-tfstate/tflock-reaper-canary/0123456789ab/C0X/one.tfstate"
    told = [line(NET, ago(1), copy_of=APP), line(canary, ago(1)), line(NET, ago(1), event=LineKind.LOCK_REAPPEARED)]
    assert where(told) == []


def test_a_lock_of_a_run_counts_whatever_its_state_is_named() -> None:
    folder = "acme-tfstate/tflock-reaper-canary"
    run_in = f"{folder}/0123456789ab/C0X/real.tfstate"
    canary = line(run_in, ago(1), table=True, who="canary@tflock-reaper-canary")
    assert where([line(run_in, ago(1), table=True, who="ci@runner")]) == [(True, False)]
    assert where([line(f"{folder}/prod.tfstate", ago(1), table=True)]) == [(True, False)]
    assert where([canary]) == []


def test_in_a_table_nothing_is_a_copy() -> None:
    assert where([line(NET, ago(1), table=True, copy_of=APP)]) == [(True, False)]


def test_a_client_s_clock_that_is_years_wrong_does_not_move_a_lock_that_was_only_seen() -> None:
    for days in (4000, -4000):
        seen = line(NET, ago(days), table=True, told_by="seen", clock="client")
        [hold] = holds_of([msgspec.structs.replace(seen, written=ago(2))], OWNER)
        assert hold.since == ago(2)


def test_a_release_alone_tells_of_its_hold_from_the_acquire_by_aws_s_clock() -> None:
    [hold] = holds_of(run(NET, 1, Locking.S3)[1:], OWNER)
    assert (hold.since, hold.until) == (ago(1), ago(1) + timedelta(seconds=40))


def test_lines_in_any_order_and_told_twice_make_the_same_holds() -> None:
    told = [*run(NET, 3, Locking.BOTH), *run(APP, 2, Locking.S3), *run(NET, 1, Locking.TABLE)]
    holds = holds_of(told, OWNER)
    assert holds_of([*reversed(told), *told], OWNER) == holds
    assert [type(one) for one in holds] == [Hold] * 3
