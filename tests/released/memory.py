"""What the reaper remembers beside its pages: events, digests, joint alerts, nights, targets and the rest."""

from typing import Any

from msgspec.structs import replace

from chalicelib.core.alerts.channel_trouble import ChannelTrouble, Phase
from chalicelib.core.alerts.digest import Digest, Named, short_name
from chalicelib.core.alerts.message import Topic
from chalicelib.core.alerts.page import Asked, Snooze
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.hold import Journaled, NotedEvent, Rival
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.part import Part, Result
from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.weekly import memory as doctor
from chalicelib.core.joint.joint import Act, Holder, Joint, Member
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.place import Clock, Kind
from chalicelib.core.nights import night
from chalicelib.core.nights.debris import Debris
from chalicelib.core.nights.sweep_order import Counts
from chalicelib.core.targets.remembered import Container, Remembered
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, TABLE, TAKEN
from tests.released.pages import POSTED
from tests.released.scene import HALF, JOINT, LOCK, ODD, PRINCIPAL, THERE, after

_NAMED = Named("acme-tfstate/a", TAKEN, copy=True, place=THERE.ref.place, clock=Clock.REAPER, account="acme-prod")
DIGESTS: dict[str, Digest] = {
    "posted": Digest(
        channel=CHANNEL,
        locks=(short_name(LOCK.ref), short_name(THERE.ref)),
        oldest=(_NAMED, Named("acme-tfstate/b", TAKEN)),
        at=TAKEN,
        held=2,
        coming=1,
        waiting=3,
        accounts=(("acme-prod (111122223333)", 1),),
        counted_at=after(hours=1),
        instead_of="C0GONE",
        posted=POSTED,
    ),
    "being sent": Digest(
        channel="C0OTHER", locks=(short_name(LOCK.ref),), oldest=(), at=TAKEN, held=1, claimed_until=after(minutes=20)
    ),
}
TROUBLES: dict[str, ChannelTrouble] = {
    phase.name: ChannelTrouble(
        channel=f"C0{phase.name}",
        why="is_archived: the channel is archived",
        since=TAKEN,
        phase=phase,
        step=2,
        claimed_until=after(minutes=20),
    )
    for phase in Phase
}
GROUPS: dict[str, frozenset[str]] = {"S0OPS": frozenset({ALICE, BOB}), "S0EMPTY": frozenset()}

_MEMBERS = (
    Member(ref=LOCK.ref, halves=(HALF.ref, LOCK.ref), taken=TAKEN, operation="OperationTypeApply"),
    Member(ref=THERE.ref, taken=after(minutes=1), clock=Clock.CLIENT),
)


def _act(verb: JointVerb) -> Act:
    return Act(
        verb=verb,
        by=ALICE,
        click=f"{ALICE} 1",
        at=TAKEN,
        numbers=(0, 1),
        approved=BOB,
        ended=2,
        over=True,
        done=(0,),
        left=(Result(1, Outcome.REPLACED, "bob@laptop"),),
        told_at=after(minutes=1),
    )


def _joint(number: int, verb: JointVerb = JointVerb.RELEASE, topic: Topic = Topic.LEVEL) -> Joint:
    joint = Joint(
        id=JOINT if number == 0 else f"{number:032}",
        channel=CHANNEL,
        holder=Holder("GitHubActions-123", "runner@ci"),
        at=TAKEN,
        locks=_MEMBERS,
        gone=frozenset({1}),
        owner=BOB,
        ci_run_link="https://ci.acme.example/runs/7",
        level=2,
        said=frozenset({"joint alert", "level 2"}),
        posted=POSTED,
        claimed_until=after(minutes=20),
        listing=POSTED,
        listed=2,
        shown_at=after(hours=2),
        shown_version=1,
        snooze=Snooze(ALICE, after(hours=6)),
        quiet_at=after(hours=2),
        asked=Asked(BOB, after(hours=2), f"{BOB} 1"),
        withdrawn=frozenset({f"{BOB} 0"}),
        act=_act(verb),
        version=2,
    )
    return replace(joint, sending=joint.message(topic, "2", TAKEN, POSTED))


JOINTS: dict[str, Joint] = {
    **{verb.value: _joint(number, verb) for number, verb in enumerate(JointVerb)},
    **{f"says {topic}": _joint(number, topic=topic) for number, topic in enumerate(Topic, 100)},
}
PART = Part(JOINT, f"{ALICE} 1", 0)
RESULTS: tuple[Result, ...] = tuple(Result(0, outcome, "bob@laptop") for outcome in Outcome)


def _event(sequencer: str, **others: Any) -> LockEvent:
    said: dict[str, Any] = {"acquired": True, "place": LOCK.ref.place, "at": TAKEN, "sequencer": sequencer}
    return LockEvent(**said | others)


EVENTS: dict[str, NotedEvent] = {
    "an acquire": NotedEvent(
        _event(
            "01",
            principal=PRINCIPAL,
            account="111122223333",
            source_address="203.0.113.9",
            version="3HL4kqtJlcpXroDTDmJ",
            stamp=LOCK.ref.stamp,
        ),
        LOCK.ref,
        journaled=Journaled.HOLD,
    ),
    "an attempt": NotedEvent(
        _event("02", told_by=ToldBy.EVENTBRIDGE), LOCK.ref, Rival(THERE, after(minutes=1)), Journaled.ATTEMPT
    ),
    "a release": NotedEvent(_event("03", acquired=False, by_lifecycle=True, permanent=True)),
    "a lock that is there again": NotedEvent(_event("04", reappeared=True), LOCK.ref),
    "a lock of a stream": NotedEvent(_event("05", place=HALF.ref.place, told_by=ToldBy.STREAM, lock=HALF), HALF.ref),
    **{
        f"what {lock.flaw}": NotedEvent(
            _event("06", place=lock.ref.place, told_by=ToldBy.SEEN, lock=lock), lock.ref, Rival(THERE)
        )
        for lock in ODD.values()
    },
}
GONE: LockEvent = _event("07", acquired=False, permanent=True, version="3HL4kqtJlcpXroDTDmJ")

NIGHT = night.Night(
    TAKEN,
    (night.Ordered("s3:acme-tfstate", "acme-prod"), night.Ordered("s3:acme-other", "")),
    (
        night.Result(
            home="s3:acme-tfstate",
            part=2,
            finished=True,
            failure="AccessDenied",
            found=Counts(locks=3, objects=9000, listing_pages=9, alerts=1),
            debris=Debris(2, 3, whole=True, refusal="AccessDenied"),
        ),
    ),
    journaled=True,
)
TARGETS = Remembered(
    at=TAKEN,
    containers=(
        Container(Kind.S3, BUCKET, "eu-central-1", "111122223333", "acme-prod", "s3 acme-*"),
        Container(Kind.DYNAMODB, TABLE, "eu-west-1"),
    ),
    reported="AccessDenied",
)
LOOKS: dict[str, doctor.Remembered] = {
    BUCKET: doctor.Remembered(
        subject=BUCKET,
        at=TAKEN,
        colours={f"bucket.{colour} {BUCKET}": colour for colour in Colour},
        last_seen={f"bucket.grey {BUCKET}": Colour.RED},
        untold=tuple(
            doctor.Change(
                check="bucket.versioning",
                subject=BUCKET,
                before=colour,
                now=Colour.RED,
                seen="it is off",
                do="switch it on",
                cli="aws s3api put-bucket-versioning",
                right="s3:GetBucketVersioning",
            )
            for colour in Colour
        ),
    )
}
