"""One lock as a job deals with it: what is known of it, what is decided about its like, the world, the time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

import msgspec

from chalicelib.core.alerts.alert import Alert, alert_for
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.alerts.owner import mapped_owner, owner_email
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Policy, Rules
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import ChannelRefusedError, DirectoryError, MessengerError
from chalicelib.ports.world import World


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


class Case(msgspec.Struct, frozen=True):
    """Passed from step to step; ``now`` is when the job began."""

    page: Page
    policy: Policy
    world: World
    now: datetime
    undo: timedelta
    """How long a released lock can be put back."""
    detours: Detours = msgspec.field(default_factory=Detours)

    @property
    def channel(self) -> str:
        """Return where its alert is posted: its route's channel, or another while that takes none."""
        return self.detours.channel_for(self.policy.channel)

    @property
    def ref(self) -> LockRef:
        """Return which lock it is about."""
        return self.page.lock.ref

    @property
    def state_path(self) -> str:
        """Return which state it locks."""
        return self.ref.state_path

    @property
    def quiet(self) -> bool:
        """Return whether nobody is to be called now."""
        return self.page.snoozed(self.now) or not self.policy.working_hours.open_at(self.now)

    def known_as(self, page: Page) -> Self:
        """Return the same with what is known by now."""
        return msgspec.structs.replace(self, page=page)

    def alert(self, ending: Ending | None = None) -> Alert:
        """Return its alert as it should read now; the evidence is not looked up for a lock that is gone."""
        state = None if ending and ending.closes else self._state_written()
        alert = alert_for(self.page, self.policy, self.now, state, ending)
        return msgspec.structs.replace(alert, undo=self.undo)

    def new_alert(self) -> tuple[Alert, str]:
        """Return the alert as it is posted now, and why the owner could not be looked up."""
        channel = self.policy.channel
        elsewhere = channel if self.channel != channel else ""
        owner, trouble = self.owner()
        alert = self.known_as(msgspec.structs.replace(self.page, owner=owner)).alert()
        page = msgspec.structs.replace(alert.page, level=alert.level)
        return msgspec.structs.replace(alert, page=page, instead_of=elsewhere), trouble

    def owner(self) -> tuple[str, str]:
        """Return the Slack user behind the holder, and why that could not be looked up: no alert waits for either."""
        principal, info = self.page.principal, self.page.lock.info
        mapped, address = mapped_owner(principal, info, self.policy), owner_email(principal, self.policy)
        if mapped or not address:
            return mapped, ""
        try:
            return self.world.directory.user_by_email(address), ""
        except DirectoryError as error:
            return "", f"its owner could not be looked up: {error}"

    def _state_written(self) -> StateWritten | None:
        """Return the evidence, or None: an alert without it is better than no alert."""
        try:
            return self.world.store.state_written(self.ref)
        except StoreError:
            return None


def case_of(page: Page, world: World, rules: Rules, now: datetime, detours: Detours | None = None) -> Case:
    """Return a lock's case under the rules; the ``detours`` are the run's, if it has more than one case."""
    policy = rules.policy_for(page.lock.ref.state_path)
    return Case(page, policy, world, now, rules.undo, detours or Detours(rules.trouble_channel))
