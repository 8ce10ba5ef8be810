"""A stretch of time that somebody asks about."""

from datetime import datetime

import msgspec


class Window(msgspec.Struct, frozen=True):
    """The time that is asked about."""

    since: datetime
    now: datetime
