"""Journal an event of S3 exactly once."""

from datetime import datetime

from chalicelib.core.audit.hold import NotedEvent
from chalicelib.core.audit.line import JournalLine
from chalicelib.ports.world import World


def journal_once(noted: NotedEvent, line: JournalLine, world: World, now: datetime) -> None:
    """Claim, write, note. A process that dies in between leaves a line that may come again, with the same event_id."""
    if world.events.claim(noted, now):
        world.journal.write(line)
        world.events.journaled(noted.event)
