"""A check, as people read of it in the report, in the documentation and in ``--only``."""

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be well or not. Each area has a table of its own (``<area>/checks.py``)."""

    id: str
    """``<area>.<name>``, in lower case, with hyphens within the name: ``bucket.versioning``."""
    title: str
    """What is checked, in a few words: the row's name in the report."""
    why: str
    """Why it matters, in one sentence."""
    rights: tuple[str, ...]
    """The IAM actions (or Slack's scopes) that looking takes."""

    @property
    def area(self) -> str:
        """Return the area: the ID's beginning."""
        return self.id.partition(".")[0]
