"""Which locks one dead run left behind: a wrong guess would put strangers' locks beneath one button."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.joint.belonging import holder_of, is_of_one_run, run_of, together
from chalicelib.core.joint.change import joint_of
from chalicelib.core.joint.joint import MOST, ROOM, Holder
from chalicelib.core.locks.terraform.body import lock_of
from tests.builders import BUCKET, CHANNEL, TAKEN, a_lock, a_ref, a_table_lock, sample

RUN = "AWS:AROAEXAMPLE:GitHubActions-7001234567"


def page(number: int, minutes: float = 0, who: str = "root@runner", principal: str = RUN, **others: Any) -> Page:
    key, said = f"app-{number}/terraform.tfstate", msgspec.json.decode(sample("s3-apply-default"))
    body = msgspec.json.encode(said | {"Path": f"{BUCKET}/{key}", "Who": who})
    taken = TAKEN + timedelta(minutes=minutes)
    lock = lock_of(a_ref(f"{key}.tflock", body, taken), body)
    return Page(lock=lock, principal=principal, **others)


def sizes(*pages: Page) -> list[int]:
    return sorted(map(len, together(pages)))


@pytest.mark.parametrize(
    "session",
    ["GitHubActions-7001234567", "gitlab-12345678-x", "run-20261321",
     "deploy-20261121141500", "botocore-session-1763695137", "aws-go-sdk-1763695137123456789",
     "run-0d9f8c7e-1a2b-4c3d-8e9f-0a1b2c3d4e5f"],
)  # fmt: skip
def test_a_session_named_after_a_single_run_is_one_run_for_six_hours(session: str) -> None:
    assert is_of_one_run(session)
    principal = f"AWS:AROAEXAMPLE:{session}"
    run = [page(number, minutes, f"runner@{number}", principal) for number, minutes in enumerate((0, 350, 700))]
    assert sizes(*run) == [3]
    assert sizes(*run[:2], page(3, 711, principal=principal)) == [2]


@pytest.mark.parametrize(
    "session",
    ["GitHubActions", "alice@acme.example", "i-0123456789abcdef0", "i-12345678", "terraform-111122223333", "u1234567",
     "employee12345678",
     "deploy-20261121", "deploy-2026112114", ""],
)  # fmt: skip
def test_a_session_that_many_runs_may_have_needs_the_same_who_within_half_an_hour(session: str) -> None:
    assert not is_of_one_run(session)
    principal = f"AWS:AROAEXAMPLE:{session}" if session else ""
    assert sizes(*(page(number, 30 * number, principal=principal) for number in range(3))) == [3]
    assert sizes(page(1, principal=principal), page(2, 31, principal=principal)) == []
    assert sizes(page(1, principal=principal), page(2, who="alice@laptop", principal=principal)) == []


def test_the_same_run_in_several_accounts_is_one_run() -> None:
    other = RUN.replace("AROAEXAMPLE", "AROAOTHER")
    assert sizes(page(1), page(2, principal=other)) == [2]


def test_a_lone_lock_belongs_to_nothing() -> None:
    assert together([page(1)]) == []


def test_what_needs_evidence_of_its_own_is_told_by_itself() -> None:
    broken = Page(lock=a_lock(body=b"nonsense"), principal=RUN)
    copied = Page(lock=a_lock(key="elsewhere.tflock"), principal=RUN)
    beside_another = page(3, rivals=(a_table_lock(),))
    nobody = page(4, who=" ", principal="")
    assert [holder_of(one) for one in (broken, copied, beside_another, nobody)] == [None] * 4
    assert sizes(broken, copied, beside_another, nobody, page(1), page(2)) == [2]


def test_the_oldest_comes_first() -> None:
    [group] = together([page(1, 5), page(2, 1), page(3, 9)])
    assert [one.lock.ref.place.key[:5] for one in group] == ["app-2", "app-1", "app-3"]


def test_two_runs_that_find_the_same_locks_give_them_the_same_name() -> None:
    pages = [page(1), page(2)]
    one, other = (joint_of(pages, CHANNEL, TAKEN + timedelta(minutes=minutes)) for minutes in (0, 5))
    assert one.id == other.id
    assert joint_of(pages, "C0OTHER", TAKEN).id != one.id
    assert joint_of(pages[1:], CHANNEL, TAKEN).id != one.id


def test_a_lock_joins_the_alert_of_its_own_run_only() -> None:
    joint = joint_of([page(1), page(2, 60)], CHANNEL, TAKEN)
    assert joint.holder == Holder("GitHubActions-7001234567")
    run = run_of(joint)
    assert run.has(page(3, 60 * 7))
    assert run.has(page(3, -60 * 6))
    assert not run.has(page(3, 60 * 7 + 1))
    assert not run.has(page(3, principal=""))
    assert run.has(page(1, principal=""))


@pytest.mark.thorough
def test_a_joint_alert_has_room_for_so_many_locks_and_for_so_long_names() -> None:
    assert sizes(*map(page, range(MOST + 2))) == [2, MOST]
    long = [page(int(f"{number}{'0' * 900}")) for number in range(1, 1000)]
    assert max(sizes(*long)) * 950 <= ROOM
    assert sum(sizes(*long)) >= len(long) - 1


def test_two_locks_of_a_name_that_many_runs_have_are_as_likely_two_runs() -> None:
    shared = [page(number, principal="") for number in range(3)]
    assert sizes(*shared[:2]) == []
    assert sizes(*shared) == [3]
    assert sizes(page(1), page(2)) == [2]


def test_a_second_lock_on_the_state_of_one_is_told_by_itself() -> None:
    one = page(1, principal="")
    assert one.lock.info
    body = msgspec.json.encode(one.lock.info)
    same_path = Page(lock=a_table_lock(key=one.lock.ref.state_path, body=body))
    same_time = msgspec.structs.replace(same_path, acquired_at=TAKEN)
    assert sizes(one, same_time) == []
    others = [page(number, principal="") for number in (2, 3, 4)]
    assert sizes(one, same_time, *others) == [3]
    joint = joint_of([one, page(2, principal="")], CHANNEL, TAKEN)
    assert not run_of(joint).has(same_time)
    assert run_of(joint).has(page(1, 5, principal=""))
