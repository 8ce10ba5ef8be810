"""Orders in memory, each with the function it waits for. ``contracts/`` holds them to what SQS does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.click import Click, Unheard
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.ports.orders import AT_ONCE, LONGEST_DELAY, OrderError


@dataclass
class FakeOrders:
    """Orders that wait until a test takes them."""

    sweeps: list[SweepOrder] = field(default_factory=list)
    releases: list[Click | AutoRelease] = field(default_factory=list)
    """For ``release_lock``."""
    clicks: list[Click | EndUndo] = field(default_factory=list)
    """For ``answer_click``."""
    joint_releases: list[JointClick] = field(default_factory=list)
    """For ``release_lock``."""
    joint_clicks: list[JointClick | ShowJoint] = field(default_factory=list)
    """For ``answer_click``."""
    turned_away: list[Unheard] = field(default_factory=list)
    recording: list[LockEvent] = field(default_factory=list)
    settling: list[LockEvent] = field(default_factory=list)
    delays: list[timedelta] = field(default_factory=list)
    """Of each order, whatever it is."""
    refusing: str = ""

    def sweep(self, order: SweepOrder, after: timedelta = AT_ONCE) -> None:
        self._take(after)
        self.sweeps.append(order)

    def carry_out(self, click: Click | JointClick, after: timedelta = AT_ONCE) -> None:
        self._take(after)
        if isinstance(click, JointClick):
            left: list[Any] = self.joint_releases if click.verb.releases else self.joint_clicks
            left.append(click)
        elif click.verb.releases:
            self.releases.append(click)
        else:
            self.clicks.append(click)

    def carry_out_all(self, clicks: Sequence[Click]) -> None:
        for click in clicks:
            self.carry_out(click)

    def show_joint(self, order: ShowJoint, after: timedelta = AT_ONCE) -> None:
        self._take(after)
        self.joint_clicks.append(order)

    def turn_away(self, unheard: Unheard) -> None:
        self._take(AT_ONCE)
        self.turned_away.append(unheard)

    def release_by_itself(self, order: AutoRelease) -> None:
        self._take(AT_ONCE)
        self.releases.append(order)

    def end_undo(self, order: EndUndo, after: timedelta) -> None:
        self._take(after)
        self.clicks.append(order)

    def record(self, event: LockEvent) -> None:
        self._take(AT_ONCE)
        self.recording.append(event)

    def settle(self, event: LockEvent, after: timedelta) -> None:
        self._take(after)
        self.settling.append(event)

    def forget(self) -> None:
        """Drop all orders, as if they had been carried out."""
        self.joint_releases.clear()
        self.joint_clicks.clear()
        for left in (self.sweeps, self.releases, self.clicks, self.turned_away, self.recording, self.settling):
            left.clear()
        self.delays.clear()

    def _take(self, after: timedelta) -> None:
        if self.refusing or not AT_ONCE <= after <= LONGEST_DELAY:
            raise OrderError(self.refusing or f"no order can wait for {after}")
        self.delays.append(after)
