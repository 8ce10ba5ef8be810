"""An alert as plain data: what the book remembers of a lock, and what its message shows."""

from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.alerts.message import Sending
from chalicelib.core.alerts.owner import ci_run_link
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.policy import Policy, by_name


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One Slack message about one lock: all it says, nothing of how it looks."""

    page: Page
    policy: Policy
    level: int
    now: datetime
    state_written: StateWritten | None = None
    """None: nobody looked it up, or S3 refused to tell."""
    ending: Ending | None = None
    undo: timedelta = timedelta(0)
    """How long a released lock can be put back; zero: the reaper keeps nothing that it releases."""
    instead_of: str = ""
    """The channel that the alert was meant for, when it is posted elsewhere."""
    account: str = ""
    """The lock's account as people call it; "" while all targets are in one account."""

    @property
    def lock(self) -> HeldLock:
        """Return the lock that the alert is about."""
        return self.page.lock

    @property
    def thresholds(self) -> tuple[timedelta, ...]:
        """Return the ages at which the alert rises a level."""
        return self.policy.thresholds[self.lock.risk]

    @property
    def open(self) -> bool:
        """Return whether the lock is still held, as far as is known."""
        return self.ending is None or not self.ending.closes

    @property
    def called(self) -> tuple[str, ...]:
        """Return whom the message calls. An edit calls nobody, so a reply calls the people of a later level."""
        called = self.policy.called(0, self.page.level or self.level)
        return by_name(called) if self.instead_of else called

    @property
    def ci_run_link(self) -> str:
        """Return the link to the CI run that holds the lock; "" when it is not known."""
        return ci_run_link(self.page.principal, self.lock.info, self.policy)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply beneath an alert. Slack notifies people of a reply, but not of an edit."""

    alert: Alert
    sending: Sending
    called: tuple[str, ...] = ()


def alert_for(
    page: Page,
    policy: Policy,
    now: datetime,
    state_written: StateWritten | None,
    ending: Ending | None = None,
) -> Alert:
    """Return the alert as it should read now, for a lock that cannot be put back (``undo`` is zero)."""
    return Alert(
        page=page,
        policy=policy,
        level=level_of(page, policy, now),
        now=now,
        state_written=state_written,
        ending=ending,
        instead_of=page.posted.instead_of if page.posted else "",
    )


def level_of(page: Page, policy: Policy, now: datetime) -> int:
    """Return the level of a lock now. A level that was told never sinks, unless the policy has fewer levels now."""
    risk = page.lock.risk
    return min(max(policy.level(risk, page.age(now)), page.level), len(policy.thresholds[risk]))
