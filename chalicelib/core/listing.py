"""The locks held now: what ``/tflocks`` answers, and how many there are."""

from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alert import LockRecord
from chalicelib.core.click import InGroup, may_release
from chalicelib.core.policy import Rules
from chalicelib.core.release_terms import why_not_releasable


class ListRequest(msgspec.Struct, frozen=True):
    """One ``/tflocks``: who asked, where, and for which channel's locks."""

    user: str
    channel: str
    text: str

    @property
    def everything(self) -> bool:
        """Whether all channels' locks are asked for."""
        return self._words == "all"

    @property
    def understood(self) -> bool:
        """Whether it can be answered with a list."""
        return self._words in {"", "all"}

    @property
    def _words(self) -> str:
        return self.text.strip().lower()


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
    everything: bool
    """All channels' locks were asked for."""
    routed: bool
    """Whether any route leads to this channel."""
    locks: tuple[Listed, ...]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How many locks are held, in figures."""

    locks: int
    stale: int
    """Over their first threshold."""
    oldest_seconds: float
    """The age of the oldest; 0 when there is none."""


def listing(request: ListRequest, records: list[LockRecord], rules: Rules, in_group: InGroup, now: datetime) -> Listing:
    """Every lock that is held, oldest first."""
    covered = [record for record in records if not record.ending and _covers(record, rules)]
    if not request.everything:
        covered = [record for record in covered if _channel(record, rules) == request.channel]
    covered.sort(key=lambda record: record.taken)
    return Listing(
        now=now,
        everything=request.everything,
        routed=any(route.policy.channel == request.channel for route in rules.routes),
        locks=tuple(_listed(record, request.user, rules, in_group) for record in covered),
    )


def standing(records: list[LockRecord], rules: Rules, now: datetime) -> Standing:
    """How many locks are held, of all that the book knows."""
    held = [record.lock for record in records if not record.ending and _covers(record, rules)]
    ages = [lock.age(now).total_seconds() for lock in held]
    stale = [lock for lock in held if rules.policy_for(lock.ref.state_path).level(lock.risk, lock.age(now))]
    return Standing(locks=len(held), stale=len(stale), oldest_seconds=max(ages, default=0.0))


def _covers(record: LockRecord, rules: Rules) -> bool:
    return rules.covers(record.lock.ref.bucket, record.lock.ref.key)


def _channel(record: LockRecord, rules: Rules) -> str:
    return rules.policy_for(record.lock.ref.state_path).channel


def _listed(record: LockRecord, user: str, rules: Rules, in_group: InGroup) -> Listed:
    policy = rules.policy_for(record.lock.ref.state_path)
    barred = why_not_releasable(record.lock, keeps=bool(rules.undo))
    may = barred is None and may_release(user, policy, in_group) is None
    return Listed(record, may, policy.second_person, rules.undo)
