"""A bucket that keeps states, and what is the same in all findings about it."""

from typing import Any

import msgspec

from chalicelib.core.doctor.finding import Finding, green, grey, red, yellow


class StateBucket(msgspec.Struct, frozen=True):
    """A bucket, and where it is."""

    name: str
    prefixes: tuple[str, ...] = ()
    """Where in it locks are looked for; without any, everywhere."""
    account: str = ""
    region: str = ""
    partition: str = "aws"

    @property
    def subject(self) -> str:
        """Return the bucket as the report calls it."""
        return f"bucket {self.name}"

    @property
    def arn(self) -> str:
        """Return the bucket's ARN."""
        return f"arn:{self.partition}:s3:::{self.name}"

    def green(self, check: str, seen: str, **more: Any) -> Finding:
        """Return a green finding of this bucket."""
        return green(check, self.subject, seen, **more)

    def yellow(self, check: str, seen: str, fix: Any, **more: Any) -> Finding:
        """Return a yellow finding of this bucket."""
        return yellow(check, self.subject, seen, fix, **more)

    def red(self, check: str, seen: str, fix: Any, **more: Any) -> Finding:
        """Return a red finding of this bucket."""
        return red(check, self.subject, seen, fix, **more)

    def grey(self, check: str, why: str, right: str = "") -> Finding:
        """Return a grey finding of this bucket."""
        return grey(check, self.subject, why, right)
