"""Delete the halves of one lock, each on its own condition, in the order of ``Traits.release_order``.

All halves are looked at before the first is deleted. The claim on the lock's page is for all deletes, and the page of
each other half has the same claim, because the journal asks the page of a half who deleted it. A half that is gone or
replaced stops nothing. A half that cannot be deleted stops the rest, and the lock stays open for another click.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TypeAlias

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.stored import Fields
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.clicks.claim import Releasing
from chalicelib.core.clicks.deletion import KeptHalf
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.halves import Part, ending_of, told_of
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef, called
from chalicelib.core.locks.state_lock import Half, in_release_order
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.clicks.clicked import NotYetError
from chalicelib.jobs.clicks.delete import Concluded, Deleting, begin, drop, send, take_claim
from chalicelib.jobs.clicks.half import NOT_SHOWN, HalfCase, looked
from chalicelib.jobs.seen import seen_gone
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError

_NOT_TRIED = "not tried, because another half could not be released"


_Halves: TypeAlias = Sequence[HalfCase]


def delete_halves(case: Case, claim: Releasing, shown: tuple[LockRef, ...]) -> Concluded:
    """Release the halves that were shown, if they are still there; tell of all halves how they ended.

    Raises:
        OutcomeUnknownError, NotYetError: as ``delete`` does.
    """
    lead = Deleting(case, claim, case.page.lock, keeps=bool(case.undo), shares_claim=True)
    try:
        halves = [looked(half) for half in _halves(lead, shown)]
        if why := next((half.refusal for half in halves if half.refusal), None):
            return Concluded(msgspec.structs.replace(lead.ending(Outcome.REFUSED), refusal=why))
        _begin(halves)
    except (StoreError, BookError) as error:
        return Concluded(lead.failed(str(error), lasting=isinstance(error, StoreRefusedError)))
    halves = list(_deleted(halves))
    return _kept_open(lead, halves) if any(half.ending is None for half in halves) else _all(lead, halves)


def _halves(lead: Deleting, shown: tuple[LockRef, ...]) -> Iterator[HalfCase]:
    """Yield the halves that were shown, and those that the lock's page knows, each with its own page.

    Raises:
        BookError
        NotYetError: a delete of a half may be on its way, by a click from before the halves were one lock.
    """
    case = lead.case
    known = dict.fromkeys([*shown, *(half.ref for half in case.page.halves), lead.ref])
    for half in in_release_order(tuple(map(Half, known))):
        if half.ref == lead.ref:
            yield HalfCase(lead, half.ref in shown)
            continue
        page = case.world.book.find(half.ref) or Page(lock=HeldLock(half.ref))
        if page.releasing and page.being_released(case.now):
            raise NotYetError(page.releasing.until)
        deleting = Deleting(case.known_as(page), lead.claim, page.lock, keeps=lead.keeps)
        yield HalfCase(deleting, half.ref in shown)


def _begin(halves: _Halves) -> None:
    """Take the claim on the lock's page, then on the pages of the other halves that are to be deleted."""
    lead = next(half for half in halves if half.leads)
    due = [half for half in halves if half.is_due and not half.leads]
    begun: list[Deleting] = []
    try:
        parts = _begun_with(lead, due)
        take_claim(lead.deleting, endings.begin_halves(lead.page, lead.deleting.lock, lead.deleting.claim, parts))
        begun.append(lead.deleting)
        for half in due:
            begin(half.deleting, half.kept)
            begun.append(half.deleting)
    except (NotYetError, BookError):
        with suppress(BookError):
            for deleting in begun:
                drop(deleting)
        raise


def _begun_with(lead: HalfCase, others: _Halves) -> Fields:
    """Return what can be put back, with what an earlier click deleted, and how the half of the lock's page ended."""
    new = {half.ref: KeptHalf(half.ref, half.kept) for half in others if half.kept}
    fields = Fields(kept_halves=tuple(({one.ref: one for one in lead.page.kept_halves} | new).values()))
    if lead.kept:
        fields["kept"] = lead.kept
    if lead.ending:
        fields["half_ending"] = lead.ending
    return fields


def _deleted(halves: _Halves) -> Iterator[HalfCase]:
    """Delete each half that is due, until one cannot be deleted; yield the halves as they are then."""
    stopped = False
    for half in halves:
        due = half.is_due
        if due and not stopped:
            half = _sent(half)  # noqa: PLW2901
            stopped = half.ending is None
        elif due:
            half = _not_tried(half)  # noqa: PLW2901
        yield _noted(half, half.deleting.claim if due else half.page.releasing)


def _sent(half: HalfCase) -> HalfCase:
    """Delete one half or nothing."""
    try:
        ending = send(half.deleting)
    except ContainerGoneError:
        ending = half.deleting.ending(Outcome.CONTAINER_GONE)
    except (StoreError, BookError) as error:
        return msgspec.structs.replace(half, why=str(error), lasting=isinstance(error, StoreRefusedError))
    if ending.closes:
        return msgspec.structs.replace(half, ending=ending)
    return msgspec.structs.replace(half, why=ending.detail)


def _not_tried(half: HalfCase) -> HalfCase:
    if not half.leads:
        with suppress(BookError):
            drop(half.deleting)
    return msgspec.structs.replace(half, why=_NOT_TRIED)


def _noted(half: HalfCase, seen: Releasing | None) -> HalfCase:
    """Note the end of a half on its own page, so that the journal finds there who deleted it; return the half.

    Another click may have noted by now that it deleted the half. A message about this half alone is left to the watch.
    """
    if half.leads or half.ending is None or half.page.ending:
        return half
    end = endings.end if half.page.spoken_of else endings.end_half
    case = half.deleting.case
    with suppress(BookError):
        taken, page = case.world.book.write(end(half.deleting.lock, half.ending, seen))
        if taken:
            seen_gone(case, half.ending)
        return msgspec.structs.replace(half, ending=(page and page.ending) or half.ending)
    return half


def _all(lead: Deleting, halves: _Halves) -> Concluded:
    """Conclude a release after which no half is held."""
    case, parts = lead.case, [Part(half.ref, half.ending) for half in halves]
    ending = ending_of(parts, lambda one: one.click == lead.claim.click)
    ending = msgspec.structs.replace(ending, at=case.now)
    can_be_undone = any(half.kept and half.ending and half.ending.outcome is Outcome.RELEASED for half in halves)
    if can_be_undone:
        ending = msgspec.structs.replace(ending, undo_until=case.now + case.undo)
    return Concluded(ending, lead.claim, _fields(halves, parts))


def _kept_open(lead: Deleting, halves: _Halves) -> Concluded:
    """Conclude a release that left a half."""
    parts = [Part(half.ref, half.ending, half.why) for half in halves]
    with suppress(BookError):
        lead.case.world.book.write(endings.keep_open(lead.ref, _fields(halves, parts), lead.claim))
        for own in (half.ending for half in halves if half.leads and half.ending):
            seen_gone(lead.case, own)
    # What could not be deleted says more than what was not tried.
    why = min((half for half in halves if half.ending is None), key=lambda one: one.why in {NOT_SHOWN, _NOT_TRIED})
    ending = lead.failed(f"{called(why.ref.place.home)}: {why.why}", lasting=why.lasting)
    return Concluded(msgspec.structs.replace(ending, halves=told_of(parts)), lead.claim)


def _fields(halves: _Halves, parts: Sequence[Part]) -> Fields:
    fields = Fields(halves=tuple(part.half for part in parts)) if len(parts) > 1 else Fields()
    if own := next((half.ending for half in halves if half.leads), None):
        fields["half_ending"] = own
    return fields
