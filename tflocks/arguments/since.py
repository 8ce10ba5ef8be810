"""Read how far back a command looks."""

from datetime import timedelta
from typing import Any

import click

from chalicelib.core.duration import parse
from chalicelib.core.visible import visible

_LONGEST = timedelta(days=3653)
"""CloudWatch's longest retention: there is no older journal."""


class Since(click.ParamType[timedelta]):
    """A duration, cut to the longest that a journal can have."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read a duration as ``reaper.toml`` has it."""
        try:
            return min(parse(str(value)), _LONGEST)
        except ValueError as error:
            self.fail(visible(str(error)), param, ctx)
