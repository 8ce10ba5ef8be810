"""The fixes of a report as one file of commands or of HCL, each with a comment that says what it mends."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.visible import visible

_AGAIN = "It replaces the same thing as the fix before it. Run `tflocks doctor` again after that one, and take it then."
_UNSHOWABLE = "It has characters that no terminal shows as they are: --json has it."
_COMMAND = re.compile(r"\s*(?:aws|tflocks)\s+\S+\s+\S+")
_NAMING = re.compile(
    r"--(?:bucket|queue-url|topic-arn|table-name|role-name|policy-name|policy-arn|function-name|event-source-arn|uuid"
    r"|name|rule|key-id|alarm-names?|log-group-name|region)[ =]\S+"
)
"""Options that say of what a command replaces something."""
_RESOURCE = re.compile(r'\s*resource\s+"[^"]*"\s+"[^"]*"')


class Kind(StrEnum):
    """How a fix is carried out."""

    CLI = "cli"
    HCL = "hcl"


def text_of(one: Finding, kind: Kind) -> str:
    """Return the commands or the HCL of a finding's fix; "": there is none of that kind."""
    if one.fix is None:
        return ""
    return (one.fix.cli if kind is Kind.CLI else one.fix.hcl).strip("\n")


def pasteable(text: str) -> bool:
    """Return whether a terminal shows a text as it is: what it shows of any other would do something else."""
    return all(visible(line) == line for line in text.split("\n"))


def held_back(findings: Iterable[Finding], kind: Kind) -> set[int]:
    """Return the positions of the findings whose fix would undo the fix of one before.

    Many of AWS's requests replace a whole document (a bucket's policy). Two fixes that were written from the same look
    each keep what was there then, and so the second one takes away what the first one added.
    """
    first: dict[tuple[str, str], str] = {}
    later: set[int] = set()
    for position, one in enumerate(findings):
        text = text_of(one, kind)
        for key in _replaced(text, kind):
            if first.setdefault((one.subject, key), text) != text:
                later.add(position)
    return later


def fixes(findings: list[Finding], kind: Kind) -> Iterator[str]:
    """Yield the lines of a file that mends what can be mended that way, the worst first."""
    later = held_back(findings, kind)
    printed: set[str] = set()
    for position, one in enumerate(findings):
        text = text_of(one, kind)
        if not text:
            continue
        yield from _comment(one)
        if position in later:
            yield f"# {_AGAIN}"
        elif not pasteable(text):
            yield f"# {_UNSHOWABLE}"
        elif text in printed:
            yield "# The fix above mends this too."
        else:
            printed.add(text)
            yield text
        yield ""


def _comment(one: Finding) -> Iterator[str]:
    yield visible(f"# {one.subject}: {CHECKS[one.check].title} ({one.check}, {one.colour}): {one.seen}")
    yield visible(f"# {one.fix.do}") if one.fix else ""


def _replaced(text: str, kind: Kind) -> Iterator[str]:
    """Yield what a fix replaces: a command's service, operation and names, or a resource's type and name."""
    beginning = _COMMAND if kind is Kind.CLI else _RESOURCE
    for line in text.split("\n"):
        if found := beginning.match(line):
            yield " ".join([*found[0].split(), *sorted(_NAMING.findall(line))])
