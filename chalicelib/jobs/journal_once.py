"""Journal an event of S3 exactly once."""

from datetime import datetime

from chalicelib.core.audit.hold import NotedChange
from chalicelib.core.audit.line import LockEvent
from chalicelib.ports.world import World


def journal_once(noted: NotedChange, line: LockEvent, world: World, now: datetime) -> None:
    """Claim, write, note. A process that dies in between leaves a line that may come again, with the same event_id."""
    if world.changes.claim(noted, now):
        world.journal.write(line)
        world.changes.journaled(noted.change)
