"""Choose the held locks that ``/tflocks`` shows, and count all held locks."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.owner import mapped_owner
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import InGroup, may_release
from chalicelib.core.clicks.list_query import PAGE, Query, read_query
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.locks.place import Place, place_of
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.core.policy import Policy, Rules, dropped


class ListRequest(msgspec.Struct, frozen=True):
    """One ``/tflocks`` command: who typed it, in which channel, and what."""

    user: str
    channel: str
    text: str

    @property
    def query(self) -> Query | None:
        """Return the query that the text means; None when the text cannot be understood."""
        return read_query(self.text)

    @property
    def understood(self) -> bool:
        """Return whether the request can be answered with a list."""
        return self.query is not None

    @property
    def asks_for_version(self) -> bool:
        """Return whether it asks which version of the reaper answers."""
        return self.text.lower().split() == ["version"]


class HeldEntry(msgspec.Struct, frozen=True):
    """The parts of a held lock that a list is filtered and sorted by. Only the locks shown are read in full.

    ``owner``, ``principal`` and ``who`` are filled only when the query asks for a person's own locks.
    """

    state_path: str
    identity: str
    """``LockRef.identity``: sorted by it, the oldest lock comes first."""
    owner: str = ""
    principal: str = ""
    who: str = ""

    @property
    def place(self) -> Place:
        """Return the lock's place."""
        return place_of(self.state_path, self.identity)


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """The number of locks that a query finds, and the locks of one listing page."""

    total: int
    page: int
    """The listing page: the last one, when a later one was asked for."""
    entries: tuple[HeldEntry, ...]


class Listed(msgspec.Struct, frozen=True):
    """One lock of a list; ``releasable`` is for the person who asked."""

    page: Page
    releasable: bool
    second_person: bool
    """Whether its release takes two people."""
    undo: timedelta = timedelta(0)
    """How long the lock can be put back after its release."""
    account: str = ""
    """The lock's account as people call it; "" while all targets are in one account."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The list of locks that one person is shown."""

    now: datetime
    query: Query
    routed: bool
    """Whether any route leads to this channel."""
    total: int
    locks: tuple[Listed, ...]
    """The locks of the listing page."""

    @property
    def pages(self) -> int:
        """Return how many listing pages there are."""
        return pages_of(self.total)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of held and stale locks, and the age of the oldest."""

    locks: int
    stale: int
    """Number of locks over their first threshold."""
    oldest_seconds: float
    """Age of the oldest lock; 0 when there is none."""


def select(request: ListRequest, query: Query, entries: Iterable[HeldEntry], rules: Rules) -> Selection:
    """Return the locks of a query's listing page, oldest first."""
    ours = _filter(request, query, rules)
    found = sorted((entry for entry in entries if ours(entry)), key=lambda entry: entry.identity)
    page = min(query.page, pages_of(len(found)))
    return Selection(total=len(found), page=page, entries=tuple(found[(page - 1) * PAGE : page * PAGE]))


def pages_of(total: int) -> int:
    """Return how many listing pages this many locks fill; an empty list has one."""
    return max((total + PAGE - 1) // PAGE, 1)


def listed(page: Page, user: str, rules: Rules, in_group: InGroup) -> Listed:
    """Return a lock as a list shows it to one person."""
    policy = rules.policy_for(page.lock.ref.place)
    barred = why_not_releasable(page.lock, keeps=bool(rules.undo))
    may = barred is None and may_release(user, policy, in_group) is None
    account = rules.locations.shown_account(page.lock.ref.place)
    return Listed(page, may, policy.second_person, rules.undo, account)


def routed(channel: str, rules: Rules) -> bool:
    """Return whether any route leads to a channel."""
    return any(route.policy.channel == channel for route in rules.routes)


def standing(pages: list[Page], rules: Rules, now: datetime) -> Standing:
    """Count the held locks among all pages of the book."""
    held = [page for page in pages if not (page.ending or page.half_of) and _covers(page, rules)]
    ages = [page.age(now).total_seconds() for page in held]
    stale = [page for page in held if _policy_for(page, rules).level(page.lock.risk, page.age(now))]
    return Standing(locks=len(held), stale=len(stale), oldest_seconds=max(ages, default=0.0))


def _policy_for(page: Page, rules: Rules) -> Policy:
    return rules.policy_for(page.lock.ref.place)


def _covers(page: Page, rules: Rules) -> bool:
    return not dropped(page.lock.ref.place, rules)


def _filter(request: ListRequest, query: Query, rules: Rules) -> Callable[[HeldEntry], bool]:
    """Return a test of whether an entry fits the query. The test asks the cheapest question first."""

    def wanted(entry: HeldEntry) -> bool:
        if not query.fits(entry.state_path):
            return False
        if dropped(entry.place, rules) or not query.fits_account(rules.account_of(entry.place)):
            return False
        if query.mine:
            return _is_of(entry, request.user, rules)
        return query.everything or rules.policy_for(entry.place).channel == request.channel

    return wanted


def _is_of(entry: HeldEntry, user: str, rules: Rules) -> bool:
    """Return whether the alert, or the route's table of owners, names this user as the owner."""
    if entry.owner == user:
        return True
    info = LockInfo(Who=entry.who)
    return mapped_owner(entry.principal, info, rules.policy_for(entry.place)) == user
