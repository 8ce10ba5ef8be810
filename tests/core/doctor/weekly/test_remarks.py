from chalicelib.core.doctor.finding import green, grey
from chalicelib.core.doctor.weekly.remarks import remarks

TABLE, GONE = "table terraform-locks", "bucket acme-gone"


def test_the_line_has_the_phases_the_missing_rights_and_a_remark_for_each_subject_that_did_not_answer() -> None:
    found = {
        TABLE: [green("migration.phase", TABLE, "both places"), grey("migration.grants", TABLE, "denied", "iam:X")],
        GONE: [grey(f"bucket.{number}", GONE, "there is no such bucket") for number in range(17)],
    }
    assert remarks(found, ["bucket a was looked at, and that could not be remembered: the book is down"]).split(
        "; "
    ) == [
        "bucket a was looked at, and that could not be remembered: the book is down",
        "table terraform-locks: both places",
        "rights that are missing: iam:X",
        "bucket acme-gone, bucket.0: there is no such bucket (and 16 more of its checks)",
    ]


def test_where_all_is_answered_there_is_nothing_to_remark() -> None:
    assert remarks({GONE: [green("bucket.versioning", GONE, "on")]}, []) == ""
