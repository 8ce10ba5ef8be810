"""Change a joint alert in its book, although others change it at the same time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from chalicelib.core.alerts.message import UNDER_WAY, Posted, Sending
from chalicelib.core.joint import change
from chalicelib.core.joint.joint import Joint
from chalicelib.ports.book import BookError, JointBook

_TRIES = 8

Change = Callable[[Joint], Joint | None]
"""Returns the next version of a joint alert; None: nothing is to be changed."""


def changed(joints: JointBook, joint: str, by: Change) -> tuple[bool, Joint | None]:
    """Change a joint alert; return whether it was changed, and the version that is stored now (None: there is none).

    Raises BookError, also when others change it all the time.
    """
    for _ in range(_TRIES):
        known = joints.find(joint)
        new = by(known) if known else None
        if known is None or new is None or new == known:
            return False, known
        new = msgspec.structs.replace(new, version=known.version + 1)
        if joints.save(new):
            return True, new
    raise BookError("the joint alert is changed by others all the time")


@dataclass
class JointClaim:
    """``jobs.alerts.say.Claim`` for a message about a joint alert."""

    joints: JointBook
    joint: Joint
    """The joint alert as it was stored last."""
    sending: Sending

    def take(self) -> bool:
        """Take the right to send the message. A new joint alert is stored with it."""
        if self.joint.version == 1 and self.joint.sending == self.sending:
            return self.joints.save(self.joint)
        until = self.sending.at + UNDER_WAY
        return self._change(lambda known: change.claimed(known, self.sending, until))

    def drop(self) -> None:
        """Give the right back. A joint alert that has no message is forgotten: its locks are told by the next run."""
        self._change(lambda known: change.dropped(known, self.sending))
        if self.joint.posted is None and self.joint.sending is None:
            self.joints.forget(self.joint)

    def doubt(self, until: datetime) -> None:
        """Note that the message may or may not have been sent."""
        self._change(lambda known: change.doubted(known, self.sending, until))

    def said(self, posted: Posted) -> None:
        """Note where the message stands."""
        self._change(lambda known: change.said(known, self.sending, posted))

    def _change(self, by: Change) -> bool:
        taken, known = changed(self.joints, self.joint.id, by)
        self.joint = known or self.joint
        return taken
