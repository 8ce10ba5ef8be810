"""Let people start what a schedule starts."""

from collections.abc import Callable
from typing import Any

_FIELDS: dict[str, Any] = {
    "version": "0",
    "id": "by hand",
    "detail-type": "Scheduled Event",
    "source": "aws lambda invoke",
    "account": "",
    "region": "",
    "time": "",
    "resources": [],
    "detail": {},
}
"""What Chalice wants of an event of EventBridge (``chalice.app.CloudWatchEvent``)."""


def also_by_hand(entry_point: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return an entry point of a schedule that ``aws lambda invoke`` starts too, with any payload or none."""
    return lambda event, context: entry_point(_FIELDS | (event if isinstance(event, dict) else {}), context)
