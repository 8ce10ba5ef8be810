"""The function ``table_changed``."""

from typing import Any

from chalice.app import Blueprint

from chalicelib import wiring_rules
from chalicelib.aws.events.dynamodb import table_events
from chalicelib.aws.metrics import flushed

entry = Blueprint(__name__)


@entry.lambda_function()
@flushed(wiring_rules.metrics)
def table_changed(event: Any, _context: Any) -> None:
    """Leave a table stream's events for ``record_lock_event``. After a failure the stream delivers them again."""
    for told in table_events(event, wiring_rules.configured_rules().targets):
        wiring_rules.orders().record(told)
