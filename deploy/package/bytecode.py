"""Compile a package: Lambda's functions cannot write bytecode, and compiling is most of what a first start costs."""

import tempfile
from pathlib import Path

from deploy.commands import run
from deploy.package.target import Target

_IN_LAMBDA = "/var/task"
"""Where the code is when it runs, for tracebacks."""


def compiled(files: dict[str, bytes], target: Target) -> dict[str, bytes]:
    """Return these files and their bytecode, which Python takes without a look at the source (PEP 552, unchecked hash).

    Raises:
        CommandError: with what the compiler said.
    """
    if target.compiler is None:
        return files
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        how = ("-q", "-j0", "--invalidation-mode", "unchecked-hash", "-s", name, "-p", _IN_LAMBDA)
        run(target.compiler, "-I", "-m", "compileall", *how, name, has_children=True)
        made = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.pyc")}
    return files | made
