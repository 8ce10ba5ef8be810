"""Shorten a list of troubles for one line of the journal. The first few usually say what is wrong."""

from collections.abc import Sequence

MOST = 20
"""Most troubles that one line names."""
LONGEST = 400
"""Most characters of one trouble. A state path alone can have 1,100."""


def told_briefly(troubles: Sequence[str]) -> str:
    """Join the first troubles, each cut to LONGEST characters, and say how many more there are."""
    more = len(troubles) - MOST
    told = [_cut(trouble) for trouble in troubles[:MOST]]
    return "; ".join([*told, f"and {more} more"] if more > 0 else told)


def _cut(trouble: str) -> str:
    return trouble if len(trouble) <= LONGEST else f"{trouble[: LONGEST - 1]}…"
