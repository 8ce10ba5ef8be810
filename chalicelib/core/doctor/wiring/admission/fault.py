"""What stands in the way of events; pure."""

import msgspec

from chalicelib.core.doctor.finding import Fix


class Fault(msgspec.Struct, frozen=True):
    """Why a way does not lead to the queue, and what to do. Without a fix it is not certain."""

    seen: str
    fix: Fix | None = None
