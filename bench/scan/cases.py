"""The cases of the table: each runs its tools in turn against one server, and checks that all find the same locks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.scan.share import SHARE_OF_512_MB, by, limiting
from bench.scan.sweep import Swept, swept
from bench.scan.tools import AWSCLI, RCLONE, S5CMD, Limit, Took, Tool, median, ours, run, server

_OURS, _PLAIN = ours(), ours(plain=True)
_LATENCY = ("--seconds", "0.08")


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    runs: int
    giant: int
    """Thousands of keys of the giant bucket."""
    many: int
    """Thousands of keys of each of 32 buckets."""
    small: int
    """How many buckets of five pages there are."""
    stale: int


QUICK = Size(runs=1, giant=200, many=20, small=100, stale=500)
FULL = Size(runs=5, giant=1_000, many=100, small=500, stale=2_000)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    case: str
    tool: str
    value: str
    ratio: str = ""
    runs: str = ""


class DifferentLocksError(Exception):
    """Two tools do not report the same locks, or one reports a lock twice."""


def measured(size: Size, missing: Sequence[str]) -> Iterator[Row]:
    """Measure all cases; yield the rows as they are measured."""
    for case in (_cpu, _giant, _giant_far, _unsplit, _many, _refused, _share):
        for row in case(size):
            if row.tool not in missing:
                yield row
    yield from _sweep(size)


def _times(
    tools: Sequence[tuple[Tool, int]], url: str, buckets: Sequence[str], limit: Limit = lambda _: None
) -> "dict[str, list[Took]]":
    """Run tools in turn, each so many times. Raises DifferentLocksError."""
    there = [(tool, runs) for tool, runs in tools if tool.installed()]
    took: dict[str, list[Took]] = {tool.name: [] for tool, _ in there}
    for number in range(max(runs for _, runs in there)):
        for tool, runs in there:
            if number < runs:
                took[tool.name].append(run(tool, url, buckets, limit))
    _check(took)
    return took


def _check(took: "dict[str, list[Took]]") -> None:
    """Compare what tools found. Keys are told without their bucket by s5cmd, so only ours show what is told twice."""
    first = took[_OURS.name][0].locks
    for name, runs in took.items():
        for one in runs:
            twice = name == _OURS.name and len(set(one.locks)) != len(one.locks)
            if twice or not one.locks or _ends(one) != _ends(took[_OURS.name][0]):
                raise DifferentLocksError(
                    f"{name} reports other locks, or one twice: {len(one.locks)}, not {len(first)}"
                )


def _ends(took: Took) -> list[str]:
    return sorted(lock.rpartition("states/")[2] for lock in took.locks)


def _rows(case: str, took: "dict[str, list[Took]]", value: Callable[[Took], float], unit: str) -> Iterator[Row]:
    first = median([value(one) for one in took[_OURS.name]])
    for name, runs in took.items():
        middle = median([value(one) for one in runs])
        ratio = f"{middle / first:.1f}" if name != _OURS.name and first else ""
        yield Row(case, name, unit.format(middle, one=runs[-1]), ratio, str(len(runs)))


def _cpu(size: Size) -> Iterator[Row]:
    with server("--bucket", "flat=100") as url:
        took = _times([(_OURS, size.runs), (_PLAIN, size.runs)], url, ["flat"])
    yield from _rows("CPU of one page of 1,000 keys", took, lambda one: 1000 * one.loop_cpu / one.requests, "{:.2f} ms")


def _giant(size: Size) -> Iterator[Row]:
    few = min(size.runs, 3)
    tools = [(_OURS, size.runs), (S5CMD, size.runs), (RCLONE, size.runs), (AWSCLI, few), (_PLAIN, 1)]
    with server("--bucket", f"flat={size.giant}") as url:
        took = _times(tools, url, ["flat"])
    case = f"{size.giant * 1000:,} keys, one bucket, no latency, whole process"
    yield from _rows(case, took, lambda one: one.seconds, "{:.2f} s, {one.megabytes:.0f} MB")


def _giant_far(size: Size) -> Iterator[Row]:
    tools = [(_OURS, size.runs), (S5CMD, 1), (RCLONE, 1)]
    for layout, among in (("flat", tools), ("tree", tools[:1])):
        with server("--bucket", f"{layout}={size.giant}:{layout}", *_LATENCY) as url:
            took = _times(among, url, [layout])
        case = f"{size.giant * 1000:,} keys, one bucket ({layout}), 80 ms a page"
        yield from _rows(case, took, lambda one: one.seconds, "{:.1f} s, {one.requests} requests")


def _unsplit(size: Size) -> Iterator[Row]:
    with server("--bucket", "flat=9", *_LATENCY) as url:
        took = _times([(_OURS, size.runs), (S5CMD, size.runs), (RCLONE, size.runs)], url, ["flat"])
    case = "9,000 keys, one bucket, 80 ms a page: never split, so all wait alike"
    yield from _rows(case, took, lambda one: one.seconds, "{:.2f} s, of which 0.72 s are S3's")


def _many(size: Size, *more: str) -> Iterator[Row]:
    buckets = [f"many-{number:03d}" for number in range(32)]
    tools = [(ours(32), size.runs), *([] if more else [(S5CMD, min(size.runs, 3))])]
    with server("--buckets", f"many=32x{size.many}", *_LATENCY, *more) as url:
        took = _times(tools, url, buckets)
    about = f", {more[1]} of all answers are 503" if more else ""
    case = f"32 buckets of {size.many},000 keys, 80 ms a page{about}"
    told = "{:.0f} pages/s, {one.seconds:.1f} s, {one.megabytes:.0f} MB, {one.refused} refused"
    yield from _rows(case, took, lambda one: (one.requests - one.refused) / one.seconds, told)


def _refused(size: Size) -> Iterator[Row]:
    yield from _many(size, "--refused", "0.2")


def _share(size: Size) -> Iterator[Row]:
    buckets = [f"small-{number:03d}" for number in range(size.small)]
    with server("--buckets", f"small={size.small}x5", *_LATENCY) as url, limiting(SHARE_OF_512_MB) as limit:
        took = _times([(ours(16), size.runs)], url, buckets, limit)
    case = f"{size.small} buckets of 5 pages, 80 ms a page, {SHARE_OF_512_MB} of a CPU (512 MB) by {by()}"
    yield from _rows(case, took, lambda one: one.seconds, "{:.1f} s")


def _sweep(size: Size) -> Iterator[Row]:
    for part in (4, 2, 1):
        one: Swept = swept(size.stale // 2 // part)
        calls: Any = ", ".join(
            f"{number / one.locks:.1f} {name}" for name, number in one.calls.items() if number >= one.locks
        )
        told = f"{one.seconds:.1f} s, {1000 * one.seconds / one.locks:.1f} ms a lock; of each lock: {calls}"
        yield Row(
            f"a sweep finds {one.locks} stale locks among {500 * one.locks} keys, Slack without pace",
            _OURS.name,
            told,
            "",
            "1",
        )
