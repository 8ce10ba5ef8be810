"""Read when the last night was swept, by the lock book, and when the last watch finished, by the journal."""

from datetime import datetime

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.aws.doctor.reaper.running.functions import FunctionReader
from chalicelib.aws.doctor.reaper.running.nights import last_night
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.running.beats import A_WATCH_MISSED, NIGHT, WATCH, judge_night, judge_watch
from chalicelib.ports.doctor import Look

_LOG_PAGES = 20
"""Most listing pages of the journal that are read: CloudWatch Logs may give empty ones."""
_WATCHED = '"watch_finished"'


class BeatReader:
    """Reads what tells that one reaper is alive."""

    def __init__(self, parts: Parts, reach: Reach, functions: FunctionReader, now: datetime) -> None:
        self._parts = parts
        self._reach = reach
        self._functions = functions
        self._now = now

    def looks(self, subject: str) -> dict[str, Look]:
        """Return the looks at the last night and the last watch."""
        return {
            NIGHT: lambda: judge_night(
                subject, last_night(self._parts, self._reach), self._parts, (self._functions.deployed, self._now)
            ),
            WATCH: lambda: [judge_watch(subject, self._watched(), self._parts, (self._functions.deployed, self._now))],
        }

    def _watched(self) -> datetime | None:
        """Return when the last watch of the last 40 minutes finished; None: none did."""
        logs = self._reach.client("logs", "")
        wanted = {
            "logGroupName": self._parts.outputs["LogGroupName"],
            "startTime": _milliseconds(self._now - A_WATCH_MISSED),
            "filterPattern": _WATCHED,
        }
        times: list[int] = []
        for _ in range(_LOG_PAGES):
            page = asked("CloudWatch Logs", "logs:FilterLogEvents", lambda: logs.filter_log_events(**wanted))
            times += [int(one["timestamp"]) for one in page.get("events", [])]
            if not page.get("nextToken"):
                break
            wanted["nextToken"] = page["nextToken"]
        return datetime.fromtimestamp(max(times) / 1000, self._now.tzinfo) if times else None


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
