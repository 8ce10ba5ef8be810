"""What README.md says that an installation costs."""

import re

from bench.month import A_MILLION_CYCLES, ALARMS, METRICS, SIZES, month, table
from deploy.commands import ROOT
from tests.deploy.stack_files import resources

OPERATING = (ROOT / "docs" / "operating.md").read_text()


def test_the_readme_has_the_table_that_is_computed() -> None:
    assert table() in (ROOT / "README.md").read_text()


def test_a_larger_installation_costs_more_and_the_largest_less_than_fifty_dollars() -> None:
    totals = [month(size).total for size in SIZES]
    assert totals == sorted(totals)
    assert totals[-1] < 50


def test_the_fixed_part_is_that_of_the_stack_and_of_the_docs() -> None:
    made = [one.get("Type") for one in resources()["Resources"].values()]
    assert made.count("AWS::CloudWatch::Alarm") == ALARMS
    assert f"{METRICS} metrics at $0.30 + {ALARMS} alarms at $0.10" in OPERATING


def test_a_cycle_costs_what_the_count_of_calls_came_to() -> None:
    row = re.search(r"\| \*\*together\*\* \| \*\*[\d.]+\*\* \| \*\*([\d.]+)\*\*", OPERATING)
    assert row
    assert float(row[1]) == A_MILLION_CYCLES
