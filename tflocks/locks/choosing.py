"""Choose the holder whose lock is to be released, and say why none can be."""

import msgspec

from chalicelib.core.clicks.ending import Refusal
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.locks.place import Kind
from tflocks.locks.naming import all_places, holder
from tflocks.locks.standing import Standing

_REFUSALS = {
    Refusal.MAY_BE_STATE: "what is kept at the lock's key may be a state, which is never deleted",
    Refusal.UNSEEN: "you may not look at it, so nobody could say what would be deleted",
    Refusal.HAS_DIGEST: "the item has the digest of a state beside its lock, and a digest is never deleted",
    Refusal.NO_WAY_BACK: "it is no lock that can be read, and could not be brought back: keep it with --keep FILE",
}


class ChoiceError(Exception):
    """No lock was chosen; the message says why and what to do."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which lock the operator means."""

    lock_id: str = ""
    half: Kind | None = None
    alone: bool = False
    """Whether to release without the second person that the route wants."""


def choose(found: list[Standing], unseen: list[str], wish: Wish) -> Standing:
    """Return the one holder whose lock is meant.

    Raises:
        ChoiceError: there is none, or more than one, or a half of it may be where nobody could look.
    """
    if unseen and not found:
        raise ChoiceError("nothing was released: no lock was seen, but not every place could be looked at (see above)")
    if unseen and wish.half is None:
        places = "s3 or dynamodb"
        raise ChoiceError(f"a half may be where you could not look. To release what you see: --half {places}")
    meant = [one for one in found if _is_meant(one, wish)]
    if len(meant) == 1:
        return meant[0]
    if not found:
        raise ChoiceError("nothing to release: the state is not locked")
    if not meant:
        raise ChoiceError(f"nothing was released: {_instead(wish)} the state is held by {_who(found)}")
    raise ChoiceError(f"more than one holds the state: {_who(meant)}. Say which: --half s3, --half dynamodb, or --id")


def why_not(chosen: Standing, *, keeps: bool, alone: bool) -> str:
    """Return why a lock may not be released from here; "": it may. ``keeps`` tells whether its bytes are kept."""
    for lock in chosen.locks:
        if refusal := why_not_releasable(lock, keeps=keeps):
            return _REFUSALS.get(refusal, refusal.value)
    wants_two = chosen.policy is not None and chosen.policy.second_person
    if wants_two and not chosen.page.asked and not alone:
        return (
            "here a release takes two people, and nobody has asked for it in Slack: click Release there first, or "
            "release it --alone, which the journal shows"
        )
    return ""


def _is_meant(one: Standing, wish: Wish) -> bool:
    by_half = wish.half is None or any(lock.ref.place.kind is wish.half for lock in one.locks)
    return by_half and (not wish.lock_id or wish.lock_id == _id(one))


def _id(one: Standing) -> str:
    return one.lock.info.ID if one.lock.info else ""


def _instead(wish: Wish) -> str:
    if wish.lock_id:
        return f"no lock of this state has the ID {wish.lock_id};"
    return f"no lock of this state is kept in {wish.half};"


def named(one: Standing) -> str:
    """Name a holder so that an operator can tell it from the others of the same state."""
    return f"{holder(one) or 'somebody'} (ID {_id(one) or 'none'}, in {all_places(one.locks)})"


def _who(holders: list[Standing]) -> str:
    return ", and ".join(map(named, holders))
