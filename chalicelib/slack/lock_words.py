"""What every message says of a lock in the same words."""

from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.owner import session_name
from chalicelib.core.release import Ending
from chalicelib.slack.doubts import copied
from chalicelib.slack.text import clean, code, escape, exact, local_time

# Slack's limits (docs.slack.dev/reference/block-kit/blocks), less what stands around the foreign text.
VALUE_LIMIT = 300
DETAIL_LIMIT = 600


def state(ref: LockRef, limit: int) -> str:
    """The state path, every character of it visible."""
    return code(exact(ref.state_path), limit)


def said(value: str, limit: int = VALUE_LIMIT) -> str:
    """What the lock says of itself."""
    return code(value, limit) if clean(value) else "not told"


def operation(lock: StateLock) -> str:
    """The operation in plain words where it is known, in the client's where it is not."""
    return lock.operation or said(lock.info.Operation if lock.info else "")


def identity(principal: str) -> str:
    """An AWS identity; of a role's session its name, which says more than the role's unique ID."""
    session = session_name(principal)
    if not session:
        return code(principal, VALUE_LIMIT)
    role = principal.removeprefix("AWS:").removesuffix(f":{session}")
    return f"{code(session, VALUE_LIMIT)} (role {code(role, VALUE_LIMIT)})"


def held_now(ending: Ending) -> str:
    """Who holds the state by now, as a line of its own; "" where that is nobody or not known."""
    lock = ending.held_now
    if lock is None:
        return ""
    seen = f"\nSeen {local_time(ending.at)}:"
    if lock.info is None:
        return f"{seen} the state is locked now by another lock, which {escape(lock.flaw, VALUE_LIMIT)}."
    what = ", ".join(filter(None, [operation(lock), f"lock ID {said(lock.info.ID)}", copied(lock)]))
    since = local_time(lock.ref.last_modified)
    return f"{seen} the state is locked now by {said(lock.info.Who)} ({what}), since {since}."
