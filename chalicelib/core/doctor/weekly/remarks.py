"""What the journal's line says of a weekly look beside its counts."""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.core.brief import told_briefly
from chalicelib.core.doctor.finding import Colour, Finding

_PHASE = "migration.phase"


def remarks(found: Mapping[str, Sequence[Finding]], trouble: Sequence[str]) -> str:
    """Return the phases of lock tables, the rights that are missing, and what did not answer, by subject."""
    every = [finding for findings in found.values() for finding in findings]
    phases = [f"{one.subject}: {one.seen}" for one in every if one.check == _PHASE and one.colour is not Colour.GREY]
    return told_briefly([*trouble, *phases, *_lacking(every), *_unanswered(found)])


def _lacking(every: Sequence[Finding]) -> Iterator[str]:
    rights = sorted({one.right for one in every if one.colour is Colour.GREY and one.right})
    if rights:
        yield f"rights that are missing: {', '.join(rights)}"


def _unanswered(found: Mapping[str, Sequence[Finding]]) -> Iterator[str]:
    """Yield one remark for each subject: what is wrong with it as a whole is in each of its checks."""
    for subject, findings in found.items():
        unanswered = [one for one in findings if one.colour is Colour.GREY and not one.right]
        if unanswered:
            more = f" (and {len(unanswered) - 1} more of its checks)" if len(unanswered) > 1 else ""
            yield f"{subject}, {unanswered[0].check}: {unanswered[0].seen}{more}"
