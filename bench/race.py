"""``python -m bench.race [SCHEDULES] [FIRST_SEED]``: a random model of two or three people at one lock.

The product's own jobs run side by side in virtual time (``tests/race``). At every call another job may go first;
functions are killed, answers get lost, clicks are delivered twice, and runs of Terraform take and release the lock in
between. The control is the same model with releases that read, compare and delete, as ``terraform force-unlock`` does.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from multiprocessing import Pool

from tests.race.life import Race
from tests.race.verdict import WRONG_LOCK, deletes, wrong

_AT_ONCE = 250
_Counts = Counter[str]


def main(schedules: int, first: int) -> None:
    """Run the model for both and print what was wrong how often."""
    blocks = range(first, first + schedules, _AT_ONCE)
    with Pool(os.cpu_count()) as pool:
        began = time.monotonic()
        ours = _sum(pool.imap_unordered(_of_reaper, blocks))
        took = time.monotonic() - began
        theirs = _sum(pool.imap_unordered(_of_control, blocks[: len(blocks) // 10 + 1]))
    print(f"{schedules} schedules from seed {first}, {took:.0f} s")
    print(_words("tflock-reaper", ours))
    print(_words("read, compare, delete", theirs))
    sys.exit(1 if _faults(ours) or not theirs[WRONG_LOCK] else 0)


def _of_reaper(first: int) -> _Counts:
    return _count(first, unconditional=False)


def _of_control(first: int) -> _Counts:
    return _count(first, unconditional=True)


def _count(first: int, *, unconditional: bool) -> _Counts:
    counts: _Counts = Counter()
    for seed in range(first, first + _AT_ONCE):
        race = Race(seed, unconditional=unconditional).run()
        faults = wrong(race)
        counts.update(kind for kind, _ in faults)
        counts.update(schedules=1, deletes=deletes(race), puts=sum(bool(one.put_by) for one in race.places.history))
        counts.update(clicks=len(race.clicks))
        if faults and not unconditional:
            print(f"seed {seed}: {faults}", file=sys.stderr)
    return counts


def _sum(counts: Iterable[_Counts]) -> _Counts:
    return sum(counts, Counter())


def _faults(counts: _Counts) -> _Counts:
    return Counter({name: number for name, number in counts.items() if name not in _DONE})


def _words(name: str, counts: _Counts) -> str:
    done = ", ".join(f"{counts[one]} {one}" for one in _DONE)
    faults = ", ".join(f"{number} x {kind}" for kind, number in sorted(_faults(counts).items())) or "nothing wrong"
    return f"{name:<22} {done}: {faults}"


_DONE = ("schedules", "clicks", "deletes", "puts")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.race")
    parser.add_argument("schedules", type=int, nargs="?", default=100_000)
    parser.add_argument("first_seed", type=int, nargs="?", default=0)
    options = parser.parse_args()
    main(options.schedules, options.first_seed)
