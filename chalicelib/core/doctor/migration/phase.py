"""In which phase of ``docs/migration.md`` a table is."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.core.doctor.migration.evidence import Evidence
from chalicelib.core.doctor.migration.proof import Missing, last_write, missing
from chalicelib.core.doctor.migration.standing import STILL_IN_TABLE, Standing, Way, standings


class Phase(StrEnum):
    """The phases, as the documentation names them."""

    UNUSED = "not used: no state was ever locked here"
    UNKNOWN = "not known"
    TABLE = "only the table"
    BOTH = "phase 1: both"
    S3 = "phase 2: only S3"
    DELETABLE = "phase 3: safe to delete"


_BEYOND_TABLE = {Way.BOTH, Way.S3_AT_LEAST, Way.S3}
_NOBODY: set[Way] = set()
_BEHIND = {
    Phase.UNUSED: _NOBODY,
    Phase.UNKNOWN: _NOBODY,
    Phase.TABLE: _NOBODY,
    Phase.BOTH: STILL_IN_TABLE,
    Phase.S3: {Way.BOTH, Way.S3_AT_LEAST},
    Phase.DELETABLE: _NOBODY,
}
"""How the states are locked that are not yet as the phase wants them."""
_THERE = {
    Phase.UNUSED: _NOBODY,
    Phase.UNKNOWN: _NOBODY,
    Phase.TABLE: STILL_IN_TABLE,
    Phase.BOTH: _BEYOND_TABLE,
    Phase.S3: {Way.S3},
    Phase.DELETABLE: {Way.S3},
}
"""How the states are locked that are as the phase wants them: it begins with the first of these."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Where a table stands, and why."""

    phase: Phase
    states: tuple[Standing, ...] = ()
    since: datetime | None = None
    """Since when it is in this phase, as far as it is known."""
    missing: tuple[Missing, ...] = ()
    """What is missing until the table may be deleted."""

    def of(self, *ways: Way) -> tuple[str, ...]:
        """Return the paths of the states that are locked in one of these ways."""
        return tuple(one.state_path for one in self.states if one.way in ways)

    @property
    def back(self) -> tuple[Standing, ...]:
        """Return the states that were locked only in the table after they had been locked only in S3."""
        return tuple(one for one in self.states if one.back)

    @property
    def under_way(self) -> bool:
        """Return whether some states are not yet as the phase wants them."""
        return any(one.way in _BEHIND[self.phase] for one in self.states)

    @property
    def waits_until(self) -> datetime | None:
        """Return when the table is safe to delete if no lock is taken in it; None: somebody has to do something."""
        ends = [one.until for one in self.missing]
        known = [one for one in ends if one is not None]
        return max(known) if known and len(known) == len(ends) else None


def story(evidence: Evidence) -> Story:
    """Return where a table stands."""
    states = standings(evidence)
    lacks = missing(evidence, states)
    phase = _phase(evidence, states, lacks)
    return Story(phase=phase, states=states, since=_since(phase, states), missing=lacks)


def _phase(evidence: Evidence, states: Sequence[Standing], lacks: Sequence[Missing]) -> Phase:
    ways = {one.way for one in states} - {Way.GONE, Way.NEVER}
    if ways & _BEYOND_TABLE:
        if ways & STILL_IN_TABLE or Way.S3 not in ways:
            return Phase.BOTH
        return Phase.S3 if lacks else Phase.DELETABLE
    if ways:
        return Phase.TABLE
    return _without_locks(evidence, states, lacks)


def _without_locks(evidence: Evidence, states: Sequence[Standing], lacks: Sequence[Missing]) -> Phase:
    """Return the phase of a table of which no lock is known."""
    if not states and not last_write(evidence):
        return Phase.UNUSED
    if states and not lacks:  # every state is gone, and nobody locked for long
        return Phase.DELETABLE
    return Phase.UNKNOWN


def _since(phase: Phase, states: Sequence[Standing]) -> datetime | None:
    return min((one.since for one in states if one.since and one.way in _THERE[phase]), default=None)
