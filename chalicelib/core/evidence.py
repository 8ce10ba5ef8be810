"""Evidence: what the time of the last write to a state says about the run that holds its lock, and no more.

Terraform writes the state while it applies, when a resource is done and 20 seconds have passed, and never during a plan
(``internal/states/remote/state.go``). One slow resource, or a run that waits for a *yes*, writes nothing for as long.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.lock import Risk, StateLock

_SILENCE = timedelta(hours=2)
"""Longer than almost any single resource takes; after it, a run that had been writing is more likely dead."""


class Sign(StrEnum):
    """What can be said of the run, by when its state was written."""

    UNKNOWN = "S3 did not say"
    NO_STATE = "no state object"
    SAME_SECOND = "written in the second the lock was taken"
    ALIVE_THEN = "written after the lock was taken"
    WENT_SILENT = "written after the lock was taken, then hours of silence"
    BY_ANOTHER = "written after the lock was taken, which a plan never does"
    SAYS_NOTHING = "nothing written, which a plan never does"
    NO_PROOF = "nothing written, which is no proof"


class StateWritten(msgspec.Struct, frozen=True):
    """When the state itself was last written, by the listing, in whole seconds; None: there is no state object."""

    at: datetime | None


def sign_of(lock: StateLock, state: StateWritten | None, now: datetime) -> Sign:
    """The sign; no ``state``: it was not looked up, or S3 would not say."""
    if state is None:
        return Sign.UNKNOWN
    if state.at is None:
        return Sign.NO_STATE
    taken = lock.ref.last_modified
    if state.at == taken:
        return Sign.SAME_SECOND
    if lock.risk is Risk.PLAN:
        return Sign.SAYS_NOTHING if state.at < taken else Sign.BY_ANOTHER
    if state.at < taken:
        return Sign.NO_PROOF
    return Sign.WENT_SILENT if now - state.at >= _SILENCE else Sign.ALIVE_THEN
