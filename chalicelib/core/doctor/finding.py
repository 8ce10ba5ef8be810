"""What a check found: its colour, what was seen, and what to do about it."""

from enum import StrEnum
from typing import Any

import msgspec


class Colour(StrEnum):
    """How it stands with one thing that was checked, the worst first."""

    RED = "red"
    """Something is broken: a lock, a state, an alert or a release can be lost."""
    YELLOW = "yellow"
    """It works, and somebody should mend it before it matters."""
    GREY = "grey"
    """Nobody knows: the look was not allowed, or AWS or Slack did not answer it."""
    GREEN = "green"


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """What turns a finding green. It is pasted by people, so everything in it is quoted for where it is pasted."""

    do: str
    """The act in one sentence, for a person: what to change, where."""
    cli: str = ""
    """Commands for a shell: ``aws ...`` or ``tflocks ...``, one a line; "": no command does it."""
    hcl: str = ""
    """Resources or arguments for Terraform's AWS provider; "": Terraform cannot do it."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found of one subject."""

    check: str
    """The ID of the check: ``<area>.<name>``."""
    subject: str
    """What was looked at, as people call it: ``bucket acme-tfstate``."""
    colour: Colour
    seen: str
    """What was seen, with its values; for GREY, why it is not known."""
    fix: Fix | None = None
    """For RED and YELLOW always; for GREEN never."""
    right: str = ""
    """For GREY: the right that the look lacks, as IAM names it; "": it is no matter of rights."""
    details: tuple[str, ...] = ()
    """More lines, for who wants to see all: which states, which objects."""
    data: dict[str, Any] = {}
    """The same for programs; of JSON's types."""


def green(check: str, subject: str, seen: str, **more: Any) -> Finding:
    """Return the finding that all is well."""
    return Finding(check=check, subject=subject, colour=Colour.GREEN, seen=seen, **more)


def yellow(check: str, subject: str, seen: str, fix: Fix, **more: Any) -> Finding:
    """Return the finding of what should be mended."""
    return Finding(check=check, subject=subject, colour=Colour.YELLOW, seen=seen, fix=fix, **more)


def red(check: str, subject: str, seen: str, fix: Fix, **more: Any) -> Finding:
    """Return the finding of what is broken."""
    return Finding(check=check, subject=subject, colour=Colour.RED, seen=seen, fix=fix, **more)


def grey(check: str, subject: str, why: str, right: str = "") -> Finding:
    """Return the finding that it is not known how it stands."""
    return Finding(check=check, subject=subject, colour=Colour.GREY, seen=why, right=right)
