"""Name places and times of locks in words for a person."""

from collections.abc import Iterable

from chalicelib.core.duration import in_words
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Clock, Kind, Place
from tflocks.locks.standing import Standing

_CLOCKS = {
    Clock.AWS: "",
    Clock.CLIENT: "client's clock",
    Clock.REAPER: "at least",
}
"""What is said of an age besides the age. Nothing of AWS's clock, which no client can set."""


_FOR_OPERATORS = {
    "does not let the reaper read it": "does not let you read it",
    "to the reaper": "to you",
    "or the role of this function, does not allow it": "or your own policies, do not allow it",
    ": take it out of reaper.toml and deploy, or create it again": "",
}


def where(place: Place) -> str:
    """Return where one lock is kept, without its key."""
    if place.kind is Kind.S3:
        return "S3"
    return f"table {place.container}" + (f" ({place.region})" if place.region else "")


def all_places(locks: Iterable[HeldLock]) -> str:
    """Return where the halves of a lock are kept."""
    return " + ".join(where(lock.ref.place) for lock in locks)


def age(standing: Standing) -> str:
    """Return how long a lock has been held."""
    return "not known" if standing.age is None else in_words(standing.age)


def whose_clock(standing: Standing) -> str:
    """Return by whose clock a lock's age is, in words; "" if it is AWS's, or not known at all."""
    return "" if standing.age is None else _CLOCKS[standing.clock]


def holder(standing: Standing) -> str:
    """Return who holds a lock by the client's own word, or why that cannot be read."""
    lock = standing.lock
    if lock.info and not lock.flaw:
        return lock.info.Who
    return f"the lock {for_operators(lock.flaw)}"


def for_operators(words: str) -> str:
    """Return the reaper's words about a failure in words for an operator, whose own rights are used."""
    for ours, theirs in _FOR_OPERATORS.items():
        words = words.replace(ours, theirs)
    return words


def operation(lock: HeldLock) -> str:
    """Return the operation in plain words, or Terraform's name for an unknown one."""
    return lock.operation or (lock.info.Operation if lock.info else "")
