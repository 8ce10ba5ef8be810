"""Digests: one message for many new alerts of a channel, kept true as its lines come and its locks go."""

from collections import Counter
from contextlib import suppress
from datetime import datetime

import msgspec

from chalicelib.core.alerts.digest import LINES, OLDEST, Digest, Named, counted, differ, held_by_mark, mark_of
from chalicelib.core.alerts.message import SENT_WITHIN, SURE_AFTER, UNDER_WAY
from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.locks.copies import copy_of
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Case
from chalicelib.ports.book import BookError
from chalicelib.ports.people import ChannelRefusedError, MessageGoneError, MessengerError, ReplyLostError
from chalicelib.ports.world import World


def stand(channel: str, cases: list[Case], world: World, now: datetime) -> Digest | None:
    """Post the digest that the alerts of these cases, oldest first, go beneath; None: another run is posting one.

    It stands in the channel for the reaper's own trouble where theirs takes nothing.

    Raises:
        MessengerError: Slack would not take it, or its answer was lost.
    """
    detours = cases[0].detours
    try:
        return _stand(detours.channel_for(channel), channel, cases, world, now)
    except ChannelRefusedError as error:
        if not detours.close(error):
            raise
        return _stand(detours.channel_for(channel), channel, cases, world, now)


def _stand(channel: str, meant_for: str, cases: list[Case], world: World, now: datetime) -> Digest | None:
    locks = tuple(mark_of(case.ref) for case in cases[:LINES])
    digest = Digest(
        channel=channel,
        locks=locks,
        held=len(locks),
        coming=len(locks),
        waiting=len(cases) - len(locks),
        oldest=tuple(_named(case) for case in cases[:OLDEST]),
        at=now,
        instead_of=meant_for if meant_for != channel else "",
        claimed_until=now + UNDER_WAY,
    )
    try:
        lost = next((other for other in world.digests.open() if other.channel == channel and not other.posted), None)
        if lost:
            return _look_for(lost, digest, world, now)
        return _post(digest, world, now) if world.digests.claim(digest) else None
    except BookError:  # too many messages are a smaller harm than none
        return msgspec.structs.replace(digest, posted=world.messenger.post_digest(digest))


def _named(case: Case) -> Named:
    return Named(case.ref.state_path, case.record.taken, copy=bool(copy_of(case.record.lock)))


def changed(digests: list[Digest], records: list[LockRecord], rules: Rules, now: datetime) -> list[Digest]:
    """Count the locks of each posted digest anew; return those that would read differently."""
    held = held_by_mark(records)
    waiting = _waiting(digests, held, rules, now)
    now_true = [counted(digest, held, waiting[digest.channel], now) for digest in digests if digest.posted]
    before = {digest.token: digest for digest in digests}
    return [digest for digest in now_true if differ(digest, before[digest.token])]


def show(digest: Digest, world: World) -> None:
    """Make a posted digest say its numbers, and remember them; one with no lock left is forgotten.

    Raises:
        MessengerError, BookError
    """
    with suppress(MessageGoneError, ChannelRefusedError):
        world.messenger.edit_digest(digest)
    if digest.held:
        world.digests.keep(digest)
    else:
        world.digests.drop(digest)


def _waiting(digests: list[Digest], held: dict[str, LockRecord], rules: Rules, now: datetime) -> Counter[str]:
    """Count by channel the locks that should have been told of by now and are in no digest."""
    told = {mark for digest in digests for mark in digest.locks}
    waiting: Counter[str] = Counter()
    for mark, record in held.items() if digests else ():
        if record.posted is None and mark not in told:
            policy = rules.policy_for(record.lock.ref.state_path)
            waiting[policy.channel] += policy.level(record.lock.risk, record.lock.age(now)) > 0
    return waiting


def _look_for(lost: Digest, digest: Digest, world: World, now: datetime) -> Digest | None:
    """Where an earlier digest may stand already, it becomes this one's message."""
    if not lost.unsure(now):
        return None
    posted = world.messenger.find(lost.channel, "", lost.token, lost.at)
    if posted is None:
        world.digests.drop(lost)
        return _post(digest, world, now) if world.digests.claim(digest) else None
    found = msgspec.structs.replace(digest, at=lost.at, counted_at=now, posted=posted, claimed_until=None)
    world.digests.keep(found)
    world.messenger.edit_digest(found)
    return found


def _post(digest: Digest, world: World, now: datetime) -> Digest | None:
    if world.clock() >= now + SENT_WITHIN:
        with suppress(BookError):
            world.digests.drop(digest)
        return None
    try:
        posted = world.messenger.post_digest(digest)
    except MessengerError as error:
        with suppress(BookError):
            if isinstance(error, ReplyLostError):
                world.digests.keep(msgspec.structs.replace(digest, claimed_until=now + SURE_AFTER))
            else:
                world.digests.drop(digest)
        raise
    standing = msgspec.structs.replace(digest, posted=posted, claimed_until=None)
    with suppress(BookError):
        world.digests.keep(standing)
    return standing
