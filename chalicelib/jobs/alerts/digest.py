"""Post digests (one message for many new alerts of a channel) and edit them while lines are added and locks go."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.digest import (
    LINES,
    OLDEST,
    Digest,
    Named,
    by_account,
    counted,
    differ,
    held_by_short_name,
    is_untold,
    short_name,
)
from chalicelib.core.alerts.message import UNDER_WAY, Posted, Sending
from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.copies import copy_of
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.say import look_for, say_once
from chalicelib.ports.book import BookError, DigestBook
from chalicelib.ports.people import ChannelRefusedError, MessageGoneError
from chalicelib.ports.world import World


@dataclass(frozen=True)
class _Claim:
    """``say.Claim`` for a digest, kept in the book of digests."""

    digests: DigestBook
    digest: Digest

    @property
    def sending(self) -> Sending:
        """Return the digest as a message to send."""
        return self.digest.sending

    def take(self) -> bool:
        """Take the right to send the digest."""
        return self.digests.claim(self.digest)

    def drop(self) -> None:
        """Give the right back."""
        self.digests.forget(self.digest)

    def doubt(self, until: datetime) -> None:
        """Note that the digest may or may not have been sent."""
        self.digests.doubt(self.digest, until)

    def said(self, posted: Posted) -> None:
        """Note where the digest's message stands."""
        self.digests.save(_standing(self.digest, posted))


def stand(channel: str, cases: list[Case], world: World, now: datetime) -> Digest | None:
    """Post a digest for the alerts of these cases, which are sorted oldest first; None: another run is posting one.

    If their channel takes nothing, it is posted in the channel for the reaper's own trouble.

    Raises:
        MessengerError: Slack did not take it, or Slack's answer was lost.
    """
    detours = cases[0].detours
    try:
        return _stand(detours.channel_for(channel), channel, cases, world, now)
    except ChannelRefusedError as error:
        if not detours.close(error):
            raise
        return _stand(detours.channel_for(channel), channel, cases, world, now)


def _stand(channel: str, meant_for: str, cases: list[Case], world: World, now: datetime) -> Digest | None:
    locks = tuple(short_name(case.ref) for case in cases[:LINES])
    digest = Digest(
        channel=channel,
        locks=locks,
        held=len(locks),
        coming=len(locks),
        waiting=len(cases) - len(locks),
        accounts=by_account((case.ref.place for case in cases[:LINES]), cases[0].rules),
        oldest=tuple(_named(case) for case in cases[:OLDEST]),
        at=now,
        instead_of=meant_for if meant_for != channel else "",
        claimed_until=now + UNDER_WAY,
    )
    try:
        lost = next((other for other in world.digests.open() if other.channel == channel and not other.posted), None)
        if lost and not lost.unsure(now):
            return None
        if lost and (found := _found(lost, digest, world, now)):
            return found
    except BookError:
        pass  # a second digest does less harm than none
    return _post(digest, world, now)


def _named(case: Case) -> Named:
    page = case.page
    account = case.rules.locations.shown_account(case.ref.place)
    return Named(case.state_path, page.taken, bool(copy_of(page.lock)), case.ref.place, page.clock, account)


def changed(digests: list[Digest], pages: list[Page], rules: Rules, now: datetime) -> list[Digest]:
    """Count the locks of each posted digest again; return the digests that would read differently."""
    held = held_by_short_name(pages)
    waiting = _waiting(digests, held, rules, now)
    now_true = [counted(digest, held, rules, waiting[digest.channel], now) for digest in digests if digest.posted]
    before = {digest.sending: digest for digest in digests}
    return [digest for digest in now_true if differ(digest, before[digest.sending])]


def show(digest: Digest, world: World) -> None:
    """Edit a posted digest to show its numbers, and save them; a digest with no held lock is forgotten.

    Raises:
        MessengerError, BookError
    """
    with suppress(MessageGoneError, ChannelRefusedError):
        _edit(digest, world)
    if digest.held:
        world.digests.save(digest)
    else:
        world.digests.forget(digest)


def _edit(digest: Digest, world: World) -> None:
    if digest.posted:
        world.messenger.edit(digest.posted, digest)


def _waiting(digests: list[Digest], held: dict[str, Page], rules: Rules, now: datetime) -> Counter[str]:
    """Count by channel the locks that are over their first threshold, have no alert and are in no digest."""
    told = {name for digest in digests for name in digest.locks}
    waiting: Counter[str] = Counter()
    for name, page in held.items() if digests else ():
        if is_untold(page) and name not in told:
            policy = rules.policy_for(page.lock.ref.place)
            waiting[policy.channel] += policy.level(page.lock.risk, page.age(now)) > 0
    return waiting


def _found(lost: Digest, digest: Digest, world: World, now: datetime) -> Digest | None:
    """Use the message of an earlier digest, whose answer was lost, for this one, if that message can be found."""
    posted = look_for(_Claim(world.digests, lost), world)
    if posted is None:
        return None
    found = msgspec.structs.replace(_standing(digest, posted), at=lost.at, counted_at=now)
    world.digests.save(found)
    _edit(found, world)
    return found


def _post(digest: Digest, world: World, now: datetime) -> Digest | None:
    claim = _Claim(world.digests, digest)
    posted = say_once(claim, partial(world.messenger.post, digest, digest.sending), world, now)
    if posted is None:
        return None
    with suppress(BookError):
        claim.said(posted)
    return _standing(digest, posted)


def _standing(digest: Digest, posted: Posted) -> Digest:
    return msgspec.structs.replace(digest, posted=posted, claimed_until=None)
