"""A joint alert: one message about all locks that one run left behind, as the joint book remembers it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic, hash_of
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.part import Result
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.place import Clock, LockRef

MOST = 2000
"""Most locks of one joint alert, for all of its time."""
ROOM = 320_000
"""Most bytes that the names of its locks may have together. An item of DynamoDB may have 400 KB."""
_OPERATION, _BESIDE = 40, 40
"""Most characters of an operation, and about as many bytes of a lock that are not names."""


class Holder(msgspec.Struct, frozen=True, omit_defaults=True):
    """The run that holds the locks of a joint alert, by its session name or by what it says of itself."""

    session: str = ""
    """The session name in the run's AWS identity; "" when S3 told no identity."""
    who: str = ""
    """``Who`` of its locks; "" when the session name alone is the name of a single run."""

    @property
    def name(self) -> str:
        """Return the name by which people know the run."""
        return self.session or self.who


class Member(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One lock of a joint alert, as it was shown."""

    ref: LockRef
    halves: tuple[LockRef, ...] = ()
    """All halves of the lock that are held, in the order of their release; (): the lock alone."""
    taken: datetime
    clock: Clock = Clock.AWS
    operation: str = ""

    @property
    def size(self) -> int:
        """Return how many bytes its names have, about."""
        refs = (self.ref, *self.halves)
        texts = (f"{ref.place.container}{ref.place.key}{ref.stamp}" for ref in refs)
        return sum(len(text.encode(errors="replace")) + _BESIDE for text in texts)

    @property
    def names(self) -> list[str]:
        """Return the names of exactly this lock and its halves."""
        return [ref.name for ref in (self.ref, *self.halves)]


class Act(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one click did to the locks of a joint alert: released them, or put them back."""

    verb: JointVerb
    by: str
    click: str
    at: datetime
    numbers: tuple[int, ...]
    """The numbers of the locks that it is about."""
    approved: str = ""
    ended: int = 0
    """Number of locks whose part has ended."""
    over: bool = False
    """Whether nothing more is waited for."""
    done: tuple[int, ...] = ()
    """The numbers of the locks that this act itself released or put back, when it is over."""
    left: tuple[Result, ...] = ()
    """The first of the other locks with how their part ended, when it is over."""
    told_at: datetime | None = None
    """When the message last told of its progress."""

    @property
    def left_count(self) -> int:
        """Return how many of its locks it did not release or put back, when it is over."""
        return len(self.numbers) - len(self.done)

    def undo_until(self, undo: timedelta) -> datetime:
        """Return until when its locks can be put back."""
        return self.at + undo


class Joint(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One message about the locks of one run. Their numbers are their places in ``locks`` and never change."""

    id: str
    channel: str
    """The channel that its locks' routes name."""
    holder: Holder
    at: datetime
    locks: tuple[Member, ...]
    gone: frozenset[int] = frozenset()
    """The numbers of the locks that are not held any more."""
    owner: str = ""
    ci_run_link: str = ""
    level: int = 1
    """The highest level that was told."""
    said: frozenset[str] = frozenset()
    """The names of the things that were said."""
    posted: Posted | None = None
    sending: Sending | None = None
    claimed_until: datetime | None = None
    listing: Posted | None = None
    """The message in the thread that lists the locks."""
    listed: int = 1
    """The listing page that it shows."""
    shown_at: datetime | None = None
    """When the message was last written."""
    shown_version: int = 0
    """The version that the message shows."""
    snooze: Snooze | None = None
    quiet_at: datetime | None = None
    asked: Asked | None = None
    withdrawn: frozenset[str] = frozenset()
    """The clicks whose request was withdrawn."""
    act: Act | None = None
    version: int = 1
    """Counts the changes. A change is made only to the version that it was made from."""

    @property
    def held(self) -> dict[int, Member]:
        """Return the locks that are still held, as far as is known, by their numbers."""
        return {number: one for number, one in enumerate(self.locks) if number not in self.gone}

    @property
    def oldest(self) -> list[Member]:
        """Return the locks that are still held, the oldest first."""
        return sorted(self.held.values(), key=lambda one: (one.taken, one.ref.state_path))

    @property
    def since(self) -> datetime:
        """Return since when the oldest lock is held: of those that are held now, if there are any."""
        return min(one.taken for one in self.held.values() or self.locks)

    @property
    def shown(self) -> str:
        """Return a text that commits to exactly the locks that the message shows as held."""
        return commitment(self.held.values())

    @property
    def released(self) -> str:
        """Return a text that commits to exactly the locks that the last act released; "" if it released none."""
        done = self.act.done if self.act and self.act.verb is JointVerb.RELEASE else ()
        return commitment(self.locks[number] for number in done) if done else ""

    @property
    def running(self) -> Act | None:
        """Return the act that is under way; None: there is none."""
        return self.act if self.act and not self.act.over else None

    def committed(self, verb: JointVerb) -> str:
        """Return what a click with this verb has to commit to; "": there is nothing to do."""
        return self.released if verb is JointVerb.PUT_BACK else self.shown if self.held else ""

    def unsure(self, now: datetime) -> bool:
        """Return whether a message may or may not have been sent: its claim is over and nothing else is known."""
        return self.sending is not None and (self.claimed_until is None or self.claimed_until <= now)

    def snoozed(self, now: datetime) -> bool:
        """Return whether the alert is to be quiet now."""
        return self.snooze is not None and now < self.snooze.until

    def undoable(self, undo: timedelta, now: datetime) -> bool:
        """Return whether *Put back* is on offer for what the last act released."""
        act = self.act
        if act is None or not (act.over and act.done):
            return False
        return act.verb is JointVerb.RELEASE and now < act.undo_until(undo)

    def message(self, topic: Topic, which: str, at: datetime, beneath: Posted | None = None) -> Sending:
        """Return a message about the joint alert to send: its own, or one in the thread of ``beneath``."""
        return Sending(
            about=f"joint {self.id}",
            saying=(Saying(topic, which),),
            at=at,
            channel=beneath.channel if beneath else self.channel,
            beneath=beneath.root if beneath else "",
            level=self.level,
        )


def member_of(page: Page) -> Member:
    """Return a lock as a joint alert remembers it."""
    operation = page.lock.info.Operation if page.lock.info else ""
    halves = page.present if page.halves else ()
    return Member(
        ref=page.lock.ref, halves=halves, taken=page.held_since, clock=page.clock, operation=operation[:_OPERATION]
    )


def commitment(members: Iterable[Member]) -> str:
    """Return a text that is the same only for the same locks: the same acquires at the same places."""
    # As JSON, because a key may have any character: no two lists of names have the same text.
    return hash_of(msgspec.json.encode(sorted(one.names for one in members)).decode())
