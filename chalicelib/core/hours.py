"""Tell from a team's working hours whether people may be called now, and when the next morning is."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

MORNING = time(9)
"""The start of the day for a team without working hours."""
_DAYS_A_WEEK = 7


class WorkingHours(msgspec.Struct, frozen=True):
    """The hours of a team in its own time zone. Monday is 0, as in ``datetime.weekday``."""

    time_zone: str
    days: tuple[int, ...] = tuple(range(_DAYS_A_WEEK))
    opens: time = time.min
    closes: time = time.max
    """The first moment that is too late; ``time.max``: the day ends at midnight."""

    def open_at(self, now: datetime) -> bool:
        """Return whether people may be called now for a new level."""
        local = now.astimezone(ZoneInfo(self.time_zone))
        too_late = self.closes <= local.time() and self.closes != time.max
        return local.weekday() in self.days and self.opens <= local.time() and not too_late

    def next_morning(self, now: datetime) -> datetime:
        """Return when the next working day after today begins."""
        zone = ZoneInfo(self.time_zone)
        today = now.astimezone(zone).date()
        ahead = (today + timedelta(days=days) for days in range(1, _DAYS_A_WEEK + 1))
        working = next(day for day in ahead if day.weekday() in self.days)
        opens_at_midnight = self.opens == time.min and self.closes > MORNING
        return datetime.combine(working, MORNING if opens_at_midnight else self.opens, tzinfo=zone)


def always(time_zone: str) -> WorkingHours:
    """Return the hours of a team that may be called at any time; the time zone tells when its mornings are."""
    return WorkingHours(time_zone)
