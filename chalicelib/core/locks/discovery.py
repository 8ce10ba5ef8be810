"""Target rules that name many targets at once: ``[[discover]]`` in ``reaper.toml``."""

import msgspec

from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that finds targets: every bucket or table of some accounts whose name and tags fit."""

    kind: Kind
    names: tuple[str, ...] = ("*",)
    """Patterns of the containers' names. One of them has to match."""
    tags: dict[str, str] = {}
    """Tags that a container must have, each with a pattern of its value."""
    accounts: tuple[Account, ...] = ()
    """The accounts to look into; with none and without units: the account of the stack."""
    units: tuple[str, ...] = ()
    """Roots (``r-...``) and organisational units (``ou-...``): all active accounts below them are looked into."""
    member: Account = Account()
    """The role and the ExternalId for the accounts of ``units``."""
    regions: tuple[str, ...] = ()
    """The regions to look into. Without any: all for buckets, the region of the stack for tables."""
    prefixes: tuple[str, ...] = ()
    """The prefixes of each target that it finds."""

    def at_home(self, own: str, member: Account) -> "Discovery":
        """Return the rule with a role for every account that needs one (``Account.at_home``)."""
        return msgspec.structs.replace(
            self,
            accounts=tuple(account.at_home(own, member) for account in self.accounts),
            member=Account(
                role=self.member.role or member.role, external_id=self.member.external_id or member.external_id
            ),
        )
