"""A Slack during whose calls other things happen, as with functions that run side by side."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.core.alerts.alert import Reply
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.joint.shown import JointReply
from chalicelib.ports.people import Message
from tests.fakes.slack import FakeMessenger

Job = Callable[[], None]


@dataclass
class BusySlack(FakeMessenger):
    """While it takes one call, other things happen: ``before`` the call has its effect, or ``after``."""

    before: list[Job] = field(default_factory=list)
    after: list[Job] = field(default_factory=list)

    def post(self, message: Message, sending: Sending) -> Posted:
        _happen(self.before)
        posted = super().post(message, sending)
        _happen(self.after)
        return posted

    def edit(self, posted: Posted, message: Message) -> None:
        _happen(self.before)
        super().edit(posted, message)
        _happen(self.after)

    def reply(self, reply: Reply | JointReply) -> Posted:
        _happen(self.before)
        posted = super().reply(reply)
        _happen(self.after)
        return posted


def _happen(jobs: list[Job]) -> None:
    if jobs:
        jobs.pop()()
