"""Teach MiniStack to start a function as fast as Lambda does.

MiniStack unpacks a function's package for each of its processes, and each process compiles every module again. Here
the package is unpacked once for all processes of all functions that have it, and what one of them compiled is there
for the others. As on AWS, the code is not a function's to change.
"""

import hashlib
import os
import shutil
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime  # type: ignore[import-untyped]

_ONE_AT_A_TIME = threading.Lock()


def teach(folder: Path, python: str) -> None:
    """Keep the unpacked packages below ``folder``, and have ``python`` run them, for this process."""

    class Package(zipfile.ZipFile):
        def extractall(self, path: Any = None, *_: Any) -> None:
            """Put the unpacked package where a process wants it."""
            _link(_unpacked(Path(str(self.filename)), folder), Path(path))

    lambda_runtime.zipfile = SimpleNamespace(ZipFile=Package, BadZipFile=zipfile.BadZipFile)
    program_of = lambda_runtime._detect_runtime_binary  # noqa: SLF001
    lambda_runtime._detect_runtime_binary = lambda runtime: (python, program_of(runtime)[1])  # noqa: SLF001
    # Only the functions' processes get this environment. Their bytecode is beside the code, in a folder of the cloud.
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        del os.environ[name]


def _unpacked(package: Path, folder: Path) -> Path:
    code = folder / hashlib.sha256(package.read_bytes()).hexdigest()
    with _ONE_AT_A_TIME:
        if not code.exists():
            unfinished = code.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            with zipfile.ZipFile(package) as whole:
                whole.extractall(unfinished)
            unfinished.rename(code)
    return code


def _link(code: Path, wanted: Path) -> None:
    wanted.rmdir()
    wanted.symlink_to(code, target_is_directory=True)
