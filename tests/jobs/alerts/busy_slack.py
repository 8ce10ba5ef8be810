"""A Slack during whose calls other things happen, as with functions that run side by side."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.core.alerts.alert import Alert, Note
from chalicelib.core.alerts.message import Attempt, Posted
from tests.fake_slack import FakeMessenger

Job = Callable[[], None]


@dataclass
class BusySlack(FakeMessenger):
    """While it takes one call, other things happen: ``before`` the call has its effect, or ``after``."""

    before: list[Job] = field(default_factory=list)
    after: list[Job] = field(default_factory=list)

    def post(self, alert: Alert, attempt: Attempt) -> Posted:
        _happen(self.before)
        posted = super().post(alert, attempt)
        _happen(self.after)
        return posted

    def edit(self, posted: Posted, alert: Alert) -> None:
        _happen(self.before)
        super().edit(posted, alert)
        _happen(self.after)

    def reply(self, note: Note) -> Posted:
        _happen(self.before)
        posted = super().reply(note)
        _happen(self.after)
        return posted


def _happen(jobs: list[Job]) -> None:
    if jobs:
        jobs.pop()()
