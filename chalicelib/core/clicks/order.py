"""Orders about a lock without a click in Slack: the reaper's own, and an operator's by ``tflocks release``."""

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


class OperatorRelease(msgspec.Struct, frozen=True, kw_only=True):
    """An operator's order to release a lock, by ``tflocks release``. It is carried out with the operator's own rights.

    It goes through no queue, so it has no form on the wire.
    """

    lock: LockRef
    halves: tuple[LockRef, ...] = ()
    """All halves to release, in the order of their release; (): the lock alone."""
    user: str
    """The ARN of the operator's AWS identity."""
    click: str
    """Identifies the order."""
    channel: ClassVar[str] = ""
    message: ClassVar[str] = ""
    by_reaper: ClassVar[bool] = False


ReleaseOrder = Click | AutoRelease | OperatorRelease
"""The orders to release a lock. ``tflocks`` carries out an ``OperatorRelease``, ``release_lock`` the others."""
