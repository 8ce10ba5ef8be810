"""``python -m bench.month``: what three installations cost in a month; the table of README.md.

The nights are those of ``bench.scaling``, the lock cycles those of ``bench.cost``, the prices those of
``bench.prices``: list prices of us-east-1 without any free tier.
"""

from dataclasses import dataclass

from bench.prices import LAMBDA_REQUEST, LAMBDA_SECOND, SQS_REQUEST
from bench.scaling import MEMORY_GB, Fleet, night

DAYS = 30
METRICS, ALARMS, DASHBOARDS = 25, 21, 1
"""All that can be written; a quiet installation writes five metrics in most hours, and pays for those."""
METRIC, ALARM, DASHBOARD = 0.30, 0.10, 3.00
"""aws.amazon.com/cloudwatch/pricing, by the month."""
QUEUES, ASKED_A_MINUTE = 4, 15
"""Lambda asks each queue so often for messages, also when there are none (github.com/getlift/lift/issues/132)."""
A_MILLION_CYCLES = 13.09
"""Dollars, by ``bench.cost`` with batches that fill little (its column B)."""
WATCHES_A_DAY, SECONDS_A_WATCH = 96, 5
"""A watch looks at each held lock again; that of 40 locks takes as long as this."""


@dataclass(frozen=True)
class Size:
    """One installation: who has it, how much there is, and how many runs of Terraform lock a state in a month."""

    name: str
    fleet: Fleet
    cycles: int


SIZES = (
    Size("small: one team", Fleet(1, 50), 2_000),
    Size("medium: a company", Fleet(10, 1_000), 50_000),
    Size("large: a platform", Fleet(200, 20_000), 1_000_000),
)


@dataclass(frozen=True)
class Month:
    """Dollars of one month, by what they are for."""

    watching: float
    """Metrics, alarms and the dashboard."""
    waiting: float
    """Queues that are asked, and a watch every 15 minutes, with nothing to do."""
    nights: float
    cycles: float

    @property
    def total(self) -> float:
        """Return the whole bill."""
        return self.watching + self.waiting + self.nights + self.cycles


def month(size: Size) -> Month:
    """Return what an installation costs in a month, at most."""
    watches = WATCHES_A_DAY * DAYS
    return Month(
        watching=METRICS * METRIC + ALARMS * ALARM + DASHBOARDS * DASHBOARD,
        waiting=SQS_REQUEST.for_number(QUEUES * ASKED_A_MINUTE * 60 * 24 * DAYS)
        + LAMBDA_REQUEST.for_number(watches)
        + LAMBDA_SECOND.for_number(watches * SECONDS_A_WATCH * MEMORY_GB),
        nights=DAYS * night(size.fleet).dollars,
        cycles=size.cycles * A_MILLION_CYCLES / 1_000_000,
    )


def table() -> str:
    """Return the table of README.md."""
    columns = "| installation | accounts | states | runs a month"
    dollars = "metrics, alarms | standing by | nights | runs | together |"
    return f"{columns} | {dollars}\n|{' --- |' * 9}\n" + "".join(_row(size, month(size)) for size in SIZES)


def _row(size: Size, one: Month) -> str:
    much = f"{size.fleet.accounts:,} | {size.fleet.states:,} | {size.cycles:,}"
    parts = " | ".join(f"${part:.2f}" for part in (one.watching, one.waiting, one.nights, one.cycles))
    return f"| {size.name} | {much} | {parts} | **${one.total:.0f}** |\n"


if __name__ == "__main__":
    print(table(), end="")
