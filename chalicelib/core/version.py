"""Name a version of the reaper."""

import msgspec

UNKNOWN = "unknown"
"""The commit, where neither a build nor git says it."""


class Version(msgspec.Struct, frozen=True):
    """A version number and a commit; the commit ends in ``+dirty`` if the checkout differed from it."""

    number: str
    commit: str

    @property
    def text(self) -> str:
        """Return both in one line."""
        return f"{self.number}, commit {self.commit}"
