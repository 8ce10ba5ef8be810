"""The pages of the lock book: one with all that a page can have, and one for each way in which a lock ends."""

from typing import Any

from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.alerts.page import Asked, Snooze
from chalicelib.core.alerts.stored import Stored
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, LockObject
from chalicelib.core.clicks.ending import Ending, HalfEnding, LetGoBy, Outcome, Refusal, WayBack
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.state_lock import Half
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_ref, sample
from tests.released.scene import HALF, JOINT, LOCK, ODD, PRINCIPAL, THERE, after

KEPT = LockObject(
    sample("s3-apply-default"), {"ContentType": "application/json"}, {"owner": "platform"}, {"cost-centre": "7"}
)
POSTED = Posted("C0FALLBACK", "1795231137.000100", "1795231000.000100", CHANNEL)
_SAYINGS = tuple(Saying(topic, "1") for topic in Topic)
_BENEATH: dict[str, Any] = {"channel": CHANNEL, "beneath": POSTED.beneath, "instead_of": "C0GONE"}
SENDING = Sending(
    about=LOCK.ref.name, saying=_SAYINGS, at=TAKEN, level=1, owner=BOB, appearance="as it looks", **_BENEATH
)
_BACK = a_ref(LOCK.ref.place.key, b"put back", after(hours=3))
_ENDED: dict[str, Any] = {
    "user": ALICE,
    "click": f"{ALICE} 1",
    "principal": PRINCIPAL,
    "approved": BOB,
    "undo_until": after(hours=4),
    "held_now": THERE,
    "copy_of": "acme-old/prod/network/terraform.tfstate",
}


def _ending(outcome: Outcome, **others: Any) -> Ending:
    return Ending(outcome=outcome, at=after(hours=3), **others)


def _ended(outcome: Outcome, number: int, **others: Any) -> Stored:
    """What the book has of a lock that ended, or of what was asked of it."""
    lock = HeldLock(a_ref(f"ended/{number}.tfstate.tflock"), LOCK.info)
    return {"lock": lock, "ending": _ending(outcome, **others)}


_WAYS: list[tuple[Outcome, dict[str, Any]]] = [
    *((outcome, {}) for outcome in Outcome),
    *((Outcome.REFUSED, {"refusal": refusal}) for refusal in Refusal),
    *((Outcome.GONE, {"let_go_by": agent}) for agent in LetGoBy),
    *((Outcome.RELEASED, {"way_back": way}) for way in WayBack),
    (Outcome.RELEASED, {"by_reaper": True}),
    (Outcome.FAILED, {"detail": "S3 answered 503", "lasting": True}),
]
PAGES: dict[str, Stored] = {
    "all that a page can have": {
        "lock": LOCK,
        "posted": POSTED,
        "alerted_at": after(hours=2),
        "shown_at": after(hours=2),
        "appearance": "as it looks",
        "sending": SENDING,
        "claimed_until": after(hours=2, minutes=20),
        "acquired_at": after(seconds=1),
        "seen_at": after(minutes=1),
        "halves": (Half(LOCK.ref), Half(HALF.ref, held=False)),
        "half_of": THERE.ref,
        "joint": JOINT,
        "rivals": (THERE, *ODD.values()),
        "principal": PRINCIPAL,
        "owner": BOB,
        "snooze": Snooze(ALICE, after(hours=6)),
        "quiet_at": after(hours=2),
        "asked": Asked(BOB, after(hours=2), f"{BOB} 1"),
        "releasing": Releasing(ALICE, f"{ALICE} 1", after(hours=3), BOB),
        "kept": KEPT,
        "kept_halves": (KeptHalf(HALF.ref, KEPT),),
        "restoring": Restoring(ALICE, f"{ALICE} 2", after(hours=3)),
        "restored_by": ALICE,
        "back_as": _BACK,
        "reopened_at": after(hours=3),
        "ending": _ending(
            Outcome.RELEASED,
            halves=(HalfEnding(LOCK.ref.place, Outcome.FAILED, "S3 answered 503", THERE, ALICE),),
            **_ENDED,
        ),
        "half_ending": _ending(Outcome.RELEASED, user=ALICE),
        "undone": Restorer(ALICE, f"{ALICE} 2"),
        "told": True,
        "levels": frozenset({1, 2}),
        "said": frozenset({"alert", "level 1"}),
        "withdrawn": frozenset({f"{BOB} 0"}),
        "refused": frozenset({"U0MALLORY"}),
        "restorers": frozenset({Restorer(ALICE, f"{ALICE} 2"), Restorer(BOB, f"{BOB} 2")}),
    },
    "a lock just taken": {"lock": HeldLock(a_ref("held.tfstate.tflock"), LOCK.info), "acquired_at": TAKEN},
    "a half in a table": {"lock": HALF, "half_of": LOCK.ref},
    "a lock in another account": {"lock": THERE, "posted": POSTED, "levels": frozenset({1})},
    **{f"what {lock.flaw}": {"lock": lock} for lock in ODD.values()},
    **{
        f"ended {number}: {outcome} {' '.join(map(str, others.values()))}".rstrip(): _ended(outcome, number, **others)
        for number, (outcome, others) in enumerate(_WAYS)
    },
}
