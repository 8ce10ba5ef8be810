"""A case: one lock with all that a job needs to deal with it: its page, its policy, the world, the time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

import msgspec

from chalicelib.core.alerts.alert import Alert, alert_for
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.alerts.owner import mapped_owner, owner_email
from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.line import JournalLine
from chalicelib.core.audit.located import located
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Policy, Rules
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import ChannelRefusedError, DirectoryError, MessengerError
from chalicelib.ports.world import World


@dataclass
class Detours:
    """One run's knowledge of the channels that take nothing. The next run tries each of them again."""

    trouble_channel: str = ""
    """The channel to post in instead; "": there is none."""
    closed: dict[str, str] = field(default_factory=dict)
    """For each channel that takes no alert: why."""
    heard: dict[str, str] = field(default_factory=dict)
    """For each channel that refused another message: why."""

    @property
    def refused(self) -> dict[str, str]:
        """Return all channels that refused something, and why."""
        return self.heard | self.closed

    def channel_for(self, channel: str) -> str:
        """Return the channel in which to post what belongs in ``channel``."""
        return self.trouble_channel if channel in self.closed else channel

    def close(self, error: ChannelRefusedError) -> bool:
        """Post no more alerts in a channel in this run; return whether they can be posted in another one."""
        if error.channel == self.trouble_channel or not self.trouble_channel:
            return False
        self.closed.setdefault(error.channel, str(error))
        return True

    def hear(self, error: MessengerError) -> None:
        """Note a channel that refused something, so that people are told of that."""
        if isinstance(error, ChannelRefusedError) and error.channel != self.trouble_channel:
            self.heard.setdefault(error.channel, str(error))


class Case(msgspec.Struct, frozen=True):
    """One lock with all that its next steps need. ``now`` is when the job began."""

    page: Page
    policy: Policy
    world: World
    now: datetime
    undo: timedelta
    """How long the lock can be put back after a release."""
    rules: Rules
    detours: Detours = msgspec.field(default_factory=Detours)

    @property
    def channel(self) -> str:
        """Return the channel to post its alert in: its route's, or another while that one takes nothing."""
        return self.detours.channel_for(self.policy.channel)

    @property
    def ref(self) -> LockRef:
        """Return the reference of its lock."""
        return self.page.lock.ref

    @property
    def state_path(self) -> str:
        """Return the state path of its lock."""
        return self.ref.state_path

    @property
    def quiet(self) -> bool:
        """Return whether nobody may be called now."""
        return self.page.snoozed(self.now) or not self.policy.working_hours.open_at(self.now)

    def journaled(self, line: JournalLine) -> None:
        """Write a line of the journal about its lock."""
        self.world.journal.write(located(line, self.ref.place, self.rules))

    def known_as(self, page: Page) -> Self:
        """Return the same case with another version of its page."""
        return msgspec.structs.replace(self, page=page)

    def alert(self, ending: Ending | None = None) -> Alert:
        """Return its alert as it should read now. The evidence is looked up only while the lock is held."""
        state = None if ending and ending.closes else self._state_written()
        alert = alert_for(self.page, self.policy, self.now, state, ending)
        account = self.rules.locations.shown_account(self.ref.place)
        return msgspec.structs.replace(alert, undo=self.undo, account=account)

    def new_alert(self) -> tuple[Alert, str]:
        """Return a new alert to post, and why the owner could not be looked up ("": no trouble)."""
        channel = self.policy.channel
        elsewhere = channel if self.channel != channel else ""
        owner, trouble = self.owner()
        alert = self.known_as(msgspec.structs.replace(self.page, owner=owner)).alert()
        page = msgspec.structs.replace(alert.page, level=alert.level)
        return msgspec.structs.replace(alert, page=page, instead_of=elsewhere), trouble

    def owner(self) -> tuple[str, str]:
        """Return the Slack user behind the holder, and why they could not be looked up. No alert waits for that."""
        principal, info = self.page.principal, self.page.lock.info
        mapped, address = mapped_owner(principal, info, self.policy), owner_email(principal, self.policy)
        if mapped or not address:
            return mapped, ""
        try:
            return self.world.directory.user_by_email(address), ""
        except DirectoryError as error:
            return "", f"its owner could not be looked up: {error}"

    def _state_written(self) -> StateWritten | None:
        """Return the evidence; None: it cannot be had now, and an alert without it is better than none."""
        # The half that is released first is the table's, and only a table tells of the digest.
        ref = self.page.halves[0].ref if self.page.halves else self.ref
        try:
            return self.world.store.state_written(ref)
        except StoreError:
            return None


def case_of(page: Page, world: World, rules: Rules, now: datetime, detours: Detours | None = None) -> Case:
    """Return the case of a lock. A run with more than one case passes its own ``detours`` to each."""
    policy = rules.policy_for(page.lock.ref.place)
    return Case(page, policy, world, now, rules.undo, rules, detours or Detours(rules.trouble_channel))
