"""The fixes of a report, in a file for a shell or for Terraform."""

import subprocess

from chalicelib.core.doctor.finding import Fix
from tests.tflocks.output.doctor.findings import BUCKET, HCL, OTHER, POLICY, a_report, broken, unknown, warned, well
from tests.tflocks.story import EVIL
from tflocks.output.doctor.fixes import Kind, fixes


def lines(*findings: object, kind: Kind = Kind.CLI) -> list[str]:
    return list(fixes(list(a_report(*findings).findings), kind))  # type: ignore[arg-type]


def test_each_fix_has_a_comment_that_says_what_it_mends() -> None:
    assert lines(broken(), well(), unknown()) == [
        f"# {BUCKET}: Existence (reach.subject, red): versioning is suspended",
        "# Turn it on.",
        f"{POLICY} 'A'",
        "",
    ]


def test_commands_and_hcl_are_never_mixed() -> None:
    shell, terraform = "\n".join(lines(broken())), "\n".join(lines(broken(), kind=Kind.HCL))
    assert (POLICY in shell, "resource" in shell) == (True, False)
    assert (POLICY in terraform, HCL.format("A") in terraform) == (False, True)


def test_what_has_no_fix_of_that_kind_is_left_out() -> None:
    assert lines(broken(fix=Fix(do="Invite the app.")), kind=Kind.HCL) == []


def test_of_two_fixes_that_replace_one_document_only_the_first_is_given_and_it_says_when_the_second_comes() -> None:
    for kind, what in ((Kind.CLI, POLICY), (Kind.HCL, "resource")):
        text = "\n".join(lines(broken(statement="A"), warned(statement="B"), kind=kind))
        assert text.count(what) == 1
        assert "Run `tflocks doctor` again" in text


def test_the_same_request_about_two_things_is_two_fixes() -> None:
    log = broken(fix=Fix(do="Log.", cli="aws s3api put-bucket-policy --bucket logs --policy 'L'"))
    text = "\n".join(lines(broken(), log))
    assert ("--policy 'A'" in text, "--policy 'L'" in text, "again" in text) == (True, True, False)


def test_one_fix_that_mends_two_things_is_given_once_and_those_of_other_subjects_are_their_own() -> None:
    text = "\n".join(lines(broken(), warned(), broken(OTHER, statement="B")))
    assert text.count(f"{POLICY} 'A'") == 1
    assert text.count(f"{POLICY} 'B'") == 1
    assert "The fix above mends this too." in text


def test_foreign_text_cannot_leave_its_comment_and_a_command_that_shows_false_is_left_out() -> None:
    evil = Fix(do=f"Do\n{EVIL}", cli=f"aws s3 rm 'x\u202e'\n{POLICY} 'A'")
    text = "\n".join(lines(broken(subject="bucket a\necho broken into", fix=evil)))
    assert all(line.startswith("#") for line in text.split("\n") if line)
    assert subprocess.run(["/bin/sh", "-c", text], capture_output=True, check=True).stdout == b""  # noqa: S603
