"""Judge what the time of a state's last write says about the run that holds its lock.

During an apply, Terraform writes the state when a resource is done and 20 seconds have passed since its last write
(``internal/states/remote/state.go``). During a plan it never writes. While a slow resource is changed, or a run waits
for a *yes*, nothing is written.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.copies import AFTER
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Clock, Kind
from chalicelib.core.locks.writing import Writing, writing

_SILENCE = timedelta(hours=2)
"""Almost no single resource takes longer, so a run that has written nothing for this long is probably dead."""
_CLOCKS_APART = AFTER
"""How far a client's clock may be from S3's, which tells when a state was written."""


class Sign(StrEnum):
    """The meaning of the time of the last write."""

    UNKNOWN = "S3 did not say"
    ELSEWHERE = "the state's bucket is no target"
    UNDATED = "written before the lock was first seen, and nothing tells when it was taken"
    NO_STATE = "no state object"
    PERHAPS_A_STATE = "no state object, and what is kept at the lock's key cannot be read as a lock"
    NO_RUN = "what is kept at the lock's key may itself be a state, which no run holds"
    SAME_SECOND = "written in the second the lock was taken"
    TWO_CLOCKS = "written so near to the client's time of the lock that nobody knows which came first"
    ALIVE_THEN = "written after the lock was taken"
    WENT_SILENT = "written after the lock was taken, then hours of silence"
    PERHAPS_BY_IT = "written after the lock was taken, which an import does and a console never does"
    BY_ANOTHER = "written after the lock was taken, which a plan never does"
    NO_DIGEST = "written after the lock was taken, without the digest that a run that locks in the table writes too"
    BY_EITHER = "written after the lock was taken, which the holder of another lock on the state may have done too"
    SAYS_NOTHING = "nothing written, which a plan never does"
    NO_PROOF = "nothing written, which is no proof"


_BY_THE_HOLDER = {Sign.ALIVE_THEN, Sign.WENT_SILENT, Sign.PERHAPS_BY_IT}


class StateWritten(msgspec.Struct, frozen=True):
    """The time of the state's last write, from the listing, in whole seconds; None: there is no state object."""

    at: datetime | None
    digest: bool | None = None
    """Whether the lock table has a digest of the state; None: the lock is not in a table, or nobody looked."""
    elsewhere: bool = False
    """Whether the state is in a bucket that no target names, so that nobody may look."""


def sign_of(page: Page, state: StateWritten | None, now: datetime) -> Sign:
    """Return what the last write says about the run. ``state`` is None when nobody looked, or S3 refused to tell."""
    lock, never = page.lock, writing(page.lock) is Writing.NEVER
    if state is None or state.at is None:
        return _sign_of_nothing(lock, state)
    if lock.body is Body.STATE:
        return Sign.NO_RUN
    if state.at == page.held_since and page.clock is Clock.AWS:
        return Sign.SAME_SECOND
    if page.clock is Clock.CLIENT and abs(state.at - page.held_since) <= _CLOCKS_APART:
        return Sign.SAYS_NOTHING if never else Sign.TWO_CLOCKS
    if state.at < page.held_since:
        nothing = Sign.UNDATED if page.clock is Clock.REAPER else Sign.NO_PROOF
        return Sign.SAYS_NOTHING if never else nothing
    sign = _sign_of_a_write(lock, state, now - state.at)
    return Sign.BY_EITHER if sign in _BY_THE_HOLDER and _others_may_write(page, state.at) else sign


def _sign_of_nothing(lock: HeldLock, state: StateWritten | None) -> Sign:
    """Return why no write is known."""
    if state is None:
        return Sign.UNKNOWN
    if state.elsewhere:
        return Sign.ELSEWHERE
    return Sign.PERHAPS_A_STATE if _may_be_a_state(lock) else Sign.NO_STATE


def _may_be_a_state(lock: HeldLock) -> bool:
    """Return whether what is kept at the lock's place may be the state itself. States are objects, not items."""
    is_object = lock.ref.place.kind is Kind.S3
    return lock.body is Body.STATE or (is_object and lock.body not in {Body.LOCK, Body.EMPTY})


def _sign_of_a_write(lock: HeldLock, state: StateWritten, quiet: timedelta) -> Sign:
    """Return what a write says that came after the lock was taken."""
    if writing(lock) is Writing.NEVER:
        return Sign.BY_ANOTHER
    if state.digest is False:
        return Sign.NO_DIGEST
    if writing(lock) is Writing.IMPORT_ONLY:
        return Sign.PERHAPS_BY_IT
    return Sign.WENT_SILENT if quiet >= _SILENCE else Sign.ALIVE_THEN


def _others_may_write(page: Page, written: datetime) -> bool:
    """Return whether another holder of the state may have made its last write. Locks in tables have clients' times."""
    return any(
        writing(other) is not Writing.NEVER and other.ref.since <= written + _CLOCKS_APART for other in page.rivals
    )
