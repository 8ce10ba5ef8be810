"""Which states are asked about, within which time."""

import msgspec

from chalicelib.core.audit.window import Window


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """One state; without a key all states of a bucket; without a bucket all states."""

    bucket: str = ""
    key: str = ""
    window: Window

    @property
    def state_path(self) -> str:
        """Return the path of the one state."""
        return f"{self.bucket}/{self.key}"

    def covers(self, state_path: str) -> bool:
        """Return whether a state is one of those that are asked about."""
        if self.key:
            return state_path == self.state_path
        return not self.bucket or state_path.startswith(f"{self.bucket}/")
