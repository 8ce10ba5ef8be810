"""Read what AWS tells ``app`` of locks, by rules that know every bucket of it that was found by now."""

from collections.abc import Sequence

from chalicelib import wiring
from chalicelib.aws.events.s3 import UnknownNotificationError, lock_events
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.policy import Rules


def told_by_aws(body: str) -> tuple[Sequence[LockEvent], UnknownNotificationError | None]:
    """Return the events of a message that are believed, and the failure if some are not understood."""
    rules = wiring.rules()
    events, unknown = _believed(body, rules)
    for event in events:
        wiring.rules_for(event.place)
    return (events, unknown) if wiring.rules() is rules else _believed(body, wiring.rules())


def _believed(body: str, rules: Rules) -> tuple[Sequence[LockEvent], UnknownNotificationError | None]:
    try:
        return lock_events(body, rules), None
    except UnknownNotificationError as error:
        return error.events, error
