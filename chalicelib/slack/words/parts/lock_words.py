"""Say of a lock the things that all messages say in the same words."""

from collections.abc import Iterable

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import NO_TIME, Clock, LockRef, Place
from chalicelib.slack.words.doubts import copied
from chalicelib.slack.words.parts.text import code, code_or_nothing, escape, exact, local_time

# Slack's limits (docs.slack.dev/reference/block-kit/blocks), less the reaper's own words around foreign text.
VALUE_LIMIT = 300
DETAIL_LIMIT = 600
_ACCOUNT_LIMIT = 90
"""Bytes of an account's name and ID; AWS allows names of 50 characters."""
CONTAINER_LIMIT, SHORT_CONTAINER_LIMIT = 270, 120
"""Bytes of a table's name that are shown; AWS allows 255. With the second, the ends of several halves fit."""
_HELD_NOW_LIMIT = 120
_MOST_HELD_NOW, _MOST_CONTAINERS = 2, 4


def state(ref: LockRef, limit: int) -> str:
    """Return the state path, with every character visible."""
    return code(exact(ref.state_path), limit)


def operation(lock: HeldLock, limit: int = VALUE_LIMIT) -> str:
    """Return the operation in plain words if it is known, else in the client's words; "" if there is none."""
    return lock.operation or code_or_nothing(lock.info.Operation if lock.info else "", limit)


def began(page: Page) -> str:
    """Return the words for what happened at the time since which the lock is held: taken, put back, or first seen.

    A put sets a new time by AWS's clock, but the client's own time stays in the lock that is put back.
    """
    if page.clock is Clock.REAPER:
        return "first seen"
    return "put back" if page.restored_by and page.clock is Clock.AWS else "taken"


def is_in_path(place: Place) -> bool:
    """Return whether the state path names the container, so that nobody has to be told of it."""
    return place.traits.state_path.startswith("{container}")


def container(place: Place, limit: int = CONTAINER_LIMIT, known: str | None = "") -> str:
    """Return the container with its service. The service is enough if the state path has the container's name.

    With a ``limit`` of 0 there is no room for names. ``known`` is the account of the lock that the message is about
    (``Place.account``): another account is named. None: there can be no other.
    """
    traits = place.traits
    if is_in_path(place) or not limit:
        return traits.service
    account = "" if known in {None, place.account} else _account(place)
    where = ", ".join(filter(None, [code(place.region, limit) if place.region else "", account]))
    named = f"{traits.service} {traits.container} {code(exact(place.container), limit)}"
    return f"{named} ({where})" if where else named


def _account(place: Place) -> str:
    return f"account {code(place.account, VALUE_LIMIT)}" if place.account else "account of this reaper"


def in_account(account: str) -> str:
    """Return in which account a lock is, as ``Alert.account`` tells it; "" if there is nothing to tell."""
    return f"in account {named_account(account)}" if account else ""


def named_account(account: str) -> str:
    """Return an account's name and ID, with every character visible."""
    return code(exact(account), _ACCOUNT_LIMIT)


def in_containers(places: Iterable[Place], limit: int = CONTAINER_LIMIT, known: str | None = "") -> str:
    """Return where a lock is ("in DynamoDB table `locks` and in S3"); ``known`` as for ``container``."""
    several = list(places)
    more = len(several) - _MOST_CONTAINERS
    named = [f"in {container(place, limit, known)}" for place in several[:_MOST_CONTAINERS]]
    return " and ".join([*named, f"in {more} more places"] if more > 0 else named)


def identity(principal: str) -> str:
    """Return an AWS identity in words, with a session's name before the role's ID, because it says more."""
    session = session_name(principal)
    if not session:
        return code(principal, VALUE_LIMIT)
    role = principal.removeprefix("AWS:").removesuffix(f":{session}")
    return f"{code(session, VALUE_LIMIT)} (role {code(role, VALUE_LIMIT)})"


def held_now(ending: Ending, shown: frozenset[LockRef] = frozenset()) -> str:
    """Say in lines of their own who holds the state now, without the locks that are shown already."""
    seen = [ending.held_now, *(half.held_now for half in ending.halves)]
    locks = {lock.ref: lock for lock in seen if lock and lock.ref not in shown}
    return "".join(_held_now(lock, ending) for lock in list(locks.values())[:_MOST_HELD_NOW])


def _held_now(lock: HeldLock, ending: Ending) -> str:
    place = lock.ref.place
    told = bool(ending.halves) or not is_in_path(place)
    where = f" {in_containers([place], SHORT_CONTAINER_LIMIT)}" if told else ""
    who = holder(lock, _HELD_NOW_LIMIT if ending.halves else VALUE_LIMIT)
    return f"\nSeen {local_time(ending.at)}: the state is locked now{where} by {who}."


def holder(lock: HeldLock, limit: int = VALUE_LIMIT) -> str:
    """Name the holder of another lock on the state, with what it does, its ID, and since when."""
    if lock.info is None:
        flaw = escape(lock.flaw, limit)
        return f"another lock{f', which {flaw}' if flaw else ''}{since_by(lock)}"
    who = code_or_nothing(lock.info.Who, limit) or "somebody whom the lock does not name"
    lock_id = code_or_nothing(lock.info.ID, limit)
    parts = [operation(lock, limit), f"lock ID {lock_id}" if lock_id else "", copied(lock)]
    what = ", ".join(filter(None, parts))
    return f"{who}{f' ({what})' if what else ''}{since_by(lock)}"


def since_by(lock: HeldLock) -> str:
    """Say since when another lock is there, and by whose clock; "" if nothing tells."""
    if lock.ref.since == NO_TIME:
        return ""
    by_client = lock.ref.place.traits.clock is Clock.CLIENT
    return f", since {local_time(lock.ref.since)}{' by the clock of its machine' if by_client else ''}"
