"""The history of some states: what the sources found, put together."""

import msgspec

from tflocks.holds.hold import Hold


class SourceStatus(msgspec.Struct, frozen=True):
    """Whether a source was asked and read, and why it was not read."""

    asked: bool = True
    read: bool = True
    problem: str = ""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The holds, newest first, and how they were found."""

    holds: list[Hold]
    journal: SourceStatus = SourceStatus()
    versions: SourceStatus = SourceStatus(asked=False, read=False)
    notes: tuple[str, ...] = ()
    """What the reader should know about how the holds were found."""

    @property
    def gaps(self) -> list[str]:
        """Return what the reader must know about a source that was not read."""
        said = []
        if self.journal.problem:
            shown = "shown is what the lock's versions tell, which is not who let it go"
            said.append(f"the journal was not read ({self.journal.problem}): {shown}")
        if self.versions.problem:
            shown = "shown is what the journal tells"
            said.append(f"the lock's versions were not read ({self.versions.problem}): {shown}")
        return said
