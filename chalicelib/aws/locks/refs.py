"""Name a place in an error, and refuse a reference that is to no lock that was read."""

from chalicelib.core.locks.place import LockRef, Place
from chalicelib.ports.locks import StoreError


def told(place: Place) -> str:
    """Return a place as an error names it."""
    return f"{place.container}/{place.key}"


def check(ref: LockRef) -> None:
    """Raise StoreError unless the place may have a lock and the reference has a stamp: nothing else is acted on."""
    if not ref.place.may_have_lock or not ref.stamp:
        raise StoreError(f"{told(ref.place)} is not a lock that was read: nothing is done to it")
