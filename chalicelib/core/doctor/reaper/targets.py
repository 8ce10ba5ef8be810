"""Judge whether the targets of the rules are still there."""

from collections.abc import Sequence
from enum import StrEnum
from shlex import quote
from typing import NamedTuple

from chalicelib.core.brief import told_briefly
from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.locks.target import Target

TARGETS = "reaper.targets"


class Whereabouts(StrEnum):
    """How it stands with a target."""

    THERE = "is there"
    GONE = "is not there any more"
    ELSEWHERE = "belongs to another account than the reaper's"
    DENIED = "cannot be looked at: you may not, or it belongs to another account"


class Seen(NamedTuple):
    """A target and how it stands."""

    target: Target
    standing: Whereabouts


def judge_targets(subject: str, seen: Sequence[Seen], parts: Parts) -> list[Finding]:
    """Return a finding for each target that is not there, one for those nobody may look at, or one for all."""
    found = [_missing(subject, one, parts) for one in seen if one.standing in {Whereabouts.GONE, Whereabouts.ELSEWHERE}]
    if denied := [one.target.called for one in seen if one.standing is Whereabouts.DENIED]:
        why = f"{told_briefly(denied)} {Whereabouts.DENIED}"
        found.append(grey(TARGETS, subject, why, "s3:ListBucket"))
    return found or [green(TARGETS, subject, f"all {len(seen)} targets of this account are there")]


def _missing(subject: str, one: Seen, parts: Parts) -> Finding:
    if one.standing is Whereabouts.ELSEWHERE:
        do = (
            f"Look who owns the {one.target.called}: if it is another account of yours, name it in the target's "
            "`account` in reaper.toml; if not, a stranger took the name: take the target out at once. Then deploy."
        )
    else:
        do = f"Take the {one.target.called} out of reaper.toml, or make it again if it went by mistake. Then deploy."
    fix = Fix(do=do, cli=f"make deploy STAGE={quote(parts.stage)}")
    return red(TARGETS, subject, f"the {one.target.called} {one.standing}", fix)
