"""The orders: each kind with every verb, and each of their fields."""

from collections.abc import Callable
from typing import Any, TypeAlias

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
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import Counts, SweepOrder
from chalicelib.ports.orders import AT_ONCE
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, KEY, TABLE, TAKEN, TEAM, a_click
from tests.released.scene import HALF, JOINT, LOCK, ODD, PRINCIPAL, REPLY_TO, STREAM, THERE, after

Thing: TypeAlias = SweepOrder | Click | JointClick | ShowJoint | Unheard | AutoRelease | EndUndo | LockEvent
_PERSON: dict[str, Any] = {"user": ALICE, "channel": CHANNEL, "reply_to": REPLY_TO}
_CLICKED: dict[str, Any] = {**_PERSON, "user_team": TEAM, "message": "1.000001", "at": TAKEN, "click": f"{ALICE} 1"}
_SHOWN = "fedcba9876543210" * 2
_THERE = Account("111122223333", "acme-prod", "arn:aws:iam::111122223333:role/tflock-reaper", "acme")


def _joint(verb: JointVerb, **others: Any) -> JointClick:
    return JointClick(joint=JOINT, verb=verb, shown=_SHOWN if verb.commits else "", **_CLICKED, **others)


def _event(about: HeldLock, told_by: ToldBy, **others: Any) -> LockEvent:
    said: dict[str, Any] = {"acquired": False, "at": after(minutes=7), "place": about.ref.place}
    return LockEvent(told_by=told_by, **said | others)


def _as_told(lock: HeldLock) -> HeldLock:
    """The lock as an order tells of it: without what only its bucket knows."""
    return HeldLock(lock.ref, flaw=lock.flaw, body=lock.body)


ORDERS: dict[str, Thing] = {
    **{f"a click to {verb}": a_click(LOCK, verb=verb, at=TAKEN, reply_to=REPLY_TO) for verb in Verb},
    **{f"a snooze of {length}": a_click(LOCK, verb=Verb.SNOOZE, snooze_for=length) for length in SnoozeFor},
    "a release of two halves": a_click(THERE, halves=(THERE.ref, LOCK.ref)),
    "a part of a joint release": a_click(LOCK, click="1 #1", message="", part=Part(JOINT, f"{ALICE} 1", 1, BOB)),
    **{f"a click on a joint alert to {verb}": _joint(verb) for verb in JointVerb},
    "a snooze of a joint alert": _joint(JointVerb.SNOOZE, snooze_for=SnoozeFor.WEEK),
    "a listing page of a joint alert": _joint(JointVerb.LIST, page=3),
    "a joint release that was begun": _joint(JointVerb.RELEASE, begin=120),
    **{f"a click that is {why}": Unheard(why=why, detail="its version is '9'", **_PERSON) for why in Unusable},
    "a release by itself": AutoRelease(lock=LOCK.ref, halves=(HALF.ref, LOCK.ref), channel=CHANNEL),
    "the end of an undo": EndUndo(LOCK.ref),
    "a joint alert to show": ShowJoint(joint=JOINT, click=f"{ALICE} 1", locks=(LOCK.ref, THERE.ref)),
    "a sweep": SweepOrder(Target(Kind.S3, BUCKET), TAKEN),
    "the rest of a sweep": SweepOrder(
        Target(Kind.S3, BUCKET, ("prod/",), "eu-west-1", account=_THERE, debris=True),
        TAKEN,
        "prod/network/",
        2,
        (KEY,),
        Counts(locks=3, objects=9000, listing_pages=9, alerts=1),
    ),
    "a sweep of a table": SweepOrder(Target(Kind.DYNAMODB, TABLE, stream=STREAM)),
    "settle a release that S3 told of": _event(
        LOCK,
        ToldBy.S3,
        version="3HL4kqtJlcpXroDTDmJ",
        permanent=True,
        by_lifecycle=True,
        principal=PRINCIPAL,
        account="111122223333",
        source_address="203.0.113.9",
        sequencer="0055AED6DCD90281E5",
    ),
    "settle a release that EventBridge told of": _event(LOCK, ToldBy.EVENTBRIDGE, account="111122223333"),
    "record a lock that a stream told of": _event(
        THERE, ToldBy.STREAM, acquired=True, stamp=THERE.ref.stamp, lock=THERE, sequencer="111"
    ),
    "record a lock that the reaper saw": _event(HALF, ToldBy.SEEN, acquired=True, lock=HALF, sequencer="222"),
    **{
        f"record what {lock.flaw}": _event(lock, ToldBy.STREAM, acquired=True, lock=_as_told(lock))
        for lock in ODD.values()
    },
}


def leave(name: str, orders: SqsOrders) -> None:
    """Leave an order as the code that makes it does."""
    match ORDERS[name]:
        case LockEvent() as event if name.startswith("record"):
            orders.record(event)
        case LockEvent() as event:
            orders.settle(event, AT_ONCE)
        case SweepOrder() as order:
            orders.sweep(order)
        case AutoRelease() as order:
            orders.release_by_itself(order)
        case EndUndo() as order:
            orders.end_undo(order, AT_ONCE)
        case ShowJoint() as order:
            orders.show_joint(order)
        case Unheard() as unheard:
            orders.turn_away(unheard)
        case click:
            orders.carry_out(click)


def read(queue: str, body: str) -> Thing | None:
    """Read an order as the function of its queue does."""
    return _READERS[Queue(queue)](body)


_READERS: dict[Queue, Callable[[str], Thing | None]] = {
    Queue.SWEEPS: read_sweep,
    Queue.RELEASES: read_for_release_lock,
    Queue.CLICKS: read_for_answer_click,
    Queue.EVENTS: lambda body: read_recording(body) or read_settling(body),
}
