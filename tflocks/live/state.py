"""Look at all places where one state may be locked."""

from collections.abc import Iterable

import msgspec

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.ports.locks import LockStore, StoreError
from tflocks.live.aws import Aws
from tflocks.live.containers import lock_tables
from tflocks.live.looking import Looking
from tflocks.live.problems import words_of
from tflocks.live.reaper import as_ruled


class StateSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept at the places of one state."""

    locks: list[HeldLock]
    places: tuple[Place, ...]
    problems: list[str]
    """Which places could not be looked at, and why: a half may be there."""


def places_of(
    state_path: str, tables: Iterable[Target], rules: Rules | None, aws: Aws
) -> tuple[list[Place], list[str]]:
    """Return every place where a state may be locked, and why tables could not be found.

    These are its bucket, the tables that are named, and the reaper's targets. If neither tells of a table, all lock
    tables of the region are looked at, because a release of one half helps nobody.
    """
    named, problems = [as_ruled(table, rules, aws.region) for table in tables], list[str]()
    if not named and rules is None:
        found = lock_tables(aws, aws.region)
        named, problems = found.targets, found.problems
    bucket = state_path.partition("/")[0]
    places = [target.place_for(state_path) for target in (Target(Kind.S3, bucket), *named)]
    known = rules.places_of(state_path) if rules else ()
    return list(dict.fromkeys([*filter(None, places), *known])), problems


def look_at_state(places: Iterable[Place], store: LockStore, problems: list[str]) -> StateSeen:
    """Return the locks at some places."""
    looked = tuple(places)
    seen = Looking(store, lambda _seen: None).at_places(looked)
    return StateSeen(locks=seen.locks, places=looked, problems=[*problems, *sorted(seen.problems)])


def state_written(lock: HeldLock, store: LockStore) -> tuple[StateWritten | None, str]:
    """Return when a state was last written, and why that is not known. A table's half tells of its digest too."""
    try:
        return store.state_written(lock.ref), ""
    except StoreError as error:
        return None, words_of(error, Kind.S3)
