from chalicelib.core.audit.window import Window
from tests.tflocks.story import a_hold, at
from tflocks.holds.ranking import rank
from tflocks.output.rows import NAMES, hold_row, ranked_row
from tflocks.output.spreadsheet import cell


def test_a_hold_s_row_has_the_documented_names_utc_and_seconds() -> None:
    row = hold_row(a_hold(0, 10.5, released_by="slack", slack_user="U0ALICE"), at(60))
    assert tuple(row) == NAMES["holds"]
    assert (row["since"], row["until"]) == ("2026-11-21T12:00:00.000Z", "2026-11-21T12:10:30.000Z")
    assert (row["held_seconds"], row["still_held"], row["incomplete"]) == (630.0, False, False)
    assert (row["operation"], row["terraform_operation"]) == ("plan", "OperationTypePlan")
    assert (row["slack_user"], row["session_name"]) == ("U0ALICE", None)


def test_what_is_not_known_is_null_and_said() -> None:
    row = hold_row(a_hold(None, 10, unread=True), at(60))
    assert (row["since"], row["held_seconds"], row["incomplete"]) == (None, None, True)
    assert row["not_known"] == "since when is not known; the lock was gone before it could be read"
    assert hold_row(a_hold(0, None, still_held=True), at(60))["held_seconds"] == 3600.0


def test_a_ranked_state_has_seconds_by_operation_in_json_and_in_csv() -> None:
    [ranked] = rank([a_hold(0, 10), a_hold(20, 50, operation="OperationTypeApply")], Window(at(-60), at(60)))
    row = ranked_row(ranked)
    assert tuple(row) == NAMES["states"]
    assert (row["holds"], row["locked_seconds"], row["longest_seconds"]) == (2, 2400.0, 1800.0)
    assert cell(row["seconds_by_operation"]) == '{"apply or destroy": 1800.0, "plan": 600.0}'
