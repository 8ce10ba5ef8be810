"""What holds of orders wherever they wait: each comes to the function that may carry it out, as it was left."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.aws.orders.clicks import read_for_answer_click, read_for_release_lock
from chalicelib.aws.orders.events import read_recording, read_settling
from chalicelib.aws.orders.sqs import Queue, SqsOrders
from chalicelib.aws.orders.sweeps import read_sweep
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.clicks.click import Click, SnoozeFor, Unheard, Unusable, Verb
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.clicks.part import Part
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import Counts, SweepOrder
from chalicelib.ports.orders import AT_ONCE, LONGEST_DELAY, OrderError, Orders
from tests.aws_fixtures import moto
from tests.builders import BOB, BUCKET, CHANNEL, TAKEN, a_click, a_ref, a_table_lock
from tests.fakes.orders import FakeOrders
from tests.jobs.recording import an_event

ODD = 'prod/é & <x> "\\" \uffff \ufffe.tflock'
"""A key with all that JSON or SQS writes in another way."""
CLICK = a_click(a_ref(ODD), at=TAKEN, reply_to="https://hooks.slack.com/actions/T/1/x")
SNOOZE = a_click(a_ref(ODD), BOB, verb=Verb.SNOOZE, snooze_for=SnoozeFor.MORNING, at=TAKEN, message="")
PART = msgspec.structs.replace(CLICK, part=Part("id", f"click {ODD}", 7, BOB))
JOINT_RELEASE = JointClick(joint="id", shown="what", verb=JointVerb.RELEASE, begin=50, user=BOB, at=TAKEN, click=ODD)
JOINT_SNOOZE = JointClick(joint="id", verb=JointVerb.SNOOZE, snooze_for=SnoozeFor.WEEK, page=3, reply_to="https://x")
SHOW = ShowJoint(joint="id", click=ODD, locks=(a_ref(ODD), a_table_lock().ref))
UNHEARD = Unheard(why=Unusable.MISDIRECTED, detail=ODD, reply_to="https://hooks.slack.com/actions/T/1/x")
ELSEWHERE = Account("111122223333", "Prod é", "path/tflock-reaper", "x-id")
BUCKET_SWEEP = SweepOrder(Target(Kind.S3, "a"))
REST = SweepOrder(
    Target(Kind.DYNAMODB, "a", ("é/", "b"), "eu-west-1", "arn:stream", ELSEWHERE),
    TAKEN,
    f"0:{ODD}",
    3,
    (ODD, "b"),
    Counts(locks=1, objects=2_000_000_000, listing_pages=2_000_000, alerts=4),
)
AUTO, END = AutoRelease(lock=a_ref(ODD), channel=CHANNEL), EndUndo(a_ref(ODD))
GONE = an_event(TAKEN, "v1", acquired=False, key=ODD, stamp="e", sequencer="0a", permanent=True, by_lifecycle=True)
HELD = a_table_lock(key=f"{ODD} {BUCKET}")
TOLD = LockEvent(acquired=True, place=HELD.ref.place, at=TAKEN, told_by=ToldBy.STREAM, sequencer="1", lock=HELD)
READ: dict[Queue, Callable[[str], object]] = {
    Queue.SWEEPS: read_sweep,
    Queue.RELEASES: read_for_release_lock,
    Queue.CLICKS: read_for_answer_click,
    Queue.EVENTS: lambda body: read_settling(body) or read_recording(body),
}


@dataclass(frozen=True)
class Left:
    """Orders, and what waits by now."""

    orders: Orders
    waiting: Callable[[], dict[Queue, list[object]]]


@pytest.fixture(params=["fake", "SQS in moto"])
def left(request: pytest.FixtureRequest) -> Iterator[Left]:
    if request.param == "fake":
        fake = FakeOrders()
        yield Left(fake, lambda: held_by(fake))
        return
    with moto("sqs") as client:
        urls = {queue: client.create_queue(QueueName=queue)["QueueUrl"] for queue in Queue}
        yield Left(SqsOrders(client, urls.__getitem__), lambda: received(client, urls))


def held_by(fake: FakeOrders) -> dict[Queue, list[object]]:
    return {
        Queue.SWEEPS: [*fake.sweeps],
        Queue.RELEASES: [*fake.releases, *fake.joint_releases],
        Queue.CLICKS: [*fake.clicks, *fake.joint_clicks, *fake.turned_away],
        Queue.EVENTS: [*fake.settling, *fake.recording],
    }


def received(client: Any, urls: dict[Queue, str]) -> dict[Queue, list[object]]:
    messages = {queue: client.receive_message(QueueUrl=url).get("Messages", []) for queue, url in urls.items()}
    return {queue: [READ[queue](message["Body"]) for message in bodies] for queue, bodies in messages.items()}


@pytest.mark.parametrize(
    ("leave", "queue", "order"),
    [
        (lambda orders: orders.sweep(REST), Queue.SWEEPS, REST),
        (lambda orders: orders.sweep(BUCKET_SWEEP, AT_ONCE), Queue.SWEEPS, BUCKET_SWEEP),
        (lambda orders: orders.carry_out(CLICK), Queue.RELEASES, CLICK),
        (lambda orders: orders.carry_out(SNOOZE), Queue.CLICKS, SNOOZE),
        (lambda orders: orders.carry_out(PART), Queue.RELEASES, PART),
        (lambda orders: orders.carry_out_all([PART]), Queue.RELEASES, PART),
        (lambda orders: orders.carry_out_all([SNOOZE]), Queue.CLICKS, SNOOZE),
        (lambda orders: orders.carry_out(JOINT_RELEASE), Queue.RELEASES, JOINT_RELEASE),
        (lambda orders: orders.carry_out(JOINT_SNOOZE), Queue.CLICKS, JOINT_SNOOZE),
        (lambda orders: orders.show_joint(SHOW), Queue.CLICKS, SHOW),
        (lambda orders: orders.turn_away(UNHEARD), Queue.CLICKS, UNHEARD),
        (lambda orders: orders.release_by_itself(AUTO), Queue.RELEASES, AUTO),
        (lambda orders: orders.end_undo(END, AT_ONCE), Queue.CLICKS, END),
        (lambda orders: orders.settle(GONE, AT_ONCE), Queue.EVENTS, GONE),
        (lambda orders: orders.settle(TOLD, AT_ONCE), Queue.EVENTS, TOLD),
        (lambda orders: orders.record(TOLD), Queue.EVENTS, TOLD),
    ],
    ids=[
        "the rest of a table",
        "a bucket",
        "a release",
        "a snooze",
        "a part of a release",
        "a batch of releases",
        "a batch of others",
        "a release of a joint alert",
        "a snooze of a joint alert",
        "the progress of a joint alert",
        "a click turned away",
        "an auto-release",
        "an end",
        "settle",
        "settle a table's",
        "record",
    ],
)  # fmt: skip
def test_an_order_waits_for_its_own_function_as_it_was_left(
    left: Left, leave: Callable[[Orders], None], queue: Queue, order: object
) -> None:
    leave(left.orders)
    assert left.waiting() == {each: [order] if each is queue else [] for each in Queue}


@pytest.mark.parametrize("verb", Verb)
def test_only_a_release_waits_for_the_function_that_may_delete(left: Left, verb: Verb) -> None:
    left.orders.carry_out(a_click(a_ref(), verb=verb))
    waiting = left.waiting()
    assert bool(waiting[Queue.RELEASES]) is verb.releases
    assert bool(waiting[Queue.CLICKS]) is not verb.releases


def test_an_order_that_could_not_wait_so_long_is_not_left(left: Left) -> None:
    left.orders.settle(GONE, LONGEST_DELAY)
    with pytest.raises(OrderError):
        left.orders.settle(GONE, LONGEST_DELAY + timedelta(seconds=1))


def test_many_orders_are_all_left(left: Left) -> None:
    clicks = [a_click(a_ref(ODD), click=str(number)) for number in range(23)]
    left.orders.carry_out_all(clicks)
    found: set[object] = set()
    for _ in range(40):
        found |= {click.click for click in left.waiting()[Queue.RELEASES] if isinstance(click, Click)}
    assert found == {click.click for click in clicks}


def test_no_orders_are_left_for_nobody(left: Left) -> None:
    left.orders.carry_out_all([])
    assert left.waiting() == {each: [] for each in Queue}
