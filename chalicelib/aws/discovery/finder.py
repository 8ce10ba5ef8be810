"""Find the targets of a rule in all its accounts, side by side. What goes wrong in one harms no other."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from random import sample
from typing import Any, NamedTuple

from chalicelib.aws.discovery import containers
from chalicelib.aws.discovery.listing_pages import EndlessListingError
from chalicelib.aws.discovery.organization import NoTimeError, accounts_below
from chalicelib.aws.errors_in_words import in_words
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import TRAITS, Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.targets.finding import Finding, Unseen
from chalicelib.ports.locks import StoreError

ClientOf = Callable[[Account, str, str | None], Any]
"""Returns a client that looks into an account, by service and region; None: the region of the stack."""

SIDE_BY_SIDE = 24
"""Most accounts that are looked into at once."""
_POLL_SECONDS = 0.2
_SERVICES = {"organizations": "AWS Organizations", "resourcegroupstaggingapi": "the tagging service"}
_TAGGED_AS = {Kind.S3: "s3", Kind.DYNAMODB: "dynamodb:table"}
_NO_TIME = "there was no time left to look; each night begins with others"


class Home(NamedTuple):
    """The place of the stack."""

    account: str
    region: str


class _Seen(NamedTuple):
    """What was found in one account."""

    targets: tuple[Target, ...] = ()
    unseen: tuple[Unseen, ...] = ()


class AwsTargetFinder:
    """``ports.targets.TargetFinder``."""

    def __init__(self, client_of: ClientOf, home: Home, side_by_side: int = SIDE_BY_SIDE) -> None:
        self._client_of = client_of
        self._home = home
        self._side_by_side = side_by_side

    def find(self, rule: Discovery, has_time: Callable[[], bool]) -> Finding:
        """Return what a rule finds now. Once the time is over, the accounts that are left count as unseen."""
        accounts, unlisted = self._accounts(rule, has_time)
        seen = [*self._look_into(rule, accounts, has_time), _Seen(unseen=unlisted)]
        return Finding(
            targets=tuple(target for one in seen for target in one.targets),
            unseen=tuple(unseen for one in seen for unseen in one.unseen),
            accounts=len(accounts),
        )

    def _accounts(self, rule: Discovery, has_time: Callable[[], bool]) -> tuple[list[Account], tuple[Unseen, ...]]:
        """Return the accounts that a rule looks into, each once, and the units that could not be listed."""
        listed = {account.id: account for account in rule.accounts}
        if not rule.units:
            return list(listed.values()) or [Account()], ()
        try:
            client = self._client_of(rule.organization, "organizations", None)
            below = accounts_below(client, rule.units, has_time)
        except Exception as error:  # noqa: BLE001  whatever went wrong, the accounts with an ID of their own are looked into
            why = f"the accounts of {', '.join(rule.units)} could not be listed: {_words('organizations', error)}"
            return list(listed.values()), (Unseen(why),)
        for account in below:
            own = "" if account.id == self._home.account else account.id
            if found := rule.account_of(own, account.name):
                listed[own] = found
        return list(listed.values()), ()

    def _look_into(self, rule: Discovery, accounts: list[Account], has_time: Callable[[], bool]) -> Iterator[_Seen]:
        """Look into the accounts side by side, in any order; yield what was seen in each."""
        with _Side(min(self._side_by_side, len(accounts) or 1)) as pool:
            looking = {pool.submit(self._look, rule, account): account for account in sample(accounts, len(accounts))}
            left = set(looking)
            while left and has_time():
                done, left = wait(left, _POLL_SECONDS)
                yield from (future.result() for future in done)
            yield from (_Seen(unseen=(Unseen(_NO_TIME, looking[future]),)) for future in left)

    def _look(self, rule: Discovery, account: Account) -> _Seen:
        try:
            by_region = self._containers(rule, account)
        except Exception as error:  # noqa: BLE001  it harms no other account
            return _Seen(unseen=(Unseen(_words("s3", error), account),))
        seen = [self._matching(rule, account, region, named) for region, named in by_region]
        return _Seen(
            tuple(target for one in seen for target in one.targets),
            tuple(unseen for one in seen for unseen in one.unseen),
        )

    def _containers(self, rule: Discovery, account: Account) -> list[tuple[str, Callable[[], Iterable[str]]]]:
        """Return the regions to look into, each with what lists the containers there."""
        if rule.kind is Kind.DYNAMODB:
            regions = rule.regions or (self._home.region,)
            return [(region, partial(self._tables, account, region)) for region in regions]
        there: dict[str, list[str]] = {}
        for name, region in containers.buckets(self._client_of(account, "s3", None), rule.names):
            there.setdefault(region, []).append(name)
        return [(region, partial(iter, names)) for region, names in there.items() if rule.looks_into(region)]

    def _tables(self, account: Account, region: str) -> Iterator[str]:
        return containers.tables(self._client_of(account, "dynamodb", region))

    def _matching(self, rule: Discovery, account: Account, region: str, listed: Callable[[], Iterable[str]]) -> _Seen:
        service = TRAITS[rule.kind].service
        try:
            named = [name for name in listed() if rule.named(name)]
            service = "resourcegroupstaggingapi"
            if named and rule.tags:
                named = self._tagged(rule, account, region, named)
        except Exception as error:  # noqa: BLE001  it harms no other region
            return _Seen(unseen=(Unseen(_words(service, error), account, region),))
        return _Seen(tuple(rule.target_in(account, region, name) for name in named))

    def _tagged(self, rule: Discovery, account: Account, region: str, named: list[str]) -> list[str]:
        client = self._client_of(account, "resourcegroupstaggingapi", region)
        tags = containers.tags(client, _TAGGED_AS[rule.kind], tuple(rule.tags))
        return [name for name in named if rule.tagged(tags.get(name, {}))]


class _Side(ThreadPoolExecutor):
    """Threads that nobody waits for once the time is over: a call that hangs ends by its own time-out."""

    def __exit__(self, *_: object) -> None:
        self.shutdown(wait=False, cancel_futures=True)


def _words(service: str, error: Exception) -> str:
    if isinstance(error, NoTimeError):
        return _NO_TIME
    if isinstance(error, StoreError | EndlessListingError):
        return str(error)
    return in_words(_SERVICES.get(service, service), error)
