"""What holds of the book of joint alerts, wherever it is kept."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from chalicelib.aws.book.joint.joint_book import DynamoJointBook
from chalicelib.core.alerts.message import Posted, Topic
from chalicelib.core.alerts.page import Asked, Snooze
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.part import Part, Result
from chalicelib.core.joint.joint import MOST, Act, Holder, Joint, Member
from chalicelib.core.joint.verb import JointVerb
from chalicelib.ports.book import JointBook
from tests.aws_fixtures import lock_book_table
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_ref, a_table_ref
from tests.fakes.book import FakeJointBook

HOSTILE = "\x00<!channel>\n\"'} \U0001f600\uffff #by :by"
PART = Part("a joint alert", "U0ALICE 1", 7)


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def joints(request: pytest.FixtureRequest) -> Iterator[JointBook]:
    if request.param == "fake":
        yield FakeJointBook()
        return
    with lock_book_table() as table:
        yield DynamoJointBook(table)


def a_joint(name: str = "a", count: int = 3) -> Joint:
    keys = [f"{number} {HOSTILE}.tflock" for number in range(count)]
    locks = tuple(Member(ref=a_ref(key), halves=(a_table_ref(key), a_ref(key)), taken=TAKEN) for key in keys)
    joint = Joint(id=name, channel=CHANNEL, holder=Holder(HOSTILE, HOSTILE), at=TAKEN, locks=locks)
    left = (Result(1, Outcome.REPLACED, HOSTILE),)
    act = Act(verb=JointVerb.RELEASE, by=ALICE, click="1", at=TAKEN, numbers=(0, 1), over=True, done=(0,), left=left)
    asked, snooze = Asked(BOB, TAKEN, "2"), Snooze(BOB, TAKEN)
    sending = joint.message(Topic.JOINT, HOSTILE, TAKEN)
    posted, gone = Posted(CHANNEL, "1.1", instead_of="C0"), frozenset({1})
    return msgspec.structs.replace(
        joint, act=act, asked=asked, snooze=snooze, sending=sending, posted=posted, gone=gone, said=frozenset({HOSTILE})
    )


def changed(joint: Joint, level: int) -> Joint:
    return msgspec.structs.replace(joint, level=level, version=joint.version + 1)


def test_a_new_book_has_no_joint_alerts(joints: JointBook) -> None:
    assert joints.open() == []
    assert joints.find("a") is None
    assert joints.results("a", "1") == []


def test_a_joint_alert_is_found_as_it_was_stored(joints: JointBook) -> None:
    assert joints.save(a_joint())
    assert joints.find("a") == a_joint()
    assert joints.open() == [a_joint()]


def test_of_two_who_begin_the_same_one_the_first_is_stored(joints: JointBook) -> None:
    assert joints.save(a_joint(count=2))
    assert not joints.save(a_joint())
    assert joints.find("a") == a_joint(count=2)


def test_of_two_who_change_the_same_version_the_first_is_stored(joints: JointBook) -> None:
    joints.save(a_joint())
    assert joints.save(changed(a_joint(), level=2))
    assert not joints.save(changed(a_joint(), level=3))
    assert joints.save(changed(changed(a_joint(), level=2), level=4))
    found = joints.find("a")
    assert found
    assert (found.level, found.version) == (4, 3)


def test_one_that_was_changed_since_is_not_forgotten(joints: JointBook) -> None:
    joints.save(a_joint())
    newer = changed(a_joint(), level=2)
    joints.save(newer)
    joints.forget(a_joint())
    assert joints.open() == [newer]
    joints.forget(newer)
    assert joints.open() == []
    joints.forget(newer)


def test_as_many_locks_as_a_joint_alert_may_have_fit(joints: JointBook) -> None:
    assert joints.save(a_joint(count=MOST))
    found = joints.find("a")
    assert found
    assert len(found.locks) == MOST


def test_results_are_kept_by_click_each_once(joints: JointBook) -> None:
    released, failed = Result(7, Outcome.RELEASED), Result(8, Outcome.FAILED, HOSTILE)
    for _ in range(2):
        joints.report(PART, released, TAKEN)
    joints.report(PART, failed, TAKEN + timedelta(minutes=1))
    joints.report(msgspec.structs.replace(PART, click="another"), Result(9, Outcome.GONE), TAKEN)
    assert joints.results(PART.joint, PART.click) == [released, failed]
    assert joints.results(PART.joint, "another") == [Result(9, Outcome.GONE)]


def test_the_results_of_a_click_may_be_more_than_one_item_takes(joints: JointBook) -> None:
    reason = "\U0001f600" * 4000
    for number in range(40):
        part = msgspec.structs.replace(PART, number=number)
        joints.report(part, Result(number, Outcome.REPLACED, reason), TAKEN)
    assert [one.number for one in joints.results(PART.joint, PART.click)] == list(range(40))
