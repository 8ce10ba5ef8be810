"""Tell which places are in other accounts than the operator's credentials: these are never asked about such a place."""

from collections import Counter
from collections.abc import Iterable

from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Place
from chalicelib.core.policy import Rules

_MOST_NAMED = 5


def elsewhere(place: Place, rules: Rules | None) -> Account | None:
    """Return the account of a place, if that is known to be another than the reaper's own; None: it is not.

    An operator finds a reaper only with credentials of its account, so that is the operator's account too.
    """
    if rules is None:
        return Account(place.account) if place.account else None
    account = rules.locations.of(place).account
    return account if account.id and account.id != rules.home.id else None


def not_looked_at(accounts: Iterable[Account]) -> str:
    """Say of targets, each by its account, that nobody looked at them; "" for none."""
    counts = Counter(account.called for account in accounts)
    if not counts:
        return ""
    named = ", ".join(f"account {called}" for called, _ in counts.most_common(_MOST_NAMED))
    more = f" and {len(counts) - _MOST_NAMED} more accounts" if len(counts) > _MOST_NAMED else ""
    targets = "1 target" if counts.total() == 1 else f"{counts.total()} targets"
    return f"not looked at: {targets} in {named}{more}. Their locks are shown as the reaper's book has them"


def other_credentials(what: str, account: Account, own: str) -> str:
    """Say that a thing is in another account, and what to do."""
    yours = f"account {own}" if own else "another account"
    return (
        f"{what} is in account {account.called}, and your credentials are of {yours}. Use credentials of that account "
        "(--profile), or click Release in Slack"
    )
