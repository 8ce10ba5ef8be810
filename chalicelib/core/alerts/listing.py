"""The locks held now: what ``/tflocks`` answers, and how many there are."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.owner import mapped_owner
from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.clicks.click import InGroup, may_release
from chalicelib.core.clicks.list_query import PAGE, Query, read_query
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.locks.place import place_of
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.core.policy import Rules


class ListRequest(msgspec.Struct, frozen=True):
    """One ``/tflocks``: who asked, where, and for which channel's locks."""

    user: str
    channel: str
    text: str

    @property
    def query(self) -> Query | None:
        """What is asked for; None when nobody can say."""
        return read_query(self.text)

    @property
    def understood(self) -> bool:
        """Whether it can be answered with a list."""
        return self.query is not None


class HeldEntry(msgspec.Struct, frozen=True):
    """A held lock, as much of it as finds and sorts it: of thousands only a page is read in full."""

    state_path: str
    identity: str
    """``LockRef.identity``, which sorts by the lock's time."""
    owner: str = ""
    principal: str = ""
    who: str = ""
    """These three only where they are asked for."""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """The entries that a query asks for, and those of its page."""

    total: int
    page: int
    """The one that there is: the last one where a later one was asked for."""
    entries: tuple[HeldEntry, ...]


class Listed(msgspec.Struct, frozen=True):
    """One lock of the answer; ``releasable`` for the person who asked."""

    record: LockRecord
    releasable: bool
    second_person: bool
    """Whether a release of it takes two people."""
    undo: timedelta = timedelta(0)
    """How long it can be put back after a release."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one person."""

    now: datetime
    query: Query
    routed: bool
    """Whether any route leads to this channel."""
    total: int
    locks: tuple[Listed, ...]
    """Those of the page."""

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages_of(self.total)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How many locks are held, in figures."""

    locks: int
    stale: int
    """Over their first threshold."""
    oldest_seconds: float
    """The age of the oldest; 0 when there is none."""


def select(request: ListRequest, query: Query, entries: Iterable[HeldEntry], rules: Rules) -> Selection:
    """Return the page of a query's locks, oldest first."""
    ours = _filter(request, query, rules)
    found = sorted((entry for entry in entries if ours(entry)), key=lambda entry: entry.identity)
    page = min(query.page, pages_of(len(found)))
    return Selection(total=len(found), page=page, entries=tuple(found[(page - 1) * PAGE : page * PAGE]))


def pages_of(total: int) -> int:
    """Return how many pages a list has, an empty one too."""
    return max((total + PAGE - 1) // PAGE, 1)


def listed(record: LockRecord, user: str, rules: Rules, in_group: InGroup) -> Listed:
    """Return a lock as it is listed for one person."""
    policy = rules.policy_for(record.lock.ref.state_path)
    barred = why_not_releasable(record.lock, keeps=bool(rules.undo))
    may = barred is None and may_release(user, policy, in_group) is None
    return Listed(record, may, policy.second_person, rules.undo)


def routed(channel: str, rules: Rules) -> bool:
    """Return whether any route leads to a channel."""
    return any(route.policy.channel == channel for route in rules.routes)


def standing(records: list[LockRecord], rules: Rules, now: datetime) -> Standing:
    """How many locks are held, of all that the book knows."""
    held = [record.lock for record in records if not record.ending and _covers(record, rules)]
    ages = [lock.age(now).total_seconds() for lock in held]
    stale = [lock for lock in held if rules.policy_for(lock.ref.state_path).level(lock.risk, lock.age(now))]
    return Standing(locks=len(held), stale=len(stale), oldest_seconds=max(ages, default=0.0))


def _covers(record: LockRecord, rules: Rules) -> bool:
    return rules.covers(record.lock.ref.place)


def _filter(request: ListRequest, query: Query, rules: Rules) -> Callable[[HeldEntry], bool]:
    """Return whether an entry is asked for, the cheapest question first."""

    def wanted(entry: HeldEntry) -> bool:
        if not query.fits(entry.state_path):
            return False
        if not rules.covers(place_of(entry.state_path, entry.identity)):
            return False
        if query.mine:
            return _is_of(entry, request.user, rules)
        return query.everything or rules.policy_for(entry.state_path).channel == request.channel

    return wanted


def _is_of(entry: HeldEntry, user: str, rules: Rules) -> bool:
    """Whether the alert named this user as the owner, or the route's table does."""
    if entry.owner == user:
        return True
    info = LockInfo(Who=entry.who)
    return mapped_owner(entry.principal, info, rules.policy_for(entry.state_path)) == user
