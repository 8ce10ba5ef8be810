"""For what a package is made: compiled code and bytecode are only for one Python and one kind of machine."""

import platform
import sys
from pathlib import Path
from typing import NamedTuple

from deploy import runtime


class Target(NamedTuple):
    """A Python, and the machine it runs on."""

    version: str
    """Such as ``3.13``."""
    platforms: tuple[str, ...] = ()
    """The tags of wheels that it takes (https://packaging.python.org/specifications/platform-compatibility-tags/)."""
    compiler: Path | None = None
    """A Python of this version, which makes bytecode; None: there is none here, and each first start compiles."""

    @property
    def compiled_by(self) -> str:
        """Return the very version that makes the bytecode; empty for none."""
        return runtime.version_of(self.compiler) or "" if self.compiler else ""

    @property
    def remarks(self) -> list[str]:
        """Return what its packages lack that the installer should know, a line each."""
        if self.compiler:
            return []
        return [
            f"no Python {self.version} on this machine: the code has no bytecode, and a function that starts anew, as "
            f"for a first click, takes several times as long; `uv python install {self.version}` or `pyenv install "
            f"{self.version}`, and the same again"
        ]

    @property
    def runs_here(self) -> bool:
        """Return whether this machine runs its compiled packages: a Mac makes packages for Lambda and runs none."""
        return not self.platforms or (self.platforms == _AMAZON_LINUX and _is_like_lambda())


_AMAZON_LINUX = tuple(
    f"manylinux{tag}_x86_64" for tag in ("_2_34", "_2_28", "_2_26", "_2_24", "_2_17", "2014", "_2_12", "2010", "_2_5")
)
"""What runs on the glibc of the runtime's Amazon Linux 2023, 2.34 (https://docs.aws.amazon.com/linux/al2023/)."""


def of_lambda(version: str = runtime.VERSION) -> Target:
    """Return the target of what runs in AWS; ``version``: of the Python that compiles, as exact as it has to be."""
    return Target(runtime.VERSION, _AMAZON_LINUX, runtime.find(version))


def of_this_machine(python: Path) -> Target:
    """Return the target of what a Python of this machine runs."""
    version = ".".join((runtime.version_of(python) or "").split(".")[:2])
    return Target(version, (), python)


def of_functions_here() -> Target:
    """Return the target of the local cloud's functions: that of AWS where its Python is here, else this Python's.

    A package for Lambda runs on a machine of the same kind, so there the local cloud is given what AWS is given.
    """
    like_lambda = of_lambda()
    if like_lambda.compiler and like_lambda.runs_here:
        return like_lambda
    return of_this_machine(Path(sys.executable))


def _is_like_lambda() -> bool:
    return sys.platform == "linux" and platform.machine() == "x86_64" and platform.libc_ver()[0] == "glibc"
