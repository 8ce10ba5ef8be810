"""The function ``examine_setup``."""

from datetime import UTC, datetime
from typing import Any

from chalice.app import Blueprint

from chalicelib import wiring, wiring_doctor
from chalicelib.aws.metrics import flushed

entry = Blueprint(__name__)


@entry.lambda_function()
@flushed(wiring.metrics)
def examine_setup(_event: Any, context: Any) -> None:
    """Look at what was not looked at this week. It has a schedule only with ``doctor = "weekly"``."""
    wiring_doctor.examine(datetime.now(UTC), wiring.milliseconds(context))
