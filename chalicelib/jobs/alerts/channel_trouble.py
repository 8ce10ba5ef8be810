"""Tell people once that a channel takes no alerts, and once that it takes them again.

The book remembers such channels from run to run. As with everything that is said (``say``), the claim comes before the
message, so that of two runs at once only one tells it, and a message whose answer was lost is looked for in Slack.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.channel_trouble import ChannelNotice, ChannelTrouble, NoticeKind, Phase, routed, waiting
from chalicelib.core.alerts.message import UNDER_WAY, Posted, Sending
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.say import send_claimed
from chalicelib.ports.book import BookError, ChannelBook
from chalicelib.ports.people import ChannelRefusedError, MessengerError
from chalicelib.ports.world import World


def attend(
    refused: dict[str, str],
    world: World,
    rules: Rules,
    now: datetime,
    has_time: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Tell what is new about channels that take nothing; return what could not be told.

    ``refused`` has the channels that refused something in this run, and why. Every other channel that is known to be in
    trouble is tried, with a message that says what people there have missed. When the time is over, the rest is left
    to the next run.
    """
    try:
        known = {trouble.channel: trouble for trouble in world.channels.troubled()}
    except BookError as error:
        return [f"channel {channel}: {error}" for channel in refused]
    teller, untold = _Teller(world, rules, now), []
    for channel in sorted({*known, *refused}):
        if not has_time():
            break
        new = ChannelTrouble(channel=channel, why=refused.get(channel, ""), since=now)
        try:
            teller.attend(known.get(channel), new)
        except (MessengerError, BookError) as error:
            untold.append(f"channel {channel}: {error}")
    return untold


@dataclass
class _Claim:
    """``say.Claim`` for a notice, kept in the book's entry of the channel."""

    channels: ChannelBook
    notice: ChannelNotice
    done: Phase
    """The phase of the trouble after the notice was sent."""
    now: datetime
    trouble: ChannelTrouble
    """The trouble as the book has it now."""

    @property
    def sending(self) -> Sending:
        """Return the notice as a message to send."""
        return self.notice.sending

    def take(self) -> bool:
        """Take the right to send the notice."""
        return self._change(claimed_until=self.now + UNDER_WAY)

    def drop(self) -> None:
        """Give the right back."""
        self._change(claimed_until=None)

    def doubt(self, until: datetime) -> None:
        """Note that the notice may or may not have been sent."""
        self._change(claimed_until=until)

    def said(self, _posted: Posted) -> None:
        """Note that the notice was sent."""
        self._change(phase=self.done, claimed_until=None)

    def _change(self, **changes: object) -> bool:
        changed = _changed(self.trouble, self.channels, **changes)
        self.trouble = changed or self.trouble
        return changed is not None


class _Teller(msgspec.Struct, frozen=True):
    world: World
    rules: Rules
    now: datetime

    def attend(self, known: ChannelTrouble | None, new: ChannelTrouble) -> None:
        """Take the steps that are due for one channel; ``new.why`` is "" if it refused nothing in this run."""
        trouble = known
        if trouble is None:
            trouble = new if self.world.channels.replace(None, new) else None
        if trouble and trouble.phase is Phase.NEW:
            trouble = self._say(trouble, NoticeKind.BEGAN, Phase.TOLD)
        if trouble and trouble.phase is Phase.TOLD and not new.why:
            trouble = self._try(trouble)
        if trouble and trouble.phase is Phase.BACK and self._say(trouble, NoticeKind.OVER, Phase.BACK):
            self.world.channels.forget(trouble.channel)

    def _try(self, trouble: ChannelTrouble) -> ChannelTrouble | None:
        """Try whether the channel takes messages again. If no route leads to it any more, no try is needed."""
        if not routed(trouble.channel, self.rules):
            return _changed(trouble, self.world.channels, phase=Phase.BACK)
        try:
            return self._say(trouble, NoticeKind.BACK, Phase.BACK)
        except ChannelRefusedError:
            return None

    def _say(self, trouble: ChannelTrouble, kind: NoticeKind, phase: Phase) -> ChannelTrouble | None:
        """Send one notice once; return the trouble as it is then. None: another run sends it or has sent it."""
        if trouble.claimed_until and self.now < trouble.claimed_until:
            return None
        claim = _Claim(self.world.channels, self._notice(trouble, kind), phase, self.now, trouble)
        if not claim.take():
            return None
        posted = self.world.messenger.find(claim.sending) if trouble.claimed_until else None
        posted = posted or send_claimed(claim, partial(self.world.messenger.notify, claim.notice), self.world, self.now)
        if posted:
            claim.said(posted)
        return claim.trouble if claim.trouble.claimed_until is None else None

    def _notice(self, trouble: ChannelTrouble, kind: NoticeKind) -> ChannelNotice:
        pages = self.world.book.open_pages()
        return ChannelNotice(
            kind=kind,
            trouble=trouble,
            instead=self.rules.trouble_channel,
            waiting=waiting(trouble.channel, pages, self.rules, self.now),
            routed=routed(trouble.channel, self.rules),
        )


def _changed(trouble: ChannelTrouble, channels: ChannelBook, **changes: object) -> ChannelTrouble | None:
    """Write a change to the book's entry of a channel; return None if another run has changed it meanwhile."""
    changed = msgspec.structs.replace(trouble, step=trouble.step + 1, **changes)
    return changed if channels.replace(trouble, changed) else None
