"""Where a run posts what a channel does not take: in the channel for the reaper's own trouble."""

from dataclasses import dataclass, field

from chalicelib.ports.people import ChannelRefusedError, MessengerError


@dataclass
class Detours:
    """One run's knowledge of the channels that take nothing. The next run tries each of them anew."""

    trouble_channel: str = ""
    """"" when there is no other channel."""
    closed: dict[str, str] = field(default_factory=dict)
    """Why Slack takes no alert in a channel."""
    heard: dict[str, str] = field(default_factory=dict)
    """Why Slack took no other message there."""

    @property
    def refused(self) -> dict[str, str]:
        """All channels that refused something, and why."""
        return self.heard | self.closed

    def channel_for(self, channel: str) -> str:
        """Return where to post what belongs in a channel."""
        return self.trouble_channel if channel in self.closed else channel

    def close(self, error: ChannelRefusedError) -> bool:
        """Post no more alerts in a channel in this run; return whether they can be posted elsewhere."""
        if error.channel == self.trouble_channel or not self.trouble_channel:
            return False
        self.closed.setdefault(error.channel, str(error))
        return True

    def hear(self, error: MessengerError) -> None:
        """Note a channel that refused something, so that people are told of it."""
        if isinstance(error, ChannelRefusedError) and error.channel != self.trouble_channel:
            self.heard.setdefault(error.channel, str(error))
