"""Lock debris: what every lock leaves behind in a bucket that keeps versions, for ever unless a rule removes it."""

import msgspec

ADVICE = (
    "they slow listings down; a lifecycle rule that expires noncurrent versions and expired object delete markers "
    "removes them, and old versions of states with them, because S3 filters no rule by suffix"
)


class Debris(msgspec.Struct, frozen=True):
    """The debris of one bucket, as far as it was counted."""

    versions: int = 0
    """Number of noncurrent versions of locks."""
    markers: int = 0
    """Number of delete markers over locks."""
    whole: bool = False
    """Whether the bucket was listed to its end."""
    refusal: str = ""
    """Why it was not counted, or not further, in words."""

    def plus(self, versions: int, markers: int, *, whole: bool) -> "Debris":
        """Return the debris with what one more listing page had."""
        return Debris(self.versions + versions, self.markers + markers, whole)

    @property
    def count(self) -> str:
        """Return the count in words."""
        if self.refusal and not (self.versions or self.markers):
            return f"not counted: {self.refusal}"
        least = "" if self.whole else "at least "
        return f"{least}{self.versions} old versions of locks and {least}{self.markers} delete markers"

    @property
    def words(self) -> str:
        """Return the count in words, with the advice where there is something to remove."""
        return f"{self.count}: {ADVICE}" if self.versions or self.markers else self.count
