"""Show a report of the doctor: for people, as JSON, or its fixes; and the exit status that scripts go by."""

from datetime import datetime
from typing import TextIO

import click

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.visible import visible
from tflocks.commands.doctor.question import Question
from tflocks.output.doctor.document import document
from tflocks.output.doctor.fixes import Kind, fixes
from tflocks.output.doctor.printed import print_report
from tflocks.output.doctor.report import Report
from tflocks.output.terminal import console, tell

_RED, _GREY = 1, 3


def show(asked: Question, report: Report, now: datetime, stream: TextIO) -> None:
    """Write a report, a JSON document or the fixes to a stream."""
    tell(*report.notes)
    if asked.form == "json":
        click.echo(document(report, now), file=stream)
    elif asked.form:
        _show_fixes(asked, report, stream)
    else:
        print_report(report, console(stream), asked.shell)


def exit_status(report: Report) -> int:
    """Return 1 if something is red, else 3 if something is not known, else 0."""
    if report.counts[Colour.RED]:
        return _RED
    return _GREY if report.counts[Colour.GREY] else 0


def _show_fixes(asked: Question, report: Report, stream: TextIO) -> None:
    kind = Kind(asked.form)
    worst_first = [one for found in reversed(report.by_subject.values()) for one in reversed(found)]
    before = map(visible, asked.shell) if kind is Kind.CLI else ()
    for line in (*before, *fixes(worst_first, kind)):
        click.echo(line, file=stream)
    for one in worst_first:
        if one.fix and not (one.fix.cli if kind is Kind.CLI else one.fix.hcl):
            tell(f"not as {kind}: {one.subject}, {one.check} ({one.colour}): {one.fix.do}")
