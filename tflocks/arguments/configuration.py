"""Read the operator's own ``reaper.toml``."""

from pathlib import Path
from typing import Any

import click

from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError, load
from tflocks.output.mistakes import WrongFileError


class Configuration(click.ParamType[Config]):
    """The path of a configuration file, which is read and checked."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Config:  # noqa: ARG002
        """Read and check the file."""
        try:
            return load(Path(value))
        except ConfigError as error:
            raise WrongFileError(f"{value} cannot be used:", error.problems) from None
