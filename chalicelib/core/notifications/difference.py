"""Say what a bucket tells now and what is changed of it, a line for each notification."""

from typing import NamedTuple

from chalicelib.core.notifications.merging import LISTS, Notifications, entries, rules

KEPT, ADDED, REMOVED = " ", "+", "-"
_KINDS = {name: arn.removesuffix("Arn").removesuffix("Function").lower() for name, arn in LISTS.items()}
_EVENTBRIDGE = "EventBridgeConfiguration"


class Line(NamedTuple):
    """One notification, and what becomes of it: KEPT, ADDED or REMOVED."""

    mark: str
    kind: str
    """``queue``, ``topic``, ``lambda`` or ``eventbridge``."""
    id: str = ""
    arn: str = ""
    events: tuple[str, ...] = ()
    keys: str = "*"
    """The keys that it is about, as a pattern. A prefix is as S3 has it, percent-encoded."""

    @property
    def words(self) -> str:
        """Return the line as people read it."""
        told = (self.kind, self.id, ", ".join(self.events), self.keys, f"-> {self.arn}" if self.arn else "")
        return f"{self.mark} {'  '.join(part for part in told if part)}"


def difference(before: Notifications, after: Notifications) -> list[Line]:
    """Return what stays, then what is removed and added."""
    old, new = _lines(before), _lines(after)
    kept = [line._replace(mark=KEPT) for line in old if line in new]
    removed = [line._replace(mark=REMOVED) for line in old if line not in new]
    return [*kept, *removed, *(line._replace(mark=ADDED) for line in new if line not in old)]


def _lines(notifications: Notifications) -> list[Line]:
    lines = [_line(_KINDS[name], entry, arn) for name, entry, arn in entries(notifications)]
    return [Line(KEPT, "eventbridge"), *lines] if _EVENTBRIDGE in notifications else lines


def _line(kind: str, entry: Notifications, arn: str) -> Line:
    told = dict(rules(entry))
    keys = f"{told.get('prefix', '')}*{told.get('suffix', '')}"
    return Line(KEPT, kind, entry.get("Id", ""), arn, tuple(sorted(entry["Events"])), keys)
