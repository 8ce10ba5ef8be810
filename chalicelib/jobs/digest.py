"""Digests: one message for many new alerts of a channel, kept true as its locks go."""

from contextlib import suppress
from datetime import datetime

import msgspec

from chalicelib.book_ports import BookError
from chalicelib.core.alert import SURE_AFTER, UNDER_WAY, LockRecord, Posted
from chalicelib.core.copies import copy_of
from chalicelib.core.digest import LINES, OLDEST, Digest, Named
from chalicelib.jobs.case import Case
from chalicelib.ports import ChannelRefusedError, MessageGoneError, MessengerError, ReplyLostError, World


def stand(channel: str, cases: list[Case], world: World, now: datetime) -> Posted | None:
    """The message that the alerts of these cases, oldest first, go beneath; None: another run is posting one.

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


def _stand(channel: str, meant_for: str, cases: list[Case], world: World, now: datetime) -> Posted | None:
    locks = tuple(case.ref.name for case in cases[:LINES])
    digest = Digest(
        channel=channel,
        locks=locks,
        held=len(locks),
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
    except BookError:
        return world.messenger.post_digest(digest)  # too many messages are a smaller harm than none


def _named(case: Case) -> Named:
    return Named(case.ref.state_path, case.record.taken, copy=bool(copy_of(case.record.lock)))


def refresh(digests: list[Digest], records: list[LockRecord], world: World, now: datetime) -> list[str]:
    """Say in each digest how many of its locks are still held; what could not be said is returned."""
    untold = []
    for digest in digests:
        try:
            _refresh(digest, records, world, now)
        except (MessengerError, BookError) as error:
            untold.append(f"digest in {digest.channel}: {error}")
    return untold


def _look_for(lost: Digest, digest: Digest, world: World, now: datetime) -> Posted | None:
    """Where an earlier digest may stand already, it becomes this one's message."""
    if not lost.unsure(now):
        return None
    posted = world.messenger.find(lost.channel, "", lost.token, lost.at)
    if posted is None:
        world.digests.drop(lost)
        return _post(digest, world, now) if world.digests.claim(digest) else None
    found = msgspec.structs.replace(digest, at=lost.at, posted=posted, claimed_until=None)
    world.digests.keep(found)
    world.messenger.edit_digest(found)
    return posted


def _post(digest: Digest, world: World, now: datetime) -> Posted:
    try:
        posted = world.messenger.post_digest(digest)
    except MessengerError as error:
        with suppress(BookError):
            if isinstance(error, ReplyLostError):
                world.digests.keep(msgspec.structs.replace(digest, claimed_until=now + SURE_AFTER))
            else:
                world.digests.drop(digest)
        raise
    with suppress(BookError):
        world.digests.keep(msgspec.structs.replace(digest, posted=posted, claimed_until=None))
    return posted


def _refresh(digest: Digest, records: list[LockRecord], world: World, now: datetime) -> None:
    # So long its lines, and what is said to follow it, may still be on their way.
    if digest.posted is None or now - digest.at < UNDER_WAY:
        return
    held = len({record.lock.ref.name for record in records if not record.ending}.intersection(digest.locks))
    current = msgspec.structs.replace(digest, held=held, waiting=0)
    if current == digest:
        return
    with suppress(MessageGoneError, ChannelRefusedError):
        world.messenger.edit_digest(current)
    if held:
        world.digests.keep(current)
    else:
        world.digests.drop(current)
