"""Targets: what is swept, and which places that covers."""

import msgspec

from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import TRAITS, Kind, Place


class Target(msgspec.Struct, frozen=True):
    """One container to sweep. Without prefixes, all of it. Without a region, it is in the region of the stack."""

    kind: Kind
    container: str
    prefixes: tuple[str, ...] = ()
    region: str | None = None
    stream: str = ""
    """The ARN of a table's stream; "": AWS tells nothing of the table's locks, so the reaper tells what it sees."""
    account: Account = HOME
    debris: bool = False
    """Whether the sweep counts what locks left behind in a bucket that keeps versions."""

    @property
    def called(self) -> str:
        """Return the target as people call it."""
        return f"{TRAITS[self.kind].container} {self.container}"

    @property
    def is_small(self) -> bool:
        """Return whether each watch lists it: it has little more than the locks, and AWS may tell nothing of them."""
        return TRAITS[self.kind].small

    def place(self, key: str) -> Place:
        """Return the place in this container with a key."""
        if not TRAITS[self.kind].regional:
            return Place(self.kind, self.container, key)
        return Place(self.kind, self.container, key, self.account.id, self.region or "")

    @property
    def home(self) -> str:
        """Return a text that no other container in the world has (``Place.home``)."""
        return self.place("").home

    def at_home(self, account: str, region: str, member: Account = HOME) -> "Target":
        """Return the target of a stack in this account and region, which are named by "" and None from then on.

        ``member`` is as for ``Account.at_home``.
        """
        return msgspec.structs.replace(
            self,
            account=self.account.at_home(account, member),
            region=None if self.region == region else self.region,
        )

    def place_for(self, state_path: str) -> Place | None:
        """Return the place within this target where the lock of a state would be kept; None: there is none."""
        traits = TRAITS[self.kind]
        before = traits.state_path.format(container=self.container, state_key="")
        if not state_path.startswith(before):
            return None
        place = self.place(state_path.removeprefix(before) + traits.suffix)
        return place if self.covers(place) else None

    def covers(self, place: Place) -> bool:
        """Return whether a place is within this target, so that the reaper may act on it."""
        ours = place == self.place(place.key)
        return ours and place.may_have_lock and (not self.prefixes or place.key.startswith(self.prefixes))
