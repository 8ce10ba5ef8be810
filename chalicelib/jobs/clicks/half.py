"""Look at one half of a lock that is to be released: whether it is there, and whether it may be deleted."""

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.clicks.deletion import LockObject, Look, Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.clicks.delete import Deleting, look, too_late
from chalicelib.ports.locks import ContainerGoneError, StoreError

NOT_SHOWN = "it was not shown where Release was clicked"


class HalfCase(msgspec.Struct, frozen=True):
    """One half in the course of a release."""

    deleting: Deleting
    shown: bool
    kept: LockObject | None = None
    refusal: Refusal | None = None
    ending: Ending | None = None
    why: str = ""
    """Why it stays, in words for a person."""
    lasting: bool = False

    @property
    def ref(self) -> LockRef:
        """Return the half that was shown."""
        return self.deleting.ref

    @property
    def page(self) -> Page:
        """Return the half's own page."""
        return self.deleting.case.page

    @property
    def leads(self) -> bool:
        """Return whether its page is the one that people were told of."""
        return self.deleting.shares_claim

    @property
    def is_due(self) -> bool:
        """Return whether it is still to be deleted."""
        return self.shown and self.ending is None

    def ended(self, ending: Ending) -> "HalfCase":
        """Return the half with its ending, or with the one that its page has."""
        return msgspec.structs.replace(self, ending=self.page.own_ending or ending)


def looked(half: HalfCase) -> HalfCase:
    """Look at a half; return it as it is now. Raises StoreError for a half that was shown, and BookError."""
    deleting = half.deleting
    try:
        current, kept = look(deleting) if half.shown else Look(deleting.case.world.store.read(half.ref.place))
    except ContainerGoneError:
        return half.ended(deleting.ending(Outcome.CONTAINER_GONE))
    except StoreError as error:
        if half.shown:
            raise
        return msgspec.structs.replace(half, why=str(error))
    there = presence(half.ref, current)
    if there is Presence.SAME and current:
        return _held(half, current, kept)
    return half.ended(too_late(deleting, there, current))


def _held(half: HalfCase, current: HeldLock, kept: LockObject | None) -> HalfCase:
    if not half.shown:
        return msgspec.structs.replace(half, why=NOT_SHOWN)
    if half.page.ending:  # somebody brought it back since; it is another hold than the one that was shown
        case = half.deleting.case
        case.world.book.write(endings.reopen(current, case.now))
        return msgspec.structs.replace(half, refusal=Refusal.HELD_AGAIN)
    deleting = msgspec.structs.replace(half.deleting, lock=current, keeps=kept is not None)
    why = why_not_releasable(current, keeps=deleting.keeps)
    return msgspec.structs.replace(half, deleting=deleting, kept=kept, refusal=why)
