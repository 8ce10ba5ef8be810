"""The messages of a joint alert as plain data: all they say, nothing of how it looks."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.digest import counted_by
from chalicelib.core.alerts.listing import Listed, pages_of
from chalicelib.core.alerts.message import Sending
from chalicelib.core.clicks.list_query import PAGE
from chalicelib.core.joint.joint import Joint, Member
from chalicelib.core.policy import Policy, Rules, by_name


class JointAlert(msgspec.Struct, frozen=True, kw_only=True):
    """The message of a joint alert, as it should read now."""

    joint: Joint
    now: datetime
    called: tuple[str, ...] = ()
    """Whom the message calls. An edit calls nobody."""
    second_person: bool = False
    """Whether the release of one of its locks takes two people."""
    undo: timedelta = timedelta(0)
    instead_of: str = ""
    """The channel that it was meant for, when it is posted elsewhere."""
    accounts: dict[str, str] = {}
    """The accounts of the held locks as people call them, by ``Place.home``; empty while all targets are in one."""

    @property
    def by_account(self) -> tuple[tuple[str, int], ...]:
        """Return the accounts of the held locks, each with the number of its locks, the largest first."""
        known = (self.accounts.get(member.ref.place.home, "") for member in self.joint.held.values())
        return counted_by(known)

    @property
    def open(self) -> bool:
        """Return whether one of its locks is still held, as far as is known."""
        return bool(self.joint.held)


class JointReply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply beneath a joint alert, for all of its locks together."""

    joint: Joint
    sending: Sending
    count: int
    """Number of locks that have reached the level."""
    called: tuple[str, ...] = ()


class JointListing(msgspec.Struct, frozen=True, kw_only=True):
    """One listing page of the locks of a joint alert, in its thread. Everybody in the channel sees it."""

    joint: Joint
    now: datetime
    page: int
    locks: tuple[Listed, ...]

    @property
    def pages(self) -> int:
        """Return how many listing pages there are."""
        return pages_of(len(self.joint.held))


def alert_of(joint: Joint, rules: Rules, now: datetime) -> JointAlert:
    """Return the message of a joint alert."""
    policies = policies_of(joint.locks, rules)
    elsewhere = joint.posted.instead_of if joint.posted else ""
    places = (member.ref.place for member in joint.held.values())
    accounts = {place.home: rules.locations.shown_account(place) for place in places}
    called = tuple(dict.fromkeys(name for policy in policies for name in policy.called(0, joint.level)))
    return JointAlert(
        joint=joint,
        now=now,
        called=by_name(called) if elsewhere else called,
        second_person=any(policy.second_person for policy in policies),
        undo=rules.undo,
        instead_of=elsewhere,
        accounts={home: account for home, account in accounts.items() if account},
    )


def policies_of(members: Iterable[Member], rules: Rules) -> list[Policy]:
    """Return the policies of the routes of some locks, each once."""
    found: list[Policy] = []
    for member in members:
        policy = rules.policy_for(member.ref.place)
        if policy not in found:
            found.append(policy)
    return found


def on_page(joint: Joint, page: int) -> tuple[int, list[Member]]:
    """Return the listing page nearest to the one that was asked for, and its locks, the oldest first."""
    page = max(1, min(page, pages_of(len(joint.held))))
    return page, joint.oldest[(page - 1) * PAGE : page * PAGE]
