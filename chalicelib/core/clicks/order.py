"""Orders about a lock that the reaper gives to itself, without a click."""

from typing import ClassVar

import msgspec

from chalicelib.core.clicks.click import Click
from chalicelib.core.locks.place import LockRef


class AutoRelease(msgspec.Struct, frozen=True, kw_only=True):
    """An order to release a lock without a click, as the route asks."""

    lock: LockRef
    halves: tuple[LockRef, ...] = ()
    """All halves of the lock, in the order of their release; (): the lock alone."""
    channel: str = ""
    """The channel of the route."""
    # A ``Click`` has these too, so that code can treat both as orders to release.
    user: ClassVar[str] = ""
    click: ClassVar[str] = ""
    message: ClassVar[str] = ""
    by_reaper: ClassVar[bool] = True


class EndUndo(msgspec.Struct, frozen=True):
    """An order to remove the button *Put the lock back* from the message of a released lock."""

    lock: LockRef


ReleaseOrder = Click | AutoRelease
"""The orders that ``release_lock`` carries out."""
