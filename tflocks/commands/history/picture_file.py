"""Check the file that ``--plot`` draws into."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from chalicelib.core.visible import visible
from tflocks.output.picture.saving import ENDINGS, is_installed, library_lacking


class PictureFile(click.ParamType[Path]):
    """A file to draw into. ``installed`` tells whether a library is installed."""

    name = "file"

    def __init__(self, installed: Callable[[str], bool] = is_installed) -> None:
        self._installed = installed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check the file before anything is asked that costs time or money."""
        file = Path(value)
        try:
            flaw = _flaw(file) or library_lacking(file, self._installed)
        except OSError as error:
            flaw = f"{str(file)!r}: {error.strerror or error}"
        if flaw:
            self.fail(visible(flaw), param, ctx)
        return file


def _flaw(file: Path) -> str:
    """Return why a file cannot be written, or "", as far as it shows before writing. Raises OSError."""
    if file.suffix.lower() not in ENDINGS:
        return f"its name has to end with one of {', '.join(ENDINGS)}: {str(file)!r}"
    if not file.parent.is_dir():
        return f"there is no folder {str(file.parent)!r}"
    if file.is_dir():
        return f"{str(file)!r} is a folder"
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        return f"{str(file)!r} may not be written by you"
    return ""
