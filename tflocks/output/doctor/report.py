"""A report of the doctor: everything that was looked at, and how it stands."""

from collections import Counter

import msgspec

from chalicelib.core.doctor.finding import Colour, Finding

BEST_FIRST = (Colour.GREEN, Colour.GREY, Colour.YELLOW, Colour.RED)
"""The last line on a screen is the one that is read, so the worst comes last."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one look."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    """What else the reader has to know: what was left out, and why."""
    account: str = ""
    stack: str = ""
    """The stack of the reaper that the findings are about; "": there is none."""
    seconds: float = 0
    """How long the look took."""

    @property
    def counts(self) -> dict[Colour, int]:
        """Return the number of findings of each colour."""
        counted = Counter(one.colour for one in self.findings)
        return {colour: counted[colour] for colour in Colour}

    @property
    def by_subject(self) -> dict[str, list[Finding]]:
        """Return the findings of each subject, the worst last; the subject with the worst finding is the last."""
        groups: dict[str, list[Finding]] = {}
        for one in self.findings:
            groups.setdefault(one.subject, []).append(one)
        ordered = {subject: sorted(found, key=_badness) for subject, found in groups.items()}
        return dict(sorted(ordered.items(), key=lambda group: _badness(group[1][-1])))


def _badness(one: Finding) -> int:
    return BEST_FIRST.index(one.colour)
