"""Change a page when another half of its lock, or another holder of its state, is seen or goes."""

from chalicelib.core.alerts.stored import Fields
from chalicelib.core.alerts.transitions.transition import Transition, absent, exists
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.state_lock import Half


def halves_seen(ref: LockRef, halves: tuple[Half, ...], rivals: tuple[HeldLock, ...]) -> Transition:
    """Note the halves of a held lock and the other holders of its state, as they were just seen."""
    put = Fields(halves=halves, rivals=rivals)
    return Transition(ref=ref, put=put, only_if=(exists("lock"), absent("ending")))


def follow(lock: HeldLock, lead: LockRef) -> Transition:
    """Make a page silent, because the page of another half of its lock has the alert for both.

    It is not taken when something was said of this half or is being said.
    """
    silent = (absent("posted"), absent("said"), absent("sending"), absent("joint"), absent("ending"))
    return Transition(ref=lock.ref, put={"lock": lock, "half_of": lead}, only_if=silent)


def lead_itself(ref: LockRef) -> Transition:
    """Let a page speak for its lock again, because the page of the other half is gone or has ended."""
    return Transition(ref=ref, remove=("half_of",), only_if=(exists("lock"),))
