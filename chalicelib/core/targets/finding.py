"""What a target rule found in one night, and what became of the containers that it knew."""

from collections.abc import Iterable

import msgspec

from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.target import Target
from chalicelib.core.targets.remembered import Container, container_of

_MOST, _LONGEST = 3, 250
"""Most places that a report names for one rule, and most characters of each."""


class Unseen(msgspec.Struct, frozen=True):
    """A part of the world that a rule could not look into."""

    why: str
    account: Account | None = None
    """None: a unit or the whole organisation, so that nobody knows which accounts it has."""
    region: str = ""
    """"": all regions of the account."""

    def may_have(self, container: Container) -> bool:
        """Return whether a container may still be there, unseen."""
        if self.account is not None and self.account.id != container.account:
            return False
        return not self.region or self.region == container.region

    @property
    def words(self) -> str:
        """Return where the rule could not look, and why."""
        if self.account is None:
            return self.why
        where = f"account {self.account.called}" if self.account.id else "the stack's account"
        return f"{where}{f', {self.region}' if self.region else ''}: {self.why}"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule found."""

    targets: tuple[Target, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    accounts: int = 0
    """Number of accounts that it looked into, with those that it could not look into."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding changes of what was remembered."""

    found: int
    new: tuple[Container, ...]
    gone: tuple[Container, ...]
    kept: tuple[Container, ...]
    """Those that were not seen, but may still be there."""
    seen: tuple[Container, ...]
    """All that were found."""


def news_of(rule: Discovery, finding: Finding, known: Iterable[Container]) -> News:
    """Compare what a rule found with what it had found before.

    Where the rule could not look, all may still be there. A rule that finds nothing at all is more likely to be wrong
    (a tag that was renamed, a role that sees too little) than all of its containers to be gone, so they are kept too.
    A bucket that is found in another account than before is another bucket with the same name: one is gone, one is new.
    """
    found = {one.home: one for one in (container_of(target, rule) for target in finding.targets)}
    before = {one.location: one for one in known}
    there = {one.location for one in found.values()}
    missing = [one for location, one in before.items() if location not in there]
    kept = tuple(one for one in missing if one.home not in found and (not found or _may_be_there(one, finding)))
    return News(
        found=len(found),
        new=tuple(one for one in found.values() if one.location not in before),
        gone=tuple(one for one in missing if one not in kept),
        kept=kept,
        seen=tuple(found.values()),
    )


def _may_be_there(container: Container, finding: Finding) -> bool:
    return any(unseen.may_have(container) for unseen in finding.unseen)


def trouble_of(finding: Finding) -> str:
    """Return what people have to hear of a finding; "": nothing."""
    if finding.unseen:
        return _briefly([unseen.words for unseen in finding.unseen], finding.accounts)
    if not finding.targets:
        return "finds nothing, so what it found before stays: see its names, tags, accounts and regions in reaper.toml"
    return ""


def _briefly(places: list[str], accounts: int) -> str:
    more = len(places) - _MOST
    told = "; ".join([*(_cut(words) for words in places[:_MOST]), *([f"and {more} more"] if more > 0 else [])])
    where = "1 place" if len(places) == 1 else f"{len(places)} places"
    of = f" (of {accounts} accounts)" if accounts > 1 else ""
    return f"could not look into {where}{of}, so what it found there before stays: {told}"


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
