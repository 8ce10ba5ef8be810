"""Say of a lock the things that all messages say in the same words."""

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.slack.words.doubts import copied
from chalicelib.slack.words.parts.text import code, code_or_nothing, escape, exact, local_time

# Slack's limits (docs.slack.dev/reference/block-kit/blocks), less the reaper's own words around foreign text.
VALUE_LIMIT = 300
DETAIL_LIMIT = 600


def state(ref: LockRef, limit: int) -> str:
    """Return the state path, with every character visible."""
    return code(exact(ref.state_path), limit)


def operation(lock: HeldLock, limit: int = VALUE_LIMIT) -> str:
    """Return the operation in plain words if it is known, else in the client's words; "" if there is none."""
    return lock.operation or code_or_nothing(lock.info.Operation if lock.info else "", limit)


def put_back_or(taken: str, page: Page) -> str:
    """Return the words for what happened at the lock's time in S3: ``taken``, or that it was put back."""
    return "put back" if page.restored_by else taken


def identity(principal: str) -> str:
    """Return an AWS identity in words, with a session's name before the role's ID, because it says more."""
    session = session_name(principal)
    if not session:
        return code(principal, VALUE_LIMIT)
    role = principal.removeprefix("AWS:").removesuffix(f":{session}")
    return f"{code(session, VALUE_LIMIT)} (role {code(role, VALUE_LIMIT)})"


def held_now(ending: Ending) -> str:
    """Say who holds the state now, in a line of its own; "" if nobody does or nobody knows."""
    lock = ending.held_now
    if lock is None:
        return ""
    holder = _other_lock(lock) if lock.info is None else _holder(lock, lock.info)
    return f"\nSeen {local_time(ending.at)}: the state is locked now by {holder}"


def _other_lock(lock: HeldLock) -> str:
    return f"another lock, which {escape(lock.flaw, VALUE_LIMIT)}."


def _holder(lock: HeldLock, info: LockInfo) -> str:
    who = code_or_nothing(info.Who, VALUE_LIMIT) or "somebody whom the lock does not name"
    lock_id = code_or_nothing(info.ID, VALUE_LIMIT)
    parts = [operation(lock), f"lock ID {lock_id}" if lock_id else "", copied(lock)]
    what = ", ".join(filter(None, parts))
    return f"{who}{f' ({what})' if what else ''}, since {local_time(lock.ref.since)}."
