"""Orders about a lock that nobody clicked: the reaper gives them to itself."""

from typing import ClassVar

import msgspec

from chalicelib.core.clicks.click import Click
from chalicelib.core.locks.place import LockRef


class AutoRelease(msgspec.Struct, frozen=True, kw_only=True):
    """An order to release a lock without a click, as its route asks."""

    lock: LockRef
    channel: str = ""
    """The channel of its route."""
    # What a ``Click`` has and this has not: both are orders to release.
    user: ClassVar[str] = ""
    click: ClassVar[str] = ""
    message: ClassVar[str] = ""
    by_reaper: ClassVar[bool] = True


class EndUndo(msgspec.Struct, frozen=True):
    """An order to take *Put the lock back* out of the message of a released lock."""

    lock: LockRef


ReleaseOrder = Click | AutoRelease
"""What ``release_lock`` is ordered to do."""
