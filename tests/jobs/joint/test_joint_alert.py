"""All locks that one dead run left behind are one message."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.message import Topic
from chalicelib.core.alerts.transitions import joints
from chalicelib.core.audit.line import LineKind
from chalicelib.core.joint.joint import MOST
from chalicelib.core.policy import Route
from chalicelib.jobs.watch import WatchIncompleteError
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, a_policy, some_rules
from tests.fakes.slack import ANSWER, REQUEST
from tests.jobs.joint.run_all import RunAll, state_key


def test_three_hundred_locks_of_one_run_are_one_message_and_no_other() -> None:
    run = RunAll(300)
    run.watch()
    assert len(run.shown.joint.held) == 300
    assert not run.world.messenger.shown
    assert not run.world.messenger.digests
    assert run.world.journal.kinds().count(LineKind.ALERT_POSTED) == 300
    for _ in range(3):
        run.watch(minutes=15)
    assert len(run.world.messenger.joints) == 1
    assert not run.world.messenger.joint_replies


def test_a_lone_lock_keeps_its_own_message() -> None:
    run = RunAll(1)
    run.watch()
    assert not run.world.messenger.joints
    assert len(run.world.messenger.shown) == 1


def test_two_locks_of_one_run_are_one_message_and_another_run_s_lock_has_its_own() -> None:
    run = RunAll(2)
    run.session = "GitHubActions-7009999999"
    run.take(7)
    run.watch(minutes=180)
    assert len(run.shown.joint.held) == 2
    assert [alert.lock.ref.place.state_key for alert in run.world.messenger.shown.values()] == [state_key(7)]


def test_locks_of_other_routes_have_their_own_joint_alert_in_their_own_channel() -> None:
    other = Route((f"{BUCKET}/live/app-000[01]/*", f"{BUCKET}/live/app-0000/*"), a_policy(channel="C0OTHER"))
    run = RunAll(
        4,
        some_rules(
            msgspec.structs.replace(other, state_paths=(f"{BUCKET}/live/app-0000/*", f"{BUCKET}/live/app-0001/*"))
        ),
    )
    run.watch()
    assert sorted(posted.channel for posted in run.world.messenger.joints) == ["C0OTHER", CHANNEL]
    assert [len(alert.joint.held) for alert in run.world.messenger.joints.values()] == [2, 2]


def test_a_lock_of_the_same_run_that_is_due_later_joins_in_silence() -> None:
    run = RunAll(3)
    run.watch()
    run.take(8)
    run.watch(minutes=125)
    assert len(run.joint.held) == 4
    run.watch(minutes=15)
    assert len(run.shown.joint.held) == 4
    assert not run.world.messenger.shown


def test_the_message_says_what_is_left_when_locks_go() -> None:
    run = RunAll(5)
    run.watch()
    for number in range(2):
        run.world.store.remove(BUCKET, f"{state_key(number)}.tflock")
    run.watch(minutes=15)
    run.watch(minutes=15)
    assert len(run.shown.joint.held) == 3
    for number in range(2, 5):
        run.world.store.remove(BUCKET, f"{state_key(number)}.tflock")
    run.watch(minutes=15)
    run.watch(minutes=15)
    assert not run.shown.joint.held
    assert run.world.book.open_pages() == []
    for _ in range(7):
        run.watch(minutes=15)
    assert not run.world.joints.stored


def test_a_higher_level_is_one_reply_that_calls_people_once() -> None:
    run = RunAll(20, some_rules(mentions={2: (BOB,)}))
    run.watch()
    run.watch(minutes=60 * 22)
    [reply] = run.world.messenger.joint_replies.values()
    assert (reply.sending.first.topic, reply.called) == (Topic.LEVEL, (BOB,))
    run.watch(minutes=15)
    assert len(run.world.messenger.joint_replies) == 1
    assert run.shown.joint.level == 2


@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_a_joint_alert_whose_answer_was_lost_is_there_once_in_the_end(lost: str) -> None:
    run = RunAll(6)
    run.world.messenger.losing = lost
    with pytest.raises(WatchIncompleteError, match="timed out"):
        run.watch()
    run.world.messenger.losing = ""
    for _ in range(3):
        run.watch(minutes=15)
    assert len(run.shown.joint.held) == 6
    assert not run.world.messenger.shown
    assert all(page.joint for page in run.world.book.open_pages())


def test_when_the_joint_book_does_not_answer_locks_are_told_as_before() -> None:
    run = RunAll(3)
    run.world.joints.down = True
    known = run.world.book.open_pages()
    from chalicelib.jobs.alerts.round import Round  # noqa: PLC0415

    round_ = Round(run.world.ports, run.rules, run.world.now)
    for page in known:
        round_.look_at(page)
    round_.finish()
    assert len(run.world.messenger.shown) == 3


@pytest.mark.parametrize("how", ["lost", "damaged"])
def test_when_a_joint_alert_is_lost_from_the_book_its_locks_are_told_one_by_one(how: str) -> None:
    run = RunAll(3)
    run.watch()
    if how == "lost":
        run.world.joints.stored.clear()
    else:
        run.world.joints.damaged.add(run.joint.id)
    run.world.messenger.joints.clear()
    run.watch(minutes=15)
    run.watch(minutes=15)
    told = len(run.world.messenger.shown) + sum(len(one.joint.held) for one in run.world.messenger.joints.values())
    assert told == 3


def test_a_message_that_somebody_deleted_is_posted_again() -> None:
    run = RunAll(3)
    run.watch()
    run.world.messenger.joints.clear()
    run.world.store.remove(BUCKET, f"{state_key(0)}.tflock")
    for _ in range(3):
        run.watch(minutes=15)
    assert len(run.shown.joint.held) == 2


def test_a_channel_that_takes_nothing_has_its_joint_alert_in_the_channel_for_trouble() -> None:
    run = RunAll(3, some_rules(channel="C0OTHER", mentions={1: ("here", ALICE)}))
    run.world.messenger.channels_refused.add("C0OTHER")
    run.watch()
    [posted] = run.world.messenger.joints
    assert (posted.channel, posted.instead_of) == (CHANNEL, "C0OTHER")
    assert run.shown.called == (ALICE,)


@pytest.mark.thorough
def test_more_locks_than_one_joint_alert_takes_become_several() -> None:
    run = RunAll(MOST + 3)
    run.watch()
    assert sorted(len(alert.joint.locks) for alert in run.world.messenger.joints.values()) == [3, MOST]


def test_joint_alerts_count_as_one_beside_a_digest() -> None:
    run = RunAll(3)
    for number in range(10, 15):
        run.session = ""
        run.take(number, who=f"alice@laptop-{number}")
    run.world.later(hours=3)
    run.watch()
    assert len(run.world.messenger.joints) == 1
    assert [digest.total for digest in run.world.messenger.digests.values()] == [5]


def test_names_that_many_runs_have_belong_together_only_for_half_an_hour() -> None:
    run = RunAll(0, session="")
    for number, minutes in enumerate((0, 20, 20, 31, 5, 5, 31, 5)):
        run.world.later(minutes=minutes)
        run.take(number, who="root@runner")
    run.watch(minutes=180)
    assert sorted(len(alert.joint.locks) for alert in run.world.messenger.joints.values()) == [3, 3]
    assert len(run.world.messenger.shown) == 2


def test_watches_at_the_same_time_post_one() -> None:
    run = RunAll(3)
    pages = run.world.book.open_pages()
    from chalicelib.core.joint import change  # noqa: PLC0415

    other = change.joint_of(sorted(pages, key=lambda one: one.lock.ref.name), CHANNEL, run.world.now)
    sending = other.message(Topic.JOINT, "", run.world.now)
    until = run.world.now + timedelta(minutes=20)
    run.world.joints.save(msgspec.structs.replace(other, sending=sending, claimed_until=until))
    run.watch()
    assert not run.world.messenger.joints
    assert not run.world.messenger.shown


@pytest.mark.thorough
def test_locks_for_which_a_joint_alert_has_no_room_are_told_all_the_same() -> None:
    run = RunAll(MOST)
    run.watch()
    for number in range(MOST, MOST + 3):
        run.take(number)
    run.watch(minutes=130)
    run.watch(minutes=15)
    assert sorted(len(alert.joint.locks) for alert in run.world.messenger.joints.values()) == [3, MOST]


def test_a_joint_alert_that_nobody_posted_silences_no_lock() -> None:
    run = RunAll(3)
    run.watch()
    lost = msgspec.structs.replace(run.joint, posted=None, version=run.joint.version + 1)
    run.world.joints.save(lost)
    for page in run.world.book.open_pages():
        run.world.book.write(joints.leave(page.lock.ref))
    run.world.messenger.joints.clear()
    for _ in range(3):
        run.watch(minutes=15)
    told = len(run.world.messenger.shown) + sum(len(one.joint.held) for one in run.world.messenger.joints.values())
    assert told == 3
