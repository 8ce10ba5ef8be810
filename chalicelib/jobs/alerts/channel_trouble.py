"""Tell people, once, of a channel that takes no alerts, and once more when it takes them again.

The book remembers it from run to run. Of two runs at once one tells it, as with everything that is said (``say``): the
claim comes before the message, and a message whose answer was lost is looked for in Slack.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from chalicelib.core.alerts.channel_trouble import ChannelNotice, ChannelTrouble, NoticeKind, Phase, routed, waiting
from chalicelib.core.alerts.message import SURE_AFTER, UNDER_WAY
from chalicelib.core.policy import Rules
from chalicelib.ports.book import BookError
from chalicelib.ports.people import ChannelRefusedError, MessengerError, ReplyLostError
from chalicelib.ports.world import World


def attend(
    refused: dict[str, str],
    world: World,
    rules: Rules,
    now: datetime,
    has_time: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Tell what is new about the channels that take nothing; return what could not be told.

    ``refused`` are those that refused something in this run, and why. Any other that is known to be in trouble is
    tried, with a message that says what people there have missed. What there is no time for is left to the next run.
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


@dataclass(frozen=True)
class _Teller:
    world: World
    rules: Rules
    now: datetime

    def attend(self, known: ChannelTrouble | None, new: ChannelTrouble) -> None:
        """Take the steps that are due for one channel; ``new.why`` is "" where it refused nothing in this run."""
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
        """Find out whether the channel takes messages again, unless no route leads to it any more."""
        if not routed(trouble.channel, self.rules):
            return self._change(trouble, phase=Phase.BACK)
        try:
            return self._say(trouble, NoticeKind.BACK, Phase.BACK)
        except ChannelRefusedError:
            return None

    def _say(self, trouble: ChannelTrouble, kind: NoticeKind, phase: Phase) -> ChannelTrouble | None:
        """Say one thing once; return the trouble as it is then. None: another run is at it, or was."""
        if trouble.claimed_until and self.now < trouble.claimed_until:
            return None
        notice = self._notice(trouble, kind)
        claimed = self._change(trouble, claimed_until=self.now + UNDER_WAY)
        if claimed is None:
            return None
        if not (trouble.claimed_until and self._stands(notice)):
            self._send(notice, claimed)
        return self._change(claimed, phase=phase, claimed_until=None)

    def _send(self, notice: ChannelNotice, claimed: ChannelTrouble) -> None:
        try:
            self.world.messenger.notify(notice)
        except ReplyLostError:
            self._change(claimed, claimed_until=self.now + SURE_AFTER)
            raise
        except MessengerError:
            self._change(claimed, claimed_until=None)
            raise

    def _stands(self, notice: ChannelNotice) -> bool:
        found = self.world.messenger.find(notice.to, "", notice.token, notice.trouble.since)
        return found is not None

    def _notice(self, trouble: ChannelTrouble, kind: NoticeKind) -> ChannelNotice:
        records = self.world.book.records()
        return ChannelNotice(
            kind=kind,
            trouble=trouble,
            instead=self.rules.trouble_channel,
            waiting=waiting(trouble.channel, records, self.rules, self.now),
            routed=routed(trouble.channel, self.rules),
        )

    def _change(self, trouble: ChannelTrouble, **changes: object) -> ChannelTrouble | None:
        changed = msgspec.structs.replace(trouble, step=trouble.step + 1, **changes)
        return changed if self.world.channels.replace(trouble, changed) else None
