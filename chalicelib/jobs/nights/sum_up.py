"""Sum up each night that is over: one line of the journal, and one message if not every target was swept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.audit.line import LineKind, of_run
from chalicelib.core.audit.located import located
from chalicelib.core.audit.night_line import of_night
from chalicelib.core.locks.place import Place, container_of
from chalicelib.core.nights.night import Night, Standing
from chalicelib.core.nights.summary import NightSummary, summary_of, unheard
from chalicelib.core.policy import Rules
from chalicelib.ports.book import BookError
from chalicelib.ports.people import MessengerError
from chalicelib.ports.world import World

_TRIED_FOR = timedelta(days=1)
"""How long Slack is asked to take a summary. The journal has it, and the next night has another."""


@dataclass(frozen=True)
class Nights:
    """The nights that nobody was told of yet."""

    world: World
    rules: Rules
    now: datetime
    stale: int
    """Number of held locks over their first threshold."""

    def sum_up(self) -> list[str]:
        """Sum up each night that is over. Return the troubles in words; the next watch tries again.

        A night that cannot be read or told stops no other.
        """
        try:
            untold = self.world.nights.untold()
        except BookError as error:
            return [f"the summary of the night: {error}"]
        return [trouble for began in untold for trouble in self._try(began, superseded=began != untold[-1])]

    def _try(self, began: datetime, *, superseded: bool) -> list[str]:
        try:
            self._look_at(self.world.nights.read(began), superseded=superseded)
        except (BookError, MessengerError) as error:
            return [f"the summary of the night that began {began:%Y-%m-%d %H:%M} UTC: {error}"]
        return []

    def _look_at(self, night: Night, *, superseded: bool) -> None:
        if not night.is_over(self.now, superseded=superseded):
            return
        summary = summary_of(night)
        if self.world.nights.journal(night.began):
            self.world.journal.write(of_night(summary, self.now, self.stale))
            for home, standing in unheard(night):
                self._journal(container_of(home), standing)
        if summary.failed and self.now - night.began < _TRIED_FOR:
            self._tell(summary)
        self.world.nights.end(night.began)

    def _journal(self, container: Place, standing: Standing) -> None:
        """Write the line of a target whose sweep could not write one."""
        line = of_run(LineKind.SWEEP_FAILED, self.now, target=container.container, detail=f"it {standing.value}")
        self.world.journal.write(located(line, container, self.rules))

    def _tell(self, summary: NightSummary) -> None:
        began = f"the night that began {summary.began:%Y-%m-%d %H:%M} UTC"
        self.world.messenger.report(self.rules.trouble_channel, began, summary)
