"""Targets: what is swept, and what it covers."""

import msgspec


class Target(msgspec.Struct, frozen=True):
    """One place to sweep. No prefixes: the whole bucket. No region: the region of the stack."""

    bucket: str
    prefixes: tuple[str, ...] = ()
    region: str | None = None

    def covers(self, bucket: str, key: str) -> bool:
        """Whether a key is this target's to sweep, and so ours to act on."""
        return bucket == self.bucket and (not self.prefixes or key.startswith(self.prefixes))
