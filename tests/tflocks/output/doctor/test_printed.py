"""The doctor's report as a person reads it."""

import io
import re

import pytest
from rich.console import Console

from chalicelib.core.doctor.finding import Fix
from tests.tflocks.output.doctor.findings import BUCKET, OTHER, POLICY, a_report, broken, unknown, warned, well
from tests.tflocks.story import EVIL
from tflocks.output.doctor.printed import print_report
from tflocks.output.doctor.report import Report
from tflocks.output.terminal import console

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def printed(report: Report, width: int = 0, **more: object) -> str:
    """As on a terminal of a width; 0: as in a file."""
    out = io.StringIO()
    on = Console(file=out, width=width, force_terminal=True, highlight=False, _environ={}) if width else console(out)
    print_report(report, on)
    return out.getvalue()


def test_the_worst_is_the_last_on_the_screen_in_a_subject_among_subjects_and_in_the_summary() -> None:
    lines = printed(a_report(broken(), well(), warned(), unknown(), well(OTHER))).splitlines()
    words = [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("     ")]
    assert words == ["green", "green", "grey", "YELLOW", "RED"]
    assert lines[-1] == f"RED {BUCKET}: Existence"
    assert "2 subjects in 1.2 s: 2 green, 1 grey, 1 yellow, 1 red" in lines


def test_a_red_line_says_what_was_seen_why_it_matters_and_what_to_do_and_the_command_is_on_a_line_of_its_own() -> None:
    shown = printed(a_report(broken()))
    for said in ("versioning is suspended", "What is not there, or in another account", "Turn it on."):
        assert said in shown
    assert f"\n         {POLICY} 'A'\n" in shown


def test_a_green_line_is_one_short_line() -> None:
    lines = printed(a_report(well(details=("one", "two")), well(OTHER))).splitlines()
    assert next(line for line in lines if "green" in line).startswith("  green  Existence: it is there")
    assert "one" not in "\n".join(lines)


def test_a_grey_line_names_the_right_that_it_takes() -> None:
    assert "needs: cloudformation:DescribeStacks" in " ".join(printed(a_report(unknown())).split())


def test_the_rights_that_all_grey_lines_lack_are_gathered_once_in_the_summary() -> None:
    lines = printed(a_report(unknown(), unknown(right="s3:GetBucketAcl"), unknown(), broken())).splitlines()
    assert "Grey for lack of these rights: cloudformation:DescribeStacks, s3:GetBucketAcl" in lines
    assert "Grey for lack" not in printed(a_report(well(), broken()))


def test_many_details_are_cut_and_their_number_is_told() -> None:
    shown = printed(a_report(broken(details=tuple(f"state-{number}" for number in range(25)))))
    assert ("state-9" in shown, "state-10" in shown, "and 15 more: --json has them all" in shown) == (True, False, True)


@pytest.mark.parametrize("width", [60, 80, 160])
def test_prose_fits_the_terminal_and_a_command_is_never_wrapped(width: int) -> None:
    long = f"{POLICY} '{'x' * 300}'"
    shown = ESCAPES.sub("", printed(a_report(broken(fix=Fix(do="Turn it on, " * 20, cli=long)), unknown()), width))
    assert all(len(line) <= width for line in shown.splitlines() if "xxx" not in line)
    assert f"         {long}\n" in shown


def test_the_colour_s_name_is_there_without_colours_and_colours_are_only_on_a_terminal() -> None:
    report = a_report(broken())
    assert "\x1b" not in printed(report)
    assert "\x1b[1;31mRED" in printed(report, 80)
    assert ESCAPES.sub("", printed(report, 200)) == printed(report)


def test_no_color_is_respected() -> None:
    out = io.StringIO()
    print_report(
        a_report(broken(), warned()), Console(file=out, force_terminal=True, width=80, _environ={"NO_COLOR": "1"})
    )
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", out.getvalue())


def test_two_fixes_that_replace_one_document_are_not_both_offered_because_the_second_would_undo_the_first() -> None:
    shown = printed(a_report(warned(statement="A"), broken(statement="B")))
    assert f"{POLICY} 'B'" in shown, "the worst is mended first"
    assert shown.count(POLICY) == 1
    assert "run the doctor again" in shown


def test_the_same_fix_for_two_lines_is_shown_at_both() -> None:
    assert printed(a_report(warned(), broken())).count(f"{POLICY} 'A'") == 2


def test_nothing_of_others_acts_on_the_terminal_and_a_command_that_would_show_false_is_not_shown() -> None:
    fix = Fix(do=EVIL, cli=f"aws s3 rm '{EVIL}'")
    shown = printed(a_report(broken(subject=f"bucket {EVIL}", fix=fix, details=(EVIL,)), unknown(EVIL)))
    assert all(line.isprintable() for line in shown.splitlines())
    assert ("aws s3 rm" in shown, "--json has it" in shown) == (False, True)
    assert "[red]" in shown, "no markup of the terminal's library either"


def test_whose_profile_and_region_a_command_needs_is_said_before_it_is_pasted() -> None:
    out = io.StringIO()
    print_report(a_report(broken()), console(out), ("export AWS_PROFILE='a [b]'",))
    assert "Before you paste a command:\nexport AWS_PROFILE='a [b]'\n" in out.getvalue()
    assert "Before" not in printed(a_report(broken()))
