"""Target rules that name many targets at once: ``[[discover]]`` in ``reaper.toml``."""

import hashlib

import msgspec

from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import TRAITS, Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.patterns import expression


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
    organization: Account = HOME
    """The account whose AWS Organizations tells the accounts of ``units``."""
    regions: tuple[str, ...] = ()
    """The regions to look into. Without any: all for buckets, the region of the stack for tables."""
    prefixes: tuple[str, ...] = ()
    """The prefixes of each target that it finds."""
    debris: bool = False
    """``Target.debris`` of each target that it finds."""

    def at_home(self, own: str, member: Account) -> "Discovery":
        """Return the rule with a role for every account that needs one (``Account.at_home``)."""
        return msgspec.structs.replace(
            self,
            accounts=tuple(account.at_home(own, member) for account in self.accounts),
            member=Account(
                role=self.member.role or member.role, external_id=self.member.external_id or member.external_id
            ),
            organization=self.organization.at_home(own, member),
        )

    @property
    def called(self) -> str:
        """Return the rule as people recognise it in their configuration."""
        tags = [f"{key}={value}" for key, value in self.tags.items()]
        parts = {
            "": (f"{TRAITS[self.kind].container}s {', '.join(self.names)}",),
            "tagged ": tags,
            "in ": (*(account.id or "the stack's account" for account in self.accounts), *self.units),
            "of ": self.regions,
        }
        return " ".join(f"{word}{', '.join(said)}" for word, said in parts.items() if said)

    @property
    def key(self) -> str:
        """Return a short text that no other rule has."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]

    def named(self, container: str) -> bool:
        """Return whether a container's name matches."""
        return expression(self.names).fullmatch(container) is not None

    def tagged(self, tags: dict[str, str]) -> bool:
        """Return whether a container with these tags matches."""
        return all(
            key in tags and expression((pattern,)).fullmatch(tags[key]) is not None
            for key, pattern in self.tags.items()
        )

    def looks_into(self, region: str) -> bool:
        """Return whether a bucket of a region can be found by the rule."""
        return not self.regions or region in self.regions

    def target_in(self, account: Account, region: str, container: str) -> Target:
        """Return the target for a container that the rule found."""
        return Target(self.kind, container, self.prefixes, region, account=account, debris=self.debris)

    def account_of(self, named: str, called: str) -> Account | None:
        """Return an account with the role by which the rule gets into it; None: the rule does not look into it.

        ``named`` is its ID, or "" for the account of the stack; ``called`` its name.
        """
        listed = next((account for account in self.accounts if account.id == named), None)
        if listed is None and not self.units:
            return HOME if not named and not self.accounts else None
        if not named:
            return Account(name=called)
        return msgspec.structs.replace(listed or self.member, id=named, name=called)
