"""Accounts to look into, and the memory of what was found there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.target import Target
from chalicelib.core.targets.finding import Finding, Unseen
from chalicelib.core.targets.remembered import Remembered
from chalicelib.ports.book import BookError, DamagedError
from tests.fakes.book import CanBeDown


@dataclass
class FakeTargetFinder:
    """Accounts with buckets and tables. An account without an ID is the stack's."""

    there: list[tuple[Target, dict[str, str]]] = field(default_factory=list)
    """Each container as a target without prefixes, and its tags."""
    units: dict[str, list[Account]] = field(default_factory=dict)
    """The active accounts below each unit."""
    denied: dict[str, str] = field(default_factory=dict)
    """By account or unit: why nobody may look into it."""

    def find(self, rule: Discovery, has_time: Callable[[], bool]) -> Finding:
        unseen = [Unseen(self.denied[unit]) for unit in rule.units if unit in self.denied]
        targets: list[Target] = []
        accounts = list(self._accounts(rule))
        for account in accounts:
            if account.id in self.denied or not has_time():
                unseen.append(Unseen(self.denied.get(account.id, "no time"), account))
            else:
                targets += self._matching(rule, account)
        return Finding(targets=tuple(targets), unseen=tuple(unseen), accounts=len(accounts))

    def _accounts(self, rule: Discovery) -> Iterator[Account]:
        if not rule.units and not rule.accounts:
            yield Account()
        yield from rule.accounts
        seen = {account.id for account in rule.accounts}
        for unit in rule.units:
            for one in self.units.get(unit, []) if unit not in self.denied else ():
                if one.id not in seen and (found := rule.account_of(one.id, one.name)):
                    seen.add(one.id)
                    yield found

    def _matching(self, rule: Discovery, account: Account) -> Iterator[Target]:
        for target, tags in self.there:
            ours = target.account.id == account.id and target.kind is rule.kind and rule.named(target.container)
            if ours and rule.looks_into(target.region or "") and rule.tagged(tags):
                yield rule.target_in(account, target.region or "", target.container)


@dataclass
class FakeTargetBook(CanBeDown):
    """Remembers what was found."""

    kept: Remembered | None = None
    unreadable: bool = False
    """Whether it cannot be read just now, though it can be written."""
    damaged: bool = False
    """Whether what is kept is damaged. A new set takes its place."""

    def remembered(self) -> Remembered | None:
        self._check()
        if self.unreadable:
            raise BookError("the lock book cannot be read")
        if self.damaged:
            raise DamagedError("the lock book has an item that cannot be read")
        return self.kept

    def replace(self, remembered: Remembered) -> None:
        self._check()
        self.kept, self.damaged = remembered, False
