"""Say where a lock is: in which places its holder holds the state, which half is gone, and who else holds it."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import REAPER, Ending, HalfEnding, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Clock, Place
from chalicelib.core.locks.writing import Writing, writing
from chalicelib.slack.words.parts.lock_words import (
    CONTAINER_LIMIT,
    SHORT_CONTAINER_LIMIT,
    holder,
    in_containers,
    is_in_path,
)
from chalicelib.slack.words.parts.text import by, capital, code, since

_RIVAL_LIMIT = 120
_MOST_RIVALS = 2
_WHY_LIMIT, _MOST_ENDED = 200, 3
"""Bytes of a reason why a half stays, and groups of halves that ended alike."""
_OWN_RELEASE = (
    "*Release here does not touch that lock.* It has its own Release: in its own alert, once it is due, and in "
    "`/tflocks` at any time."
)
_ENDED = {
    Outcome.RELEASED: "released {where}",
    Outcome.UNCONFIRMED: "gone {where}, released by this or by its holder",
    Outcome.GONE: "already gone {where}",
    Outcome.REPLACED: "already gone {where}, where another lock is now, which was left alone",
    Outcome.UNWATCHED: "not released {where}, which `reaper.toml` does not cover any more, so it may still be held",
    Outcome.CONTAINER_GONE: "gone {where}, because its {container} does not exist any more",
    Outcome.RESTORED: "put back {where}",
    Outcome.OCCUPIED: "not put back {where}, because somebody holds the state there",
    Outcome.REFUSED: "not released {where}",
    Outcome.FAILED: "still locked {where}",
}
"""Words for the end of one half. A half is never asked for, snoozed, or woken by itself."""
_DONE = {Outcome.RELEASED, Outcome.UNCONFIRMED, Outcome.RESTORED}
_UNDONE = {Outcome.REFUSED, Outcome.FAILED, Outcome.OCCUPIED}
_PUT_BACK = {Outcome.RESTORED, Outcome.OCCUPIED}
_WHOLE = (Outcome.RELEASED, Outcome.RESTORED)
_TWO = 2
_AFTER_PUT = {Outcome.FAILED: "not put back {where}", Outcome.GONE: "put back {where}, and let go again since"}
"""Words for the end of a half that was to be put back, where they differ."""


def held(page: Page) -> str:
    """Say since when a lock is held, and whose word that is if it is not AWS's."""
    if page.clock is Clock.REAPER:
        return f"First seen {since(page.held_since)}. Nothing tells when it was taken."
    by_client = ", by the clock of the machine that took it" if page.clock is Clock.CLIENT else ""
    return f"Held since {since(page.held_since)}{by_client}."


def where(page: Page, *, releasable: bool) -> str:
    """Say in which places a lock is; "" if the state path says it already."""
    places = _places(page)
    if len(places) == 1 and is_in_path(places[0]) and not (page.rivals or len(page.halves) > 1):
        return ""
    there = in_containers(places, known=_account(page))
    if len(places) == 1:
        return f"Locked {there}."
    release = f" Release takes {_every(places)}, in this order." if releasable else ""
    return f"One run holds it in {len(places)} places: {there}.{release}"


def beside(page: Page, limit: int = CONTAINER_LIMIT) -> str:
    """Return where a lock is, in words that follow its state path and a comma; "" if the path says it already."""
    places = _places(page)
    return "" if all(map(is_in_path, places)) and not page.rivals else in_containers(places, limit, _account(page))


def half_gone(page: Page) -> str:
    """Warn that a half of the lock is gone, and say whom the other one still stops; "" if none is."""
    gone = [half.ref.place for half in page.halves if not half.held]
    if not gone or not any(half.held for half in page.halves):
        return ""
    lost, left = (in_containers(places, known=_account(page)) for places in (gone, _places(page)))
    taken = {rival.ref.place for rival in page.rivals}
    if taken & set(gone):
        return f":warning: *Half of this lock is gone:* the one {lost}, where another lock is now."
    return (
        f":warning: *Half of this lock is gone:* the one {lost}. Runs that lock {left} still stop there; runs that "
        f"lock only {lost} start all the same."
    )


def rivals(page: Page) -> str:
    """Warn that others hold the same state, and say that each lock has its own Release; "" if nobody else does."""
    if not page.rivals:
        return ""
    shown = page.rivals[:_MOST_RIVALS]
    lines = [f"• {in_containers([one.ref.place], known=_account(page))}: {holder(one, _RIVAL_LIMIT)}." for one in shown]
    more = len(page.rivals) - len(shown)
    lines += [f"• and {more} more."] if more else []
    return "\n".join([_what_rivals_mean(page.lock, page.rivals), *lines, _OWN_RELEASE])


def left_alone(page: Page, ending: Ending) -> str:
    """Say, in a line of its own, that other locks on the state were not touched; "" if there were none."""
    named = {ending.held_now.ref} if ending.held_now else set()
    named |= {half.held_now.ref for half in ending.halves if half.held_now}
    others = [rival for rival in page.rivals if rival.ref not in named]
    if not others:
        return ""
    shown = ((in_containers([one.ref.place], known=_account(page)), one) for one in others[:_MOST_RIVALS])
    who = "; ".join(f"{place} {holder(one, _RIVAL_LIMIT)}" for place, one in shown)
    return f"\n:warning: *The state may still be locked.* Another lock on it was left alone: {who}."


def in_dialog(page: Page) -> str:
    """Say in a dialog what a release takes and what it leaves; "" for a lock in one place. At most 50 characters."""
    several, every = len(page.present) > 1, _every(page.present)
    if page.rivals:
        return f"It takes {every} halves; the other run's lock stays." if several else "The other run's lock stays."
    return f"It is released in {every} places." if several else ""


def ended(ending: Ending) -> str:
    """Say how each half ended, in one sentence; "" for a lock in one place."""
    if ending.halves and _are_alike(ending):
        both = "Both halves" if len(ending.halves) == _TWO else f"All {len(ending.halves)} halves"
        done = "put back" if is_put_back(ending) else "released"
        return f"{both} are {done}, {in_containers((half.place for half in ending.halves), SHORT_CONTAINER_LIMIT)}."
    words = each(ending, put_back=is_put_back(ending))
    return f"{capital(words)}." if words else ""


def each(ending: Ending, *, put_back: bool) -> str:
    """Say how each half ended, or how its put did; "" for a lock in one place."""
    words = _ENDED | _AFTER_PUT if put_back else _ENDED
    alike = groupby(ending.halves, key=lambda half: (half.outcome, half.detail, half.by))
    parts = [_ended(list(group), words, _whose(ending)) for _, group in alike]
    more = len(parts) - _MOST_ENDED
    return "; ".join([*parts[:_MOST_ENDED], f"and {more} more halves"] if more > 0 else parts)


def in_part(ending: Ending) -> bool:
    """Return whether some halves were released, or put back, and others were not."""
    outcomes = {half.outcome for half in ending.halves}
    return bool(outcomes & _DONE and outcomes & _UNDONE)


def is_put_back(ending: Ending) -> bool:
    """Return whether a half was to be put back, and not released."""
    return any(half.outcome in _PUT_BACK for half in ending.halves)


def gone_place(ending: Ending) -> Place | None:
    """Return the place of the half whose bucket or table does not exist any more; None: there is no such half."""
    return next((half.place for half in ending.halves if half.outcome is Outcome.CONTAINER_GONE), None)


def _are_alike(ending: Ending) -> bool:
    """Return whether all halves were released, or all put back, by whoever the ending names."""
    [first, *others] = {(half.outcome, half.by or _whose(ending)) for half in ending.halves}
    return not others and first[0] in _WHOLE and first[1] == _whose(ending)


def _whose(ending: Ending) -> str:
    return REAPER if ending.by_reaper else ending.user


def _ended(halves: list[HalfEnding], every: Mapping[Outcome, str], known: str) -> str:
    """Say how halves ended that ended alike; name who released them, unless that is ``known``."""
    first = halves[0]
    words = every.get(first.outcome, f"{first.outcome} {{where}}")
    who = "the reaper itself" if first.by == REAPER else by(first.by) if first.by else ""
    why = f": {code(first.detail, _WHY_LIMIT)}" if first.detail else ""
    where = in_containers((half.place for half in halves), SHORT_CONTAINER_LIMIT)
    who = f" by {who}" if who and first.by != known else ""
    return f"{words.format(where=where, container=first.place.traits.container)}{who}{why}"


def _every(halves: Sequence[object]) -> str:
    return "both" if len(halves) == _TWO else "all"


def _account(page: Page) -> str | None:
    """Return the account of a table's lock, as its place has it. None: only tables of the bucket's account count."""
    place = page.lock.ref.place
    return place.account if place.traits.regional else None


def _places(page: Page) -> list[Place]:
    return [ref.place for ref in page.present] or [page.lock.ref.place]


def _what_rivals_mean(lock: HeldLock, others: Sequence[HeldLock]) -> str:
    """Say what another lock means. Locks without an ID do not tell whether one run has both."""
    everybody = (lock, *others)
    if not all(one.info and one.info.ID for one in everybody):
        return ":warning: *This state has another lock too.* Whether it is the same run's cannot be told."
    write = sum(writing(one) is not Writing.NEVER for one in everybody) > 1
    danger = ", so they may write it at the same time" if write else ""
    return f":warning: *Another run holds this state too.* They do not see each other{danger}."
