"""Make the case of an order: of a click, of one lock's part of a click on a joint alert, of an operator's release."""

from datetime import datetime, timedelta

import msgspec

from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.clicks.order import OperatorRelease, ReleaseOrder
from chalicelib.core.clicks.part import result_of
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Detours
from chalicelib.jobs.clicks.clicked import Clicked, Operated, Ordered, unknown
from chalicelib.ports.world import World


class Shared(Clicked, frozen=True, kw_only=True):
    """The case of one lock's part of a click on a joint alert. Nobody is answered singly: its result is reported."""

    def whisper(self, ending: Ending, releasers: tuple[str, ...] = ()) -> Ending:  # noqa: ARG002  as Clicked has it
        """Return the ending; the message of the joint alert tells of it."""
        return ending

    def answered(self, ending: Ending) -> Ending:
        """Report the ending to the joint alert; return it. Raises BookError: the queue delivers the click again."""
        if self.click.part:
            result = result_of(self.click.part, ending, ours=_is_ours(ending, self.click))
            self.world.joints.report(self.click.part, result, self.now)
        return ending

    def journal(self, kind: LineKind, ending: Ending | None = None, **others: object) -> None:
        """Write a line of the journal, with the click on the joint alert."""
        part = {"joint_click": self.click.part.click} if self.click.part else {}
        super().journal(kind, ending, **part, **others)

    def show_ended(self) -> bool:
        """Note that nothing more is to be told."""
        return Ordered.show_ended(self)

    def end_undo(self, after: timedelta) -> None:
        """Order nothing: the joint alert has one button for all."""


def clicked_on(click: Click, world: World, rules: Rules, now: datetime) -> Clicked:
    """Return the case of a click, before the book or the store was asked about its lock."""
    case = Shared if click.part else Clicked
    return case(**msgspec.structs.asdict(ordered_by(click, world, rules, now)))


def operated_by(order: OperatorRelease, world: World, rules: Rules, now: datetime) -> Operated:
    """Return the case of an operator's order, before the book or the store was asked about its lock."""
    return Operated(**msgspec.structs.asdict(ordered_by(order, world, rules, now)))


def ordered_by(order: ReleaseOrder, world: World, rules: Rules, now: datetime) -> Ordered:
    """Return the case of an order, before the book or the store was asked about its lock."""
    return Ordered(
        page=unknown(order.lock),
        policy=rules.policy_for(order.lock.place),
        world=world,
        now=now,
        undo=rules.undo,
        detours=Detours(rules.trouble_channel),
        order=order,
        rules=rules,
    )


def _is_ours(ending: Ending, click: Click) -> bool:
    """Return whether an ending is the work of this click, and not of another that came first."""
    return ending.click == click.click and ending.user in {"", click.user}
