"""Print a report of the doctor for a person: a line a check, and for each red line what to do."""

import textwrap
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour, Finding, Fix
from chalicelib.core.visible import visible
from tflocks.output.doctor.fixes import Kind, held_back, pasteable
from tflocks.output.doctor.report import Report
from tflocks.words import counted, shortened

_WORDS = {Colour.GREEN: "green", Colour.GREY: "grey", Colour.YELLOW: "YELLOW", Colour.RED: "RED"}
"""The word says it too: not everybody sees colours, and no file has them."""
_STYLES = {Colour.GREEN: "green", Colour.GREY: "dim", Colour.YELLOW: "bold yellow", Colour.RED: "bold red"}
_WORD, _INDENT = 6, 9
_NARROWEST, _GREEN_LINE = 60, 160
_MOST_DETAILS = 10
_AGAIN = "It replaces the same thing as a fix below. Take that one, run the doctor again, and take the fix it has then."
_UNSHOWABLE = "The command has characters that no terminal shows as they are. --json has it."


def print_report(report: Report, out: Console, shell: Sequence[str] = ()) -> None:
    """Print each subject with its findings, the worst last, and a summary.

    ``shell`` is what a shell needs to know before it runs a fix.
    """
    for subject, found in report.by_subject.items():
        out.print(Text(visible(subject), "bold"), soft_wrap=True)
        later = held_back(found[::-1], Kind.CLI)  # the worst is mended first
        for number, one in enumerate(found, 1):
            _print_finding(one, out, once_more=len(found) - number in later)
        out.print()
    if shell and any(one.fix and one.fix.cli for one in report.findings):
        out.print(
            Text("Before you paste a command:", "dim"), *map(visible, shell), sep="\n", soft_wrap=True, markup=False
        )
    for line in _summary(report):
        out.print(line, soft_wrap=True)


def _print_finding(one: Finding, out: Console, *, once_more: bool) -> None:
    title, seen = f"{CHECKS[one.check].title}: ", visible(one.seen)
    seen = shortened(seen, _GREEN_LINE) if one.colour is Colour.GREEN else seen
    first, *more = _wrapped(title + seen, out, _INDENT)
    head = Text("  ").append(f"{_WORDS[one.colour]:<{_WORD}}", _STYLES[one.colour]).append(" ")
    out.print(head.append(first[: len(title)], "bold").append(first[len(title) :]), soft_wrap=True)
    for line in more:
        out.print(Text(" " * _INDENT + line), soft_wrap=True)
    for text in _beneath(one, out, once_more=once_more):
        out.print(text, soft_wrap=True)


def _beneath(one: Finding, out: Console, *, once_more: bool) -> Iterator[Text]:
    """Yield the lines beneath a finding that is not green: what more was seen, why it matters, what to do."""
    if one.colour is Colour.GREEN:
        return
    for detail in one.details[:_MOST_DETAILS]:
        yield from _told("-", detail, out)
    if len(one.details) > _MOST_DETAILS:
        yield from _told("-", f"and {len(one.details) - _MOST_DETAILS} more: --json has them all", out)
    if one.colour is Colour.GREY:
        yield from _told("needs:", one.right, out) if one.right else ()
        return
    yield from _told("why:", CHECKS[one.check].why, out)
    if one.fix:
        yield from _told("do:", one.fix.do, out)
        yield from _pasted(one.fix, out, once_more=once_more)


def _pasted(fix: Fix, out: Console, *, once_more: bool) -> Iterator[Text]:
    """Yield the commands, or else the HCL, as they are: nothing of them may be wrapped."""
    text = (fix.cli or fix.hcl).strip("\n")
    if once_more:
        yield from _told("", _AGAIN, out)
    elif text and not pasteable(text):
        yield from _told("", _UNSHOWABLE, out)
    elif text:
        yield from (Text(" " * _INDENT + line, "cyan") for line in text.split("\n"))


def _told(name: str, text: str, out: Console) -> Iterator[Text]:
    """Yield a text behind its name, with its further lines beneath its first."""
    begin = f"{name} " if name else ""
    first, *more = _wrapped(visible(text), out, _INDENT + len(begin)) or [""]
    yield Text(" " * _INDENT).append(begin, "dim").append(first)
    yield from (Text(" " * (_INDENT + len(begin)) + line) for line in more)


def _wrapped(text: str, out: Console, indent: int) -> list[str]:
    """Return a text in lines as wide as a terminal is. In a file each is one line, which is easy to search."""
    if not out.is_terminal:
        return [text]
    width = max(out.width, _NARROWEST) - indent
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _summary(report: Report) -> Iterator[Text]:
    counts = report.counts
    told = ", ".join(f"{counts[colour]} {colour.value}" for colour in reversed(list(Colour)))
    subjects = counted(len(report.by_subject), "subject")
    yield Text(f"{subjects} in {report.seconds:.1f} s: ").append(told, _STYLES[_worst(report)])
    if any(one.fix and one.fix.hcl for one in report.findings):
        yield Text("Fixes for a file: --fix-as cli for a shell, --fix-as hcl for Terraform.", "dim")
    if rights := sorted({one.right for one in report.findings if one.right}):
        yield Text(f"Grey for lack of these rights: {visible(', '.join(rights))}", "dim")
    for subject, found in report.by_subject.items():
        for one in found:
            if one.colour is Colour.RED:
                named = visible(f"{subject}: {CHECKS[one.check].title}")
                yield Text("RED ", _STYLES[Colour.RED]).append(named)


def _worst(report: Report) -> Colour:
    return next((colour for colour in Colour if report.counts[colour]), Colour.GREEN)
