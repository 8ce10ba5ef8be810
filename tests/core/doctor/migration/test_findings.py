"""What people read of a table: its phase, what it costs, what is too old; each with a step that can be followed."""

import json
import shlex
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.migration.clients import client_findings, number_of, tool_of
from chalicelib.core.doctor.migration.evidence import Evidence, HeldItem, Items, Metrics, StateSeen
from chalicelib.core.doctor.migration.forgotten import Keeping, forgotten_finding, monthly
from chalicelib.core.doctor.migration.judged import digest_findings, phase_finding
from demo.terraform import Locking
from tests.core.doctor.migration.story import APP, GONE, NET, TABLE, ago, metrics, run, table, told

T, B, S = Locking.TABLE, Locking.BOTH, Locking.S3
MOVED = [run(NET, 60, B), run(NET, 40, S), run(NET, 3, S)]


def phase(*runs: Any, **fields: Any) -> Finding:
    return phase_finding(told(*runs, **fields))


@pytest.mark.parametrize(
    ("evidence", "colour", "seen"),
    [
        (told(), Colour.GREEN, "not used"),
        (told(run(NET, 3, T)), Colour.YELLOW, "only the table; since"),
        (told(run(NET, 9, T), run(APP, 3, B)), Colour.YELLOW, "phase 1: both, under way"),
        (told(run(NET, 9, B), run(APP, 3, B)), Colour.YELLOW, "phase 1: both; since"),
        (
            told(run(NET, 9, B), run(NET, 3, S)),
            Colour.GREEN,
            "safe to delete not before 2026-12-15, still needed: 4 weeks without",
        ),
        (told(run(NET, 60, B), run(NET, 3, S), digests=(APP,)), Colour.YELLOW, f"runs that lock only in S3 of {APP}"),
        (told(*MOVED), Colour.YELLOW, "phase 3: safe to delete"),
        (told(run(NET, 9, S), run(NET, 3, T)), Colour.RED, f"came back to life: {NET} was locked only in the table"),
        (told(digests=(NET,), covered_days=None), Colour.GREY, "not known"),
    ],
)
def test_each_phase_has_its_colour_and_its_words(evidence: Evidence, colour: Colour, seen: str) -> None:
    found = phase_finding(evidence)
    assert (found.colour, seen in found.seen) == (colour, True), found.seen
    assert (found.fix is not None) == (colour in {Colour.RED, Colour.YELLOW})


def test_the_next_step_names_the_states_and_the_backend_that_they_need() -> None:
    first, second = phase(run(NET, 3, T)).fix, phase(run(NET, 3, B)).fix
    assert first
    assert second
    assert f'dynamodb_table = "{TABLE}"' in first.hcl
    assert "use_lockfile   = true" in first.hcl
    assert "dynamodb_table" not in second.hcl
    assert 'key          = "net.tfstate"' in second.hcl
    assert NET in first.do
    assert NET in second.do


def test_a_table_that_may_go_is_looked_at_once_more_backed_up_and_then_deleted() -> None:
    found = phase(*MOVED, table=table(protected=True))
    assert found.fix
    lines = [shlex.split(line) for line in found.fix.cli.splitlines()]
    assert [line[2] for line in lines] == ["scan", "create-backup", "update-table", "delete-table"]
    assert all(line[line.index("--table-name") :][:2] == ["--table-name", TABLE] for line in lines)
    assert all("eu-central-1" in line for line in lines)


def test_a_hostile_path_breaks_out_of_no_command_and_no_template() -> None:
    hostile = 'acme-tfstate/a\'; rm -rf / ${file("x")} ".tfstate'
    fix = phase(run(hostile, 3, T)).fix
    assert fix
    assert '$${file(\\"x\\")}' in fix.hcl
    [left] = digest_findings(told(digests=(hostile,), states={hostile: GONE}))
    assert left.fix
    assert json.dumps({"LockID": {"S": f"{hostile}-md5"}}, separators=(",", ":")) in shlex.split(left.fix.cli)


def test_programs_get_every_state_and_whether_the_table_may_go() -> None:
    data = phase(*MOVED).data
    assert (data["phase"], data["safe_to_delete"], data["missing"]) == ("deletable", True, [])
    assert [(one["state_path"], one["locked"]) for one in data["states"]] == [(NET, "s3")]
    assert json.loads(json.dumps(data)) == data


def test_many_states_are_counted_in_the_line_and_listed_in_the_details() -> None:
    found = phase(*(run(f"acme-tfstate/{number:03}", 3, T) for number in range(50)))
    assert "of 50 states: 50 in the table" in found.seen
    assert (len([one for one in found.details if one.startswith("acme")]), len(found.seen) < 200) == (50, True)


def test_the_digest_of_a_gone_state_is_named_with_a_delete_that_spares_locks() -> None:
    [found] = digest_findings(told(*MOVED, digests=(NET, APP), states={APP: GONE}))
    assert found.fix
    assert (found.colour, found.details) == (Colour.YELLOW, (APP,))
    assert "attribute_not_exists(Info)" in found.fix.cli


def test_digests_of_states_that_s3_does_not_tell_of_are_not_called_gone() -> None:
    [found] = digest_findings(told(digests=(APP,), states={APP: StateSeen(trouble="S3 denies it")}))
    assert (found.colour, "S3 denies it" in found.seen) == (Colour.GREEN, True)


def clients(*runs: Any, **fields: Any) -> Finding:
    [found] = client_findings(told(*runs, **fields))
    return found


def test_a_client_that_is_too_old_is_named_with_its_state_and_holder() -> None:
    found = clients(
        run(NET, 3, T, terraform_version="1.5.7", who="ci@runner"), run(APP, 2, T, terraform_version="1.9.8")
    )
    assert (found.colour, found.details) == (
        Colour.YELLOW,
        (f"{NET}: Terraform 1.5.7 by ci@runner", f"{APP}: Terraform or OpenTofu 1.9.8 by unknown"),
    )


def test_whoever_was_upgraded_since_is_not_told() -> None:
    runs = [run(NET, days, T, terraform_version=version, who="ci@x") for days, version in ((9, "1.5.7"), (3, "1.11.4"))]
    assert clients(*runs).colour is Colour.GREEN


def test_a_client_of_the_lock_that_is_held_now_counts_without_a_journal() -> None:
    held = Items(held=(HeldItem(state_path=NET, version="1.2.9", who="me@laptop"),))
    assert clients(items=held, covered_days=None).colour is Colour.YELLOW


def test_without_any_lock_that_tells_a_version_nobody_knows() -> None:
    assert clients(covered_days=None, digests=(NET,)).colour is Colour.GREY
    assert clients(digests=(NET,)).colour is Colour.GREEN
    assert clients(covered_days=None).colour is Colour.GREEN


@pytest.mark.parametrize(
    ("version", "number", "tool"),
    [
        ("1.5.7", (1, 5, 7), "Terraform"),
        ("1.6.0", (1, 6, 0), "Terraform or OpenTofu"),
        ("1.10.0-beta1", (1, 10, 0), "Terraform or OpenTofu"),
        ("0.12.31", (0, 12, 31), "Terraform"),
        ("", None, "Terraform or OpenTofu"),
        ("latest; rm -rf /", None, "Terraform or OpenTofu"),
        ("1.10", None, "Terraform or OpenTofu"),
    ],
)
def test_a_version_tells_the_program_as_far_as_it_can(version: str, number: Any, tool: str) -> None:
    assert (number_of(version), tool_of(version)) == (number, tool)


def forgotten(evidence: Evidence, **keeping: Any) -> Finding:
    return forgotten_finding(evidence, Keeping(**keeping))


def test_a_table_without_a_write_for_months_is_forgotten_with_its_cost() -> None:
    old = table(read_units=5, write_units=5, size=2 * 1024**3)
    found = forgotten(told(digests=(NET,), metrics=metrics(since=91), covered_days=None, table=old), recovery=True)
    assert (found.colour, "only digests are left" in found.seen) == (Colour.YELLOW, True)
    assert "$3.75 a month (5 read and 5 write units, point-in-time recovery on)" in found.seen
    assert monthly(table(), Keeping()) == 0


@pytest.mark.parametrize(
    ("evidence", "colour"),
    [
        (told(metrics=metrics(3, since=91)), Colour.GREEN),
        (told(run(NET, 20, T), metrics=metrics(since=91)), Colour.GREEN),
        (told(table=table(created=ago(5))), Colour.GREEN),
        (told(metrics=metrics(since=30)), Colour.GREY),
        (told(digests=(NET,)), Colour.GREY),
    ],
)
def test_a_table_is_not_called_forgotten_without_the_numbers_of_months(evidence: Evidence, colour: Colour) -> None:
    assert forgotten(evidence).colour is colour


def test_numbers_that_are_denied_are_grey_with_the_right() -> None:
    denied = Metrics(trouble="access denied", denied="cloudwatch:GetMetricData")
    assert forgotten(told(metrics=denied)).right == "cloudwatch:GetMetricData"


def test_a_short_time_without_locks_can_be_asked_for() -> None:
    evidence = msgspec.structs.replace(told(run(NET, 2, B), run(NET, 1, S)), quiet=timedelta(days=1))
    assert "safe to delete" in phase_finding(evidence).seen
