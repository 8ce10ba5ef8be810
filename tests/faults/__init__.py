"""Faults that are seeded into a healthy set-up, one module for each area of the doctor's checks.

``tests/local_cloud/test_doctor.py`` seeds each on the local cloud, alone and in pairs, and has the doctor find it, and
the doctor's own fix mend it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.parts import Parts


@dataclass(frozen=True)
class Ground:
    """What faults are seeded into: a wired bucket and a lock table that are well, and a deployed reaper."""

    client: Callable[[str], Any]
    """A client of a service, with all rights."""
    bucket: str
    table: str
    parts: Parts


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    name: str
    check: str
    """The ID of the check that has to find it."""
    colour: Colour
    seed: Callable[[Ground], None]
    mend: Callable[[Ground], None] | None = None
    """Mends it by hand, where the doctor's fix is no command of ``aws``; None: the doctor's command does."""
