"""Write a zip whose bytes follow from what is in it alone: sorted, without times, the same on any machine."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from chalicelib.stack.zip_entry import zip_entry


def write(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a zip of these files, by their names in it."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            add(archive, name, content)


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file to a zip that is open for it."""
    archive.writestr(zip_entry(name), content, zipfile.ZIP_DEFLATED, 9)


def read(path: Path) -> dict[str, bytes]:
    """Return the files of a zip, by their names in it."""
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
