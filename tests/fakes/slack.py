"""Slack as the jobs know it, in memory. ``contracts/`` holds it to what the real one does."""

from dataclasses import dataclass, field

from chalicelib.core.alerts.alert import Alert, Reply
from chalicelib.core.alerts.channel_trouble import ChannelNotice
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Handle, Posted, Sending
from chalicelib.core.clicks.click import Person, Unheard, Whisper
from chalicelib.core.doctor.weekly.news import News
from chalicelib.core.joint.click import JointAnswer
from chalicelib.core.joint.shown import JointAlert, JointListing, JointReply
from chalicelib.core.nights.summary import NightSummary
from chalicelib.ports.people import (
    Ability,
    ChannelRefusedError,
    DirectoryError,
    MaybePostedError,
    Message,
    MessageFixedError,
    MessageGoneError,
    MessengerError,
    Way,
)

ANSWER, REQUEST = "answer", "request"


@dataclass
class FakeMessenger:
    """A Slack that remembers what it was told.

    ``refusing`` holds the error that everything is met with. ``losing`` is ANSWER while posts stand there but nobody
    is told so, REQUEST while they get lost on their way: to who posts it is the same.
    """

    shown: dict[Posted, Alert] = field(default_factory=dict)
    replies: dict[Posted, Reply] = field(default_factory=dict)
    joint_replies: dict[Posted, JointReply] = field(default_factory=dict)
    digests: dict[Posted, Digest] = field(default_factory=dict)
    joints: dict[Posted, JointAlert] = field(default_factory=dict)
    lists: dict[Posted, JointListing] = field(default_factory=dict)
    answers: list[tuple[str, JointAnswer]] = field(default_factory=list)
    """What one person was told of a click on a joint alert."""
    whispers: list[tuple[str, Whisper]] = field(default_factory=list)
    notices: dict[Posted, ChannelNotice] = field(default_factory=dict)
    turned_away: list[Unheard] = field(default_factory=list)
    overheard: list[Whisper | JointAnswer | Unheard] = field(default_factory=list)
    """What one person was told where everybody reads it."""
    reports: list[tuple[str, str, str | NightSummary | News]] = field(default_factory=list)
    edits: int = 0
    refusing: str = ""
    losing: str = ""
    channels_refused: set[str] = field(default_factory=set)
    fixed: bool = False
    """Whether no message can be edited any more."""
    can: frozenset[Ability] = frozenset(Ability)
    _traces: dict[Posted, str] = field(default_factory=dict)
    _count: int = 0

    def busy_for(self, way: Way, channel: str) -> float:
        return 0

    def post(self, message: Message, sending: Sending) -> Posted:
        there = Ability.THREAD in self.can and self._there(sending.channel, sending.beneath)
        posted = self._stand(sending, sending.beneath if there else "")
        if self.losing != REQUEST:
            self._put(posted, message)
        return self._answer(posted)

    def edit(self, posted: Posted, message: Message) -> None:
        self._check(posted.channel)
        self._may_edit()
        standing = self._same(posted)
        if standing not in self._all():
            raise MessageGoneError("Slack answered message_not_found")
        if self.fixed:
            raise MessageFixedError("Slack answered edit_window_closed")
        self.edits += not isinstance(message, Digest)
        self._put(standing, message)

    def reply(self, reply: Reply | JointReply) -> Posted:
        threaded = Ability.THREAD in self.can
        posted = self._stand(reply.sending, reply.sending.beneath if threaded else "")
        if self.losing != REQUEST:
            self._put_reply(posted, reply)
        if threaded and not self._there(posted.channel, posted.beneath):
            raise MessageGoneError("the message to reply to is no longer there")
        return self._answer(posted)

    def find(self, sending: Sending) -> Posted | None:
        self._check()
        may_look = Ability.FIND in self.can and not self._refuses(sending.channel)
        there = {**self._all(), **self.replies, **self.joint_replies, **self.notices} if may_look else {}
        here = (sending.channel, sending.beneath, sending.trace)
        return next((one for one in there if (one.channel, one.beneath, self._traces[one]) == here), None)

    def whisper(self, person: Person, whisper: Whisper | JointAnswer) -> None:
        self._check()
        if Ability.ALONE not in self.can:
            self.overheard.append(whisper)
        elif isinstance(whisper, JointAnswer):
            self.answers.append((person.user, whisper))
        else:
            self.whispers.append((person.user, whisper))

    def turn_away(self, unheard: Unheard) -> None:
        self._check()
        if Ability.ALONE in self.can:
            self.turned_away.append(unheard)
        else:
            self.overheard.append(unheard)

    def notify(self, notice: ChannelNotice) -> Posted:
        posted = self._stand(notice.sending)
        if self.losing != REQUEST:
            self.notices[posted] = notice
        return self._answer(posted)

    def report(self, channel: str, subject: str, told: str | NightSummary | News) -> None:
        self._check(channel)
        self.reports.append((channel, subject, told))

    def delete(self, posted: Posted) -> None:
        """What somebody may do to a message in Slack."""
        self.shown.pop(posted, None)
        self.digests.pop(posted, None)
        self.joints.pop(posted, None)
        self.lists.pop(posted, None)

    def _stand(self, sending: Sending, beneath: Handle = "") -> Posted:
        self._check(sending.channel)
        self._count += 1
        posted = sending.stands(f"{self._count}.000001", beneath)
        self._traces[posted] = sending.trace
        return posted

    def _may_edit(self) -> None:
        if Ability.EDIT not in self.can:
            raise MessageFixedError("a webhook's message cannot be edited")

    def _answer(self, posted: Posted) -> Posted:
        if self.losing:
            raise MaybePostedError("Slack could not be reached: timed out")
        return posted

    def _there(self, channel: str, handle: Handle) -> bool:
        return any((posted.channel, posted.handle) == (channel, handle) for posted in self._all())

    def _all(self) -> dict[Posted, Message]:
        return {**self.shown, **self.digests, **self.joints, **self.lists}

    def _put_reply(self, posted: Posted, reply: Reply | JointReply) -> None:
        if isinstance(reply, JointReply):
            self.joint_replies[posted] = reply
        else:
            self.replies[posted] = reply

    def _put(self, posted: Posted, message: Message) -> None:
        match message:
            case Alert():
                self.shown[posted] = message
            case Digest():
                self.digests[posted] = message
            case JointAlert():
                self.joints[posted] = message
            case JointListing():
                self.lists[posted] = message

    def _same(self, posted: Posted) -> Posted:
        """Return an alert's message as it was posted: a click tells less of it."""
        wanted = (posted.channel, posted.handle)
        return next((one for one in self._all() if (one.channel, one.handle) == wanted), posted)

    def _check(self, channel: str = "") -> None:
        if self.refusing:
            raise MessengerError(self.refusing)
        if self._refuses(channel):
            raise ChannelRefusedError(channel, "Slack answered not_in_channel")

    def _refuses(self, channel: str) -> bool:
        return Ability.CHANNELS in self.can and channel in self.channels_refused


@dataclass
class FakeDirectory:
    """A workspace's people. ``refusing`` holds the error that everything is met with."""

    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    """Whose member somebody is, by their ID."""
    refusing: str = ""

    def members(self, group: str) -> frozenset[str]:
        self._check()
        if group not in self.groups:
            raise DirectoryError("Slack answered no_such_subteam (there is no such user group)")
        return self.groups[group]

    def user_by_email(self, address: str) -> str:
        self._check()
        return self.users.get(address, "")

    def belongs(self, user: str, enterprise: str) -> bool:
        self._check()
        return bool(enterprise) and self.organisations.get(user) == enterprise

    def _check(self) -> None:
        if self.refusing:
            raise DirectoryError(self.refusing)
