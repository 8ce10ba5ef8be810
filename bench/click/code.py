"""The code that is measured, unpacked as Lambda does it: ours, ours of an earlier commit, and bolt-python's adapter."""

import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from chalicelib.config.file import parse
from chalicelib.stack.layer import rules_layer
from deploy.commands import ROOT, run
from deploy.package import archive, dependencies
from deploy.package.build import build
from deploy.package.bytecode import compiled
from deploy.package.target import Target

BOLT = "slack_bolt==1.30.0"
_RULES = """
import sys
from chalicelib.checked_rules import encode
from chalicelib.config.file import parse
sys.stdout.buffer.write(encode(parse(sys.stdin.read())))
"""


class Code(NamedTuple):
    """Where it is, and what else it is given."""

    path: tuple[Path, ...]
    rules: Path | None = None
    """A file of checked rules; None: they are on the path."""
    has_entries: bool = False
    """Whether each function starts from a module of its own."""


def ours(target: Target, configuration: str, folder: Path) -> Code:
    """Return the package with its rules layer."""
    code = _write(folder / "code", archive.read(build(target).code))
    layer = folder / "layer.zip"
    layer.write_bytes(rules_layer(parse(configuration)))
    return Code((code, _write(folder / "layer", archive.read(layer)) / "python"), has_entries=True)


def ours_at(commit: str, target: Target, configuration: str, folder: Path) -> Code:
    """Return the code of an earlier commit as packages were until then: all that it needs, without bytecode."""
    tar = subprocess.run(["git", "archive", commit, "app.py", "chalicelib"], cwd=ROOT, capture_output=True, check=True)  # noqa: S603, S607
    packages = _write(folder / "packages", dependencies.fetch(target) | _chalice(target))
    code = folder / "code"
    with tarfile.open(fileobj=io.BytesIO(tar.stdout)) as files:
        files.extractall(code, filter="data")
    command = [sys.executable, "-c", _RULES]
    rules = subprocess.run(command, cwd=code, input=configuration.encode(), capture_output=True, check=True)  # noqa: S603
    path = folder / "rules.json"
    path.write_bytes(rules.stdout)
    return Code((code, packages), path)


def bolt(target: Target, folder: Path, *, with_bytecode: bool) -> Code:
    """Return an app of bolt-python's adapter for Chalice, which answers a click and has the rest done later."""
    app = {"app.py": Path(__file__).with_name("bolt_app.py").read_bytes()}
    files = dependencies.fetch(target) | _chalice(target) | _bolt() | app
    return Code((_write(folder, compiled(files, target) if with_bytecode else files),))


def _chalice(target: Target) -> dict[str, bytes]:
    """Return what ``chalice package`` adds of Chalice itself."""
    files = archive.read(build(target).code).items()
    return {name: content for name, content in files if name.startswith("chalice/") and name.endswith(".py")}


def _bolt() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        run("python", "-m", "pip", "download", "--no-deps", "--quiet", "--dest", name, BOLT, has_children=True)
        [wheel] = Path(name).glob("*.whl")
        return archive.read(wheel)


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
