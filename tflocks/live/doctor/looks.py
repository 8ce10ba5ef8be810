"""Join the looks of all areas, for each bucket, each table and the reaper."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.reaper.looks import account_looks, reaper_looks
from chalicelib.aws.doctor.subjects import Joined
from chalicelib.aws.doctor.wiring.reading import reaper_wiring
from chalicelib.checked_rules import Config
from chalicelib.core.doctor.finding import Finding, grey
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reach.checks import STACK
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination, Look
from chalicelib.slack.doctor.looks import slack_looks
from chalicelib.slack.installation import Installation
from tflocks.live.aws import Aws
from tflocks.live.doctor.reaching import Reached
from tflocks.live.doctor.setup import Setup, bot_token, reach_of

_A_FEW = 4
"""Looks at the reaper that are taken one after the other."""


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
        """Yield the looks at the reaper. They come first because they take the longest, and in parts, side by side."""
        setup, reach = self.setup, reach_of(self.reapers)
        if setup.parts is None:
            return
        for some in _parts_of(self._itself(setup.parts, reach)):
            yield Examination(setup.subject, some)
        if setup.whole:
            yield from account_looks(setup.accounts, setup.parts, reach)
            yield Examination(f"workspace {setup.whole.rules.team}", self._of_slack(setup.parts, setup.whole))

    def _itself(self, parts: Parts, reach: Reach) -> dict[str, Look]:
        subject = self.setup.subject
        try:
            looks = reaper_looks(parts, reach, self.setup.whole, self.at_hand, self.now)
        except KeyError as error:
            seen = f"it has no {error}: it is not whole, or of another version than this tflocks"
            return {STACK.id: lambda: [grey(STACK.id, subject, seen)]}
        return reaper_wiring(reach, parts) | looks

    def _of_slack(self, parts: Parts, config: Config) -> dict[str, Look]:
        rules = config.rules
        installation = Installation(
            app=config.slack_app, team=rules.team, enterprise=rules.enterprise, api_url=config.slack_api
        )
        return slack_looks(lambda: bot_token(parts, reach_of(self.reapers)), installation, rules)

    def _of_target(self, one: Reached) -> Examination:
        joined = Joined(self.now, self.setup.parts, reach_of(self.reapers))
        looks = joined.looks_at(one.target, reach_of(self.aws, one.region))
        return Examination(one.target.called, looks)


def _parts_of(looks: dict[str, Look]) -> Iterator[dict[str, Look]]:
    """Yield a few looks after the other. Neighbours share what they read."""
    every = list(looks.items())
    yield from (dict(every[begin : begin + _A_FEW]) for begin in range(0, len(every), _A_FEW))
