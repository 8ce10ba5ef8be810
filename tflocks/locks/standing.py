"""Who holds a state now: one row for one holder, whether the lock is in S3, in a table, or in both."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.account import HOME
from chalicelib.core.locks.copies import AFTER
from chalicelib.core.locks.locations import Location
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Clock, LockRef
from chalicelib.core.locks.state_lock import Half, in_order, same_holder
from chalicelib.core.policy import Policy, Rules


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One holder of one state, with all that is known of it now."""

    locks: tuple[HeldLock, ...]
    """Its halves, in the order in which they are released; never empty."""
    others: int = 0
    """Number of other holders of the same state."""
    page: Page
    """What the reaper remembers of it; of a lock that it does not know, only the lock itself."""
    lead: LockRef
    """The lock whose page speaks for all halves."""
    known: bool = False
    """Whether the reaper's book has the lock."""
    policy: Policy | None = None
    """The policy of its route; None: the reaper's rules are not known, or do not cover it."""
    now: datetime
    location: Location = Location(HOME, "")
    """Where its lock is, as far as the reaper's rules tell."""
    shown_account: str = ""
    """The account as people call it; "" while all targets are in one account."""
    looked_at: bool = True
    """Whether its locks were read now, and not only in the reaper's book."""

    @property
    def state_path(self) -> str:
        """Return the state path."""
        return self.lock.ref.state_path

    @property
    def lock(self) -> HeldLock:
        """Return the half that says the most: S3's before a table's, a readable one before all."""
        return max(self.locks, key=lambda one: (one.info is not None, one.ref.place.traits.release_order))

    @property
    def clock(self) -> Clock:
        """Return whose clock its age is by."""
        return self.page.clock

    @property
    def since(self) -> datetime | None:
        """Return since when it is held; None: nothing tells, or the client's clock is ahead of this one."""
        since = self.page.held_since
        told = self.clock is not Clock.REAPER or self.page.seen_at is not None
        return since if told and since <= self.now + AFTER else None

    @property
    def age(self) -> timedelta | None:
        """Return how long it has been held; None: nobody knows."""
        return None if self.since is None else max(self.now - self.since, timedelta(0))

    @property
    def level(self) -> int | None:
        """Return how many thresholds its age has reached; None: there are none for it, or its age is not known."""
        if self.policy is None or self.age is None:
            return None
        return self.policy.level(self.page.lock.risk, self.age)

    @property
    def levels(self) -> int | None:
        """Return how many thresholds there are for its operation."""
        return len(self.policy.thresholds[self.page.lock.risk]) if self.policy else None

    @property
    def alerted_at(self) -> datetime | None:
        """Return when people were told of it."""
        return self.page.alerted_at if self.page.posted or self.page.joint else None

    @property
    def snoozed_until(self) -> datetime | None:
        """Return until when its alert is quiet; None: it is not."""
        return self.page.snooze.until if self.page.snooze and self.page.snoozed(self.now) else None

    def over(self, limit: timedelta) -> bool:
        """Return whether it is older than a limit. A lock whose age nobody knows counts as older."""
        return self.age is None or self.age > limit


def standings(locks: Iterable[HeldLock], pages: Iterable[Page], rules: Rules | None, now: datetime) -> list[Standing]:
    """Return who holds what, the oldest first; those whose age is not known come before all others."""
    by_ref = {page.lock.ref: page for page in pages if page.ending is None}
    by_state: defaultdict[str, list[HeldLock]] = defaultdict(list)
    for lock in {lock.ref: lock for lock in locks}.values():
        by_state[lock.ref.state_path].append(lock)
    found = [
        standing(holder, [one[-1] for one in holders if one is not holder], by_ref, rules, now)
        for own in by_state.values()
        for holders in [holders_of(own)]
        for holder in holders
    ]
    return sorted(found, key=lambda one: (one.age is not None, -(one.age or timedelta(0)), one.state_path))


def holders_of(locks: Iterable[HeldLock]) -> list[tuple[HeldLock, ...]]:
    """Return the locks of one state by their holders, each holder's in the order of release."""
    left = sorted(locks, key=lambda lock: in_order(lock.ref))
    holders: list[tuple[HeldLock, ...]] = []
    while left:
        first, *others = left
        holders.append((first, *(lock for lock in others if same_holder(first, lock))))
        left = [lock for lock in others if not same_holder(first, lock)]
    return holders


def standing(
    holder: tuple[HeldLock, ...],
    others: list[HeldLock],
    pages: Mapping[LockRef, Page],
    rules: Rules | None,
    now: datetime,
) -> Standing:
    """Return one holder with its page and its policy."""
    page = _page_of(holder, pages)
    covered = rules is not None and any(rules.covers(lock.ref.place) for lock in holder)
    own = page or Page(lock=holder[-1])  # S3's half is released last, and leads where people were told of none
    bare = Standing(locks=holder, others=len(others), page=own, lead=own.lock.ref, known=page is not None, now=now)
    halves = tuple(Half(lock.ref) for lock in holder)
    seen = msgspec.structs.replace(bare.page, lock=bare.lock, halves=halves, rivals=tuple(others))
    known = msgspec.structs.replace(bare, page=seen)
    return _ruled(known, rules) if rules and covered else known


def _ruled(one: Standing, rules: Rules) -> Standing:
    place = one.lock.ref.place
    return msgspec.structs.replace(
        one,
        policy=rules.policy_for(place),
        location=rules.locations.of(place),
        shown_account=rules.locations.shown_account(place),
    )


def _page_of(holder: tuple[HeldLock, ...], pages: Mapping[LockRef, Page]) -> Page | None:
    """Return the page that speaks for a holder: the leading one of its halves' pages."""
    own = [pages[lock.ref] for lock in holder if lock.ref in pages]
    leads = [pages.get(page.half_of, page) if page.half_of else page for page in own]
    return max(leads, key=lambda page: (page.posted is not None, page.half_of is None), default=None)
