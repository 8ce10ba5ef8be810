"""The paper that says how it grows has the numbers that its script computes."""

from bench.scaling import FLEETS, Fleet, night, table
from deploy.commands import ROOT


def test_the_docs_have_the_table_that_is_computed() -> None:
    assert table() in (ROOT / "docs" / "scaling.md").read_text()


def test_the_largest_fleet_is_that_of_a_thousand_accounts() -> None:
    assert FLEETS[-1] == Fleet(1_000, 100_000)
    assert night(FLEETS[-1]).dollars < 0.05


def test_a_bucket_takes_a_page_even_if_it_is_small() -> None:
    assert night(Fleet(10, 10)).lists == 10
