"""Join the looks of all areas, for each bucket, each table and the reaper."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.aws.doctor.subjects import Subjects
from chalicelib.checked_rules import Config
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination, Look
from chalicelib.slack.doctor.looks import slack_looks
from chalicelib.slack.installation import Installation
from tflocks.live.aws import Aws
from tflocks.live.doctor.reaching import Reached
from tflocks.live.doctor.setup import Setup, bot_token, reach_of


@dataclass(frozen=True)
class Doctor:
    """Everything that looks need."""

    aws: Aws
    """With credentials of the account of buckets and tables."""
    reapers: Aws
    """With credentials of the account of the reaper."""
    setup: Setup
    at_hand: Config | None
    """The operator's own ``reaper.toml``."""
    now: datetime

    def look_at(
        self,
        targets: Iterable[Reached],
        wanted: Callable[[str], bool],
        told: Callable[[int, int], None],
        *,
        itself: bool,
    ) -> list[Finding]:
        """Return the findings of all looks that are wanted; ``told`` hears how many subjects of how many are done.

        ``itself``: the reaper is looked at too.
        """
        of_targets = [self._of_target(one) for one in targets if one.region]
        examinations = [*self._of_reaper(), *of_targets] if itself else of_targets
        return examine(examinations, wanted, lambda done: told(done, len(examinations)))

    def _of_reaper(self) -> Iterator[Examination]:
        """Yield the looks at the reaper. They come first because they take the longest."""
        parts, config = self.setup.parts, self.setup.config
        if parts and config:
            yield Examination(f"workspace {config.rules.team}", self._of_slack(parts, config))

    def _of_slack(self, parts: Parts, config: Config) -> dict[str, Look]:
        rules = config.rules
        installation = Installation(
            app=config.slack_app, team=rules.team, enterprise=rules.enterprise, api_url=config.slack_api
        )
        return slack_looks(lambda: bot_token(parts, reach_of(self.reapers)), installation, rules)

    def _of_target(self, one: Reached) -> Examination:
        looks = Subjects(self.setup.parts).looks_at(one.target, reach_of(self.aws, one.region))
        return Examination(one.target.called, looks)
