"""A Slack during whose calls other things happen, as with functions that run side by side."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.core.alerts.alert import Alert, Reply
from chalicelib.core.alerts.message import Posted, Sending
from tests.fakes.slack import FakeMessenger

Job = Callable[[], None]


@dataclass
class BusySlack(FakeMessenger):
    """While it takes one call, other things happen: ``before`` the call has its effect, or ``after``."""

    before: list[Job] = field(default_factory=list)
    after: list[Job] = field(default_factory=list)

    def post(self, alert: Alert, sending: Sending) -> Posted:
        _happen(self.before)
        posted = super().post(alert, sending)
        _happen(self.after)
        return posted

    def edit(self, posted: Posted, alert: Alert) -> None:
        _happen(self.before)
        super().edit(posted, alert)
        _happen(self.after)

    def reply(self, reply: Reply) -> Posted:
        _happen(self.before)
        posted = super().reply(reply)
        _happen(self.after)
        return posted


def _happen(jobs: list[Job]) -> None:
    if jobs:
        jobs.pop()()
