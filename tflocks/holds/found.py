"""What was asked for and what was found: plain data between the sources and what shows them."""

from datetime import datetime

import msgspec

from tflocks.holds.hold import Hold


class Window(msgspec.Struct, frozen=True):
    """The time that is asked about."""

    since: datetime
    now: datetime


class SourceRead(msgspec.Struct, frozen=True):
    """Whether a source was read, and why not."""

    asked: bool = True
    read: bool = True
    problem: str = ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The holds, newest first, and how they were found."""

    holds: list[Hold]
    journal: SourceRead = SourceRead()
    versions: SourceRead = SourceRead(asked=False, read=False)
    notes: tuple[str, ...] = ()
    """For the reader, beside what is asked for."""

    @property
    def gaps(self) -> list[str]:
        """What the reader has to know of a source that is missing."""
        said = []
        if self.journal.problem:
            shown = "shown is what the lock's versions tell, which is not who let it go"
            said.append(f"the journal was not read ({self.journal.problem}): {shown}")
        if self.versions.problem:
            shown = "shown is what the journal tells"
            said.append(f"the lock's versions were not read ({self.versions.problem}): {shown}")
        return said
