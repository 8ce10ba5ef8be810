"""List the active accounts below units of AWS Organizations."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from chalicelib.aws.discovery.listing_pages import pages
from chalicelib.core.locks.account import Account

_ACTIVE = "ACTIVE"


class NoTimeError(Exception):
    """There was no time left to list all accounts."""


def accounts_below(client: Any, units: Iterable[str], has_time: Callable[[], bool] = lambda: True) -> list[Account]:
    """Return the ID and name of each active account in these units and in all units below them, each account once.

    A root has all accounts of the organisation, also its management account.

    Raises:
        NoTimeError: the time was over before all units were listed. It raises whatever boto3 raises, too.
    """
    found: dict[str, Account] = {}
    left, seen = list(units), set[str]()
    while left:
        unit = left.pop()
        if unit in seen:
            continue
        seen.add(unit)
        if not has_time():
            raise NoTimeError
        found |= {account.id: account for account in _accounts_in(client, unit)}
        left += _units_in(client, unit)
    return list(found.values())


def _accounts_in(client: Any, unit: str) -> Iterator[Account]:
    for page in pages(client.list_accounts_for_parent, "NextToken", "NextToken", ParentId=unit):
        for one in page.get("Accounts", []):
            if _state(one) == _ACTIVE:
                yield Account(one["Id"], one.get("Name", ""))


def _units_in(client: Any, unit: str) -> Iterator[str]:
    for page in pages(client.list_organizational_units_for_parent, "NextToken", "NextToken", ParentId=unit):
        yield from (one["Id"] for one in page.get("OrganizationalUnits", []))


def _state(account: Mapping[str, Any]) -> str:
    """Return the state of an account. ``State`` comes in the place of ``Status``, and alone tells of pending closures.

    docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
    """
    return str(account.get("State") or account.get("Status"))
