"""Journal an event exactly once."""

from datetime import datetime

from chalicelib.core.audit.hold import NotedEvent
from chalicelib.core.audit.line import JournalLine
from chalicelib.ports.world import World


def journal_once(noted: NotedEvent, line: JournalLine, world: World, now: datetime) -> None:
    """Claim the event, write its line, note that it is written.

    If the process dies in between, the line may be written twice; both lines have the same ``event_id``.
    """
    if world.events.claim(noted, now):
        world.journal.write(line)
        world.events.journaled(noted.event)
