"""Locations: in which account and region each container is."""

from functools import cached_property

import msgspec

from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.target import Target


class Location(msgspec.Struct, frozen=True):
    """Where in AWS a container is."""

    account: Account
    """Without an ID if it is not known."""
    region: str
    """The region; "" if it is not known."""


class Locations(msgspec.Struct, frozen=True, dict=True):
    """The locations of all targets, as seen from the stack."""

    targets: dict[str, Target]
    """The targets by ``Target.home``."""
    home: Location
    """Where the stack is, as far as that is known."""

    def of(self, place: Place) -> Location:
        """Return where a place is, as far as is known. Of a bucket that is no target nothing is known."""
        target = self.targets.get(place.home)
        if target is None:
            return Location(self.named(Account(place.account)) if place.account else HOME, place.region)
        return Location(self.named(target.account), target.region or self.home.region)

    def shown_account(self, place: Place) -> str:
        """Return the account of a place as people call it; "" while all targets are in one account."""
        return self.of(place).account.called if len(self.accounts) > 1 else ""

    def named(self, account: Account) -> Account:
        """Return an account of a target with its ID and its name, as far as they are known."""
        if not account.id:
            return self.home.account
        name = self._names.get(account.id, "")
        return account if account.name or not name else msgspec.structs.replace(account, name=name)

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts of all targets, each once."""
        every = (self.named(target.account) for target in self.targets.values())
        return tuple({account.id: account for account in every}.values())

    @cached_property
    def _names(self) -> dict[str, str]:
        """Return the known names of accounts by their IDs."""
        accounts = (self.home.account, *(target.account for target in self.targets.values()))
        return {account.id: account.name for account in accounts if account.name}
