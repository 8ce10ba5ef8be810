"""``python -m bench.scaling``: what a night takes and costs with many accounts; the table of docs/scaling.md.

Each number that is assumed is a constant here; the prices are those of ``bench.prices``.
"""

from dataclasses import dataclass

from bench.prices import LAMBDA_REQUEST, LAMBDA_SECOND, READ_UNIT, S3_GET, S3_LIST, SQS_REQUEST, WRITE_UNIT

KEYS_PER_STATE = 3
"""Keys of a bucket for each state: the state, a lock now and then, and what else lies there."""
LOCKED = 0.002
"""Which part of the states is locked when the night looks."""
SECONDS_A_PAGE = 0.08
"""S3's latency: aws-samples/s3-fast-list has 12.2 pages a second in one connection."""
SECONDS_A_TARGET = 0.5
"""Entering the account, reading the book and the notes of the night, of each target."""
SECONDS_A_LOCK = 0.12
"""One GET and the book's calls, of which 14 go on at once."""
ORDERS_AT_ONCE = 10
MEMORY_GB = 0.5
SQS_CALLS_AN_ORDER = 3
WRITES_A_TARGET, READS_A_TARGET = 3, 4
WRITES_A_LOCK, READS_A_LOCK = 3, 2


@dataclass(frozen=True)
class Fleet:
    """How much there is: a bucket an account."""

    accounts: int
    states: int


@dataclass(frozen=True)
class Night:
    """What one night takes."""

    lists: int
    gets: int
    sessions: int
    seconds: float
    dollars: float


FLEETS = (Fleet(1, 1_000), Fleet(50, 5_000), Fleet(200, 20_000), Fleet(1_000, 100_000))


def night(fleet: Fleet) -> Night:
    """Return what a night takes: each account is one target, all of the same size."""
    pages = -(-fleet.states * KEYS_PER_STATE // fleet.accounts // 1_000) * fleet.accounts
    locks = round(fleet.states * LOCKED)
    worked = pages * SECONDS_A_PAGE + fleet.accounts * SECONDS_A_TARGET + locks * SECONDS_A_LOCK
    dollars = (
        S3_LIST.for_number(pages)
        + S3_GET.for_number(locks)
        + SQS_REQUEST.for_number(fleet.accounts * SQS_CALLS_AN_ORDER)
        + LAMBDA_REQUEST.for_number(fleet.accounts)
        + LAMBDA_SECOND.for_number(worked * MEMORY_GB)
        + WRITE_UNIT.for_number(fleet.accounts * WRITES_A_TARGET + locks * WRITES_A_LOCK)
        + READ_UNIT.for_number(fleet.accounts * READS_A_TARGET + locks * READS_A_LOCK)
    )
    at_once = min(ORDERS_AT_ONCE, fleet.accounts)
    return Night(pages, locks, fleet.accounts, worked / at_once, dollars)


def table() -> str:
    """Return the table of docs/scaling.md."""
    head = "| accounts | states | LIST | GET | sessions | time | dollars a night |\n"
    return f"{head}|{' --- |' * 7}\n" + "".join(_row(fleet, night(fleet)) for fleet in FLEETS)


def _row(fleet: Fleet, one: Night) -> str:
    counts = f"{fleet.accounts:,} | {fleet.states:,} | {one.lists:,} | {one.gets:,} | {one.sessions:,}"
    return f"| {counts} | {one.seconds:.0f} s | {one.dollars:.4f} |\n"


if __name__ == "__main__":
    print(table(), end="")
