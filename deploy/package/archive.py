"""Write a zip whose bytes follow from what is in it alone: sorted, without times, the same on any machine."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say."""
_UNIX = 3
_READABLE = 0o100644 << 16  # Lambda runs the code as another user than its owner


def write(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a zip of these files, by their names in it."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            add(archive, name, content)


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file to a zip that is open for it."""
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.create_system, entry.external_attr = _UNIX, _READABLE
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


def read(path: Path) -> dict[str, bytes]:
    """Return the files of a zip, by their names in it."""
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
