"""The Python that the functions run on in AWS, and where this machine has it.

The project names it, and not whoever builds: bytecode and compiled packages are only for the Python they are made for.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

VERSION = "3.13"
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: the newest that all packages have wheels for."""
COMPILER = "3.13.0"
"""The very Python that compiles a release: another patch version makes other bytecode of the same source."""
_SAY = "import sys; print('.'.join(map(str, sys.version_info[:3])))"


@cache
def version_of(python: Path) -> str | None:
    """Return which version a Python is, such as ``3.13.0``, or None if it does not start."""
    try:
        said = subprocess.run([python, "-I", "-c", _SAY], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() if re.fullmatch(r"\d+\.\d+\.\d+\n", said.stdout) else None


def find(version: str = VERSION) -> Path | None:
    """Return a Python of a version (``3.13``, ``3.13.0``) on this machine, or None.

    It looks at this one, then for ``python3.13`` on the PATH, then at what pyenv and uv have installed.
    """
    fits = (python for python in _pythons() if _is(version, version_of(python)))
    return next(fits, None)


def _is(wanted: str, found: str | None) -> bool:
    return found is not None and f"{found}.".startswith(f"{wanted}.")


def _pythons() -> Iterator[Path]:
    name = f"python{VERSION}"
    yield Path(sys.executable)
    yield from (Path(found) for folder in os.get_exec_path() if (found := shutil.which(name, path=folder)))
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python")).expanduser()
    yield from sorted(pyenv.glob(f"versions/{VERSION}.*/bin/{name}"), reverse=True)
    yield from sorted(uv.glob(f"cpython-{VERSION}.*/bin/{name}"), reverse=True)
