"""The table of what is assumed of AWS and Slack: each with a place in the code and its evidence, or the word "none"."""

import re

import pytest

from deploy.commands import ROOT

DECISIONS = (ROOT / "docs" / "decisions.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in DECISIONS.partition("## What is assumed")[2].partition("\n## ")[0].splitlines()
    if line.startswith("| ") and not line.startswith(("| assumption", "| ---"))
]
KINDS = ("recorded: ", "page: ", "thread: ", "seen: ", "none")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_an_assumption_names_its_place_and_its_evidence_and_one_without_what_happens_if_it_is_wrong(
    row: list[str],
) -> None:
    _, where, evidence, *otherwise = row
    assert (ROOT / where.strip("`")).exists()
    assert evidence.startswith(KINDS)
    if evidence.startswith("none"):
        assert otherwise[0]


def test_whatever_was_recorded_is_evidence_for_something() -> None:
    tests = {re.sub(r"[\W].*", "", name) for name in re.findall(r"recorded: (\w+)", " ".join(map(" ".join, ROWS)))}
    assert len(ROWS) > 50
    assert {"test_delete_object_if_match_non_express", "test_key_encoding", "test_assume_role"} <= tests
