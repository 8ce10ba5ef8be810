"""Save a timeline into a file, by the library that the file's ending asks for."""

import shlex
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from tflocks.output.picture.timeline import Timeline

ENDINGS = {".png": "png_file", ".html": "html_file"}
"""Each file ending with the module that draws such a file."""
_MATPLOTLIB = "matplotlib==3.11.2"
"""The same pin as in ``pyproject.toml``'s extra ``plot``. No index has ``tflock-reaper[plot]``, so it is named here."""
_NO_MATPLOTLIB = (
    "a PNG takes matplotlib, which is not installed. Draw into a file ending with .html, or install it: "
    f"{shlex.quote(sys.executable)} -m pip install {_MATPLOTLIB}"
)


class LibraryLackingError(Exception):
    """A library that draws such a file is not installed; the message says how to get it."""


def is_installed(library: str) -> bool:
    """Return whether a library can be imported."""
    return find_spec(library) is not None


def library_lacking(file: Path, installed: Callable[[str], bool]) -> str:
    """Return how to install the library that a file needs, or "" where none is lacking."""
    return _NO_MATPLOTLIB if file.suffix.lower() == ".png" and not installed("matplotlib") else ""


def save(picture: Timeline, file: Path, load: Callable[[str], ModuleType] = import_module) -> None:
    """Write a picture into a file. ``load`` imports a module by its name.

    Raises:
        LibraryLackingError: matplotlib is missing.
        OSError: the file cannot be written.
    """
    # The module is imported only when it draws: matplotlib takes a second to import, and need not be installed.
    try:
        drawing = load(f"{__package__}.{ENDINGS[file.suffix.lower()]}")
    except ModuleNotFoundError as error:
        raise LibraryLackingError(_NO_MATPLOTLIB) from error
    drawing.draw(picture, file)
