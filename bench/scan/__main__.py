"""``python -m bench.scan [--full] [--runs N]``: the scan for locks beside s5cmd, rclone, aws-cli and boto3.

Quick, with fewer keys and one run each, it takes two minutes; with ``--full``, 20 minutes on a quiet machine of two
cores: medians of five runs, of three or one where a tool takes a minute or more. Both write docs/benchmarks.md.
"""

import argparse
import os
import platform
import sys
from dataclasses import replace
from datetime import UTC, datetime

import boto3

from bench.scan.cases import FULL, QUICK, Row, measured
from bench.scan.tools import install_peers
from deploy.commands import ROOT

_DOC = ROOT / "docs" / "benchmarks.md"
_HEAD = """# How fast the scan for locks is

Written by `{command}`.

All tools list the same bytes from the same server (`bench/list_server`), one tool after the other, in one run; the run
fails unless all report equally many locks, and none twice. The server is on the same machine, so times of S3 itself are
in it only as the latency that is named. "Ratio" is a tool's median by ours: for pages a second, less than 1 is slower
than ours.
"""
_FOOT = """
Where there is no difference: a bucket that is not split takes as many answers one after the other with any tool, so
with S3's latency all are near it. The tools are not asked for the same: they parse all fields of all keys, and the
reaper throws away all but the locks before it parses.

The commands are in `bench/scan/tools.py`, the versions of the other tools in `bench/scan/requirements.txt`.
"""


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.scan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--runs", type=int, help="how many runs of each tool; with --full five, else one")
    asked = parser.parse_args()
    size = FULL if asked.full else QUICK
    size = replace(size, runs=asked.runs or size.runs)
    missing = install_peers()
    for name in missing:
        print(f"{name} cannot be installed here: its rows are missing")
    rows = []
    for row in measured(size, missing):
        rows.append(row)
        print(f"{row.case:<70} {row.tool:<16} {row.value:<40} {row.ratio:>7}  of {row.runs}", flush=True)
    _DOC.write_text(_written(rows, missing, " ".join(["python -m bench.scan", *sys.argv[1:]])))
    print(f"written: {_DOC.relative_to(ROOT)}")


def _written(rows: list[Row], missing: list[str], command: str) -> str:
    python, boto = platform.python_version(), boto3.__version__
    machine = f"{os.cpu_count()} CPUs, {platform.machine()}, {platform.system()}, Python {python}, boto3 {boto}"
    about = f"\n{datetime.now(UTC):%Y-%m-%d}; {machine}.{''.join(f' Missing: {name}.' for name in missing)}\n"
    parts = [_HEAD.format(command=command), about]
    for case in dict.fromkeys(row.case for row in rows):
        parts.append(f"\n## {case[0].upper()}{case[1:]}\n| tool | median | ratio | runs |\n| --- | --- | --- | --- |\n")
        parts += [f"| {row.tool} | {row.value} | {row.ratio} | {row.runs} |\n" for row in rows if row.case == case]
    return "".join([*parts, _FOOT])


if __name__ == "__main__":
    main()
