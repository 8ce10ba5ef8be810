"""Check that a package is whole by itself: all that its code imports is in it, and its own Python starts it."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from chalicelib import checked_rules
from deploy.commands import CommandError, run
from deploy.package import archive
from deploy.package.target import Target

_OURS = ("app.py", "chalicelib/")
_BODIES = ("body", "orelse", "handlers", "finalbody", "cases")
_ONLY_FOR_TYPES = "TYPE_CHECKING"
# -I and -S: nothing of this machine's site-packages, nothing of the folder it runs in.
_START = """
import importlib, pkgutil, sys, zipfile, tempfile
with tempfile.TemporaryDirectory() as folder:
    zipfile.ZipFile(sys.argv[1]).extractall(folder)
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    import app, chalicelib
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        importlib.import_module(module.name)
"""


def check(code: Path, target: Target) -> None:
    """Look for all that the application imports; where this machine runs such packages, import each of its modules.

    What the packages themselves need is asked for by pip, which takes nothing that is not pinned.

    Raises:
        CommandError: with what is missing, or the error of the first import that failed.
    """
    if missing := _missing(archive.read(code)):
        raise CommandError(
            f"the package would not be whole: {'; '.join(missing)}; add what is missing to requirements.in"
        )
    if target.compiler and target.runs_here:
        run(target.compiler, "-I", "-S", "-c", _START, str(code.resolve()))


def _missing(files: Mapping[str, bytes]) -> list[str]:
    """Return a line for each package that the application imports, and that neither the zip nor Python has."""
    there = {PurePosixPath(name).parts[0].removesuffix(".py") for name in files}
    there |= sys.stdlib_module_names | {checked_rules.PACKAGE}
    ours = {name: content for name, content in files.items() if name.startswith(_OURS) and name.endswith(".py")}
    wanted = {package: name for name, content in sorted(ours.items()) for package in _imported(content)}
    return [f"{name} imports {package}" for package, name in sorted(wanted.items()) if package not in there]


def _imported(source: bytes) -> Iterator[str]:
    """Give the first name of each module that a source imports when it runs."""
    left: list[ast.AST] = [ast.parse(source)]  # statements; no expression imports anything
    while left:
        node = left.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        is_for_types = isinstance(node, ast.If) and ast.unparse(node.test).endswith(_ONLY_FOR_TYPES)
        left += [] if is_for_types else [one for part in _BODIES for one in getattr(node, part, ())]
