"""Sum up a night: by account, what was swept, what is locked there, and where nobody could look."""

from datetime import datetime

import msgspec

from chalicelib.core.locks.place import called
from chalicelib.core.nights.debris import Debris
from chalicelib.core.nights.night import Night, Ordered, Result, Standing, standing_of
from chalicelib.core.nights.sweep_order import Counts


class NotSwept(msgspec.Struct, frozen=True):
    """A target that was not swept, or not all of it."""

    target: str
    """Its name as people call it."""
    standing: Standing
    why: str
    """What its sweep said of it; "" if nothing did."""


class AccountNight(msgspec.Struct, frozen=True):
    """The night of one account."""

    account: str
    targets: int
    found: Counts
    not_swept: tuple[NotSwept, ...]

    @property
    def swept(self) -> int:
        """Return how many of its targets were swept."""
        return self.targets - len(self.not_swept)


class NightSummary(msgspec.Struct, frozen=True):
    """The night of all accounts; those where something failed come first."""

    began: datetime
    accounts: tuple[AccountNight, ...]
    debris: tuple[tuple[str, Debris], ...] = ()
    """The lock debris of each target where it was counted, the most first."""

    @property
    def targets(self) -> int:
        """Return the number of targets."""
        return sum(account.targets for account in self.accounts)

    @property
    def failed(self) -> int:
        """Return the number of targets that were not swept."""
        return sum(len(account.not_swept) for account in self.accounts)

    @property
    def found(self) -> Counts:
        """Return what was found in all accounts."""
        found = Counts()
        for account in self.accounts:
            found = found.plus(account.found)
        return found


def summary_of(night: Night) -> NightSummary:
    """Return the summary of a night as it stands now."""
    told = night.by_home
    by_account: dict[str, list[Ordered]] = {}
    for target in night.ordered:
        by_account.setdefault(target.account, []).append(target)
    accounts = [_of_account(account, targets, told) for account, targets in by_account.items()]
    accounts.sort(key=lambda one: (not one.not_swept, one.account))
    return NightSummary(night.began, tuple(accounts), _debris_of(night))


def unheard(night: Night) -> list[tuple[str, Standing]]:
    """Return the homes of the targets whose sweeps told of no end and no failure, each with how it stands."""
    told = night.by_home
    stand = [(target.home, standing_of(told.get(target.home))) for target in night.ordered]
    return [(home, how) for home, how in stand if how in {Standing.UNFINISHED, Standing.UNANSWERED}]


def _debris_of(night: Night) -> tuple[tuple[str, Debris], ...]:
    counted = [(called(result.home), result.debris) for result in night.results if result.debris]
    return tuple(sorted(counted, key=lambda one: one[1].versions + one[1].markers, reverse=True))


def _of_account(account: str, targets: list[Ordered], told: dict[str, Result]) -> AccountNight:
    found = Counts()
    not_swept: list[NotSwept] = []
    for target in targets:
        result = told.get(target.home)
        found = found.plus(result.found if result else Counts())
        if (standing := standing_of(result)) is not Standing.SWEPT:
            not_swept.append(NotSwept(called(target.home), standing, result.failure if result else ""))
    return AccountNight(account, len(targets), found, tuple(not_swept))
