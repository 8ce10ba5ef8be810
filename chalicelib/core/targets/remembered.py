"""The containers that the target rules found, as they are remembered between two nights.

Only what AWS told is remembered: container, region, account. What the configuration says (role, ExternalId, prefixes)
comes from the rules, so that a change of these counts from the deployment on, not from the next night on.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import TRAITS, Kind
from chalicelib.core.locks.target import Target


class Container(msgspec.Struct, frozen=True, array_like=True):
    """A bucket or a lock table that a rule found."""

    kind: Kind
    name: str
    region: str
    account: str = ""
    """The ID of its account; "": the account of the stack."""
    account_name: str = ""
    rule: str = ""
    """The key of the rule that found it (``Discovery.key``)."""

    @property
    def home(self) -> str:
        """Return a text that no other found container has."""
        regional = () if self.kind is Kind.S3 else (self.account, self.region)
        return ":".join((self.kind, *regional, self.name))

    @property
    def location(self) -> tuple[str, str, str]:
        """Return what tells a bucket from a later one with its name, which somebody else may have made elsewhere."""
        return self.home, self.account, self.region

    @property
    def called(self) -> str:
        """Return the container as people call it, with its account and region."""
        account = Account(self.account, self.account_name).called or "the stack's account"
        return f"{TRAITS[self.kind].container} {self.name} ({self.region}, {account})"


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """All that the rules found, each container once."""

    at: datetime
    """When the rules looked last."""
    containers: tuple[Container, ...] = ()
    reported: str = ""
    """The trouble of which people were told then; "": none, or it could not be told."""


def container_of(target: Target, rule: Discovery) -> Container:
    """Return what is remembered of a target that a rule found."""
    account = target.account
    return Container(target.kind, target.container, target.region or "", account.id, account.name, rule.key)


def targets_of(containers: Iterable[Container], rules: tuple[Discovery, ...]) -> tuple[Target, ...]:
    """Return the targets of the remembered containers that the rules, as they are now, can still find."""
    found = (_target(container, rules) for container in containers)
    return tuple(target for target in found if target)


def by_rule(containers: Iterable[Container], rules: tuple[Discovery, ...]) -> dict[str, list[Container]]:
    """Return the remembered containers of each rule as it is now, by the rule's key."""
    sorted_out: dict[str, list[Container]] = {rule.key: [] for rule in rules}
    for container in containers:
        for rule in _finders(container, rules):
            sorted_out[rule.key].append(container)
            break
    return sorted_out


def _target(container: Container, rules: tuple[Discovery, ...]) -> Target | None:
    for rule in _finders(container, rules):
        if account := rule.account_of(container.account, container.account_name):
            return rule.target_in(account, container.region, container.name)
    return None


def _finders(container: Container, rules: tuple[Discovery, ...]) -> Iterator[Discovery]:
    """Yield the rules that can find a container: first the one that did, which also saw the tags."""
    able = [rule for rule in rules if _can_find(rule, container)]
    yield from sorted(able, key=lambda rule: rule.key != container.rule)


def _can_find(rule: Discovery, container: Container) -> bool:
    return (
        rule.kind is container.kind
        and rule.named(container.name)
        and rule.looks_into(container.region)
        and rule.account_of(container.account, container.account_name) is not None
    )
