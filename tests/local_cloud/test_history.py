"""``tflocks history`` as it is installed, on the journal that the deployed reaper wrote and on real versions."""

import csv
import json
from pathlib import Path
from typing import Any

from demo.deployed import DeployedReaper
from demo.waiting import wait_for
from tests.local_cloud.asking import holds, tflocks
from tests.local_cloud.conftest import UNWIRED, VERSIONED
from tests.local_cloud.steps import APPLY, PLAN, page_of, take, tell_as_s3

RUN, BOB = "AWS:AROAEXAMPLE:gh-run-4711", "AWS:AROAEXAMPLE:bob@acme.example"


def released(reaper: DeployedReaper, state: str) -> list[dict[str, Any]]:
    """The state's holds once the journal has the release of the newest one."""

    def look() -> list[dict[str, Any]] | None:
        found = holds(reaper, state)
        return found if found and found[0]["released_by"] not in {None, "unknown"} else None

    return wait_for(f"the journal has the release of {state}", look, every=0.5)


def test_a_hold_before_the_reaper_came_is_shown_from_the_versions_and_a_later_one_from_the_journal_too(
    reaper: DeployedReaper,
) -> None:
    key = "history/before.tfstate"
    reaper.put_lock(UNWIRED, key, APPLY)
    reaper.delete_lock(UNWIRED, key)
    reaper.put_lock(UNWIRED, key, PLAN)
    tell_as_s3(reaper, "ObjectCreated:Put", UNWIRED, key, RUN)
    wait_for("the book has the lock", lambda: page_of(reaper, key, UNWIRED))
    reaper.delete_lock(UNWIRED, key)
    tell_as_s3(reaper, "ObjectRemoved:DeleteMarkerCreated", UNWIRED, key, BOB)
    newest, oldest = released(reaper, f"s3://{UNWIRED}/{key}.tflock")
    assert (newest["source"], oldest["source"]) == ("both", "versions")
    assert (newest["session_name"], newest["release_session_name"]) == ("gh-run-4711", "bob@acme.example")
    assert (newest["released_by"], oldest["released_by"]) == ("other", "unknown")
    assert (newest["operation"], oldest["operation"]) == ("plan", "apply or destroy")
    assert newest["lock_id"] == json.loads(PLAN)["ID"]
    assert oldest["who"] == json.loads(APPLY)["Who"]
    assert not any(hold["still_held"] or hold["incomplete"] for hold in (newest, oldest))


def test_the_same_holds_are_a_table_and_csv_and_pictures(reaper: DeployedReaper, tmp_path: Path) -> None:
    key = "history/shown.tfstate"
    take(reaper, key, PLAN)
    reaper.delete_lock(VERSIONED, key)
    released(reaper, f"{VERSIONED}/{key}")
    take(reaper, key, APPLY)
    shown = tflocks(reaper, f"{VERSIONED}/{key}")
    assert "2 holds" in shown.stdout
    assert "still held" in shown.stdout
    assert "scanned by Logs Insights" in shown.stderr
    rows = list(csv.DictReader(tflocks(reaper, f"{VERSIONED}/{key}", "--csv").stdout.splitlines()))
    assert [row["operation"] for row in rows] == ["apply or destroy", "plan"]
    html, png = tmp_path / "out.html", tmp_path / "out.png"
    assert tflocks(reaper, "--bucket", VERSIONED, "--plot", html).returncode == 0
    assert tflocks(reaper, f"{VERSIONED}/{key}", "--plot", png).returncode == 0
    assert key in html.read_text(encoding="utf-8")
    assert png.read_bytes().startswith(b"\x89PNG")
    reaper.delete_lock(VERSIONED, key)


def test_the_states_are_ranked_by_the_time_they_were_locked(reaper: DeployedReaper) -> None:
    key = "history/ranked.tfstate"
    take(reaper, key, PLAN)
    document = json.loads(tflocks(reaper, "--top", "100", "--json").stdout)
    [ranked] = [state for state in document["states"] if state["state_path"] == f"{VERSIONED}/{key}"]
    assert (ranked["holds"], ranked["still_held"]) == (1, True)
    assert list(ranked["seconds_by_operation"]) == ["plan"]
    reaper.delete_lock(VERSIONED, key)


def test_what_is_not_there_is_told_with_what_to_do(reaper: DeployedReaper) -> None:
    no_group = tflocks(reaper, "--top", "--log-group", "/no/such")
    assert (no_group.returncode, no_group.stdout) == (1, "")
    assert "check --stage, --log-group" in no_group.stderr
    no_bucket = tflocks(reaper, "acme-nowhere/x.tfstate")
    assert no_bucket.returncode == 1
    assert "there is no such bucket" in no_bucket.stderr
    versions_alone = tflocks(reaper, f"{VERSIONED}/history/ranked.tfstate", "--log-group", "/no/such")
    assert versions_alone.returncode == 0
    assert "the journal was not read" in versions_alone.stderr
