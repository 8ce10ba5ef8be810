"""The messages of a joint alert as plain data: all they say, nothing of how it looks."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.digest import OLDEST, by_account
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
    accounts: tuple[tuple[str, int], ...] = ()
    """The accounts of the held locks, as ``Digest.accounts``."""
    named: tuple[str, ...] = ()
    """The accounts of the oldest locks, in their order; "" while all targets are in one account."""
    instead_of: str = ""
    """The channel that it was meant for, when it is posted elsewhere."""

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
    called = tuple(dict.fromkeys(name for policy in policies for name in policy.called(0, joint.level)))
    return JointAlert(
        joint=joint,
        now=now,
        called=by_name(called) if elsewhere else called,
        second_person=any(policy.second_person for policy in policies),
        undo=rules.undo,
        accounts=by_account((one.ref.place for one in joint.held.values()), rules),
        named=tuple(rules.locations.shown_account(one.ref.place) for one in joint.oldest[:OLDEST]),
        instead_of=elsewhere,
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
