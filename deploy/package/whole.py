"""Check that a package is whole by itself: its own Python starts each function with nothing but the package."""

from pathlib import Path

from deploy.commands import run
from deploy.package.target import Target

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
    """Import the application and each of its modules, where a Python of the target is at hand.

    Raises:
        CommandError: with the error of the first import that failed, such as of a package that was left out.
    """
    if target.compiler:
        run(target.compiler, "-I", "-S", "-c", _START, str(code.resolve()))
