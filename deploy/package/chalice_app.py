"""Have Chalice make its part of the package: the template, and the files of the application and of Chalice itself.

``chalice package`` (https://aws.github.io/chalice/topics/cfn.html) runs in a copy of the application without
requirements: it drops a package that it finds no wheel of and ends well, so ``deploy/package/dependencies.py`` fetches
them.
"""

import os
import re
import shutil
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from chalicelib import version
from deploy.commands import ROOT, run
from deploy.package import archive

_CHALICE = "chalice"
_SAYS_WHAT_IT_IS = re.compile(r"\.dist-info/(METADATA|licenses/.*)$")
_MERGED = ".chalice/resources.yaml"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "deployed", "deployments", "venv", version.NAME)
# Chalice wants a region, although packaging calls no service and the template is the same for every region.
ANY_REGION = {"AWS_DEFAULT_REGION": "us-east-1"}
# Chalice imports the application before it packs it, and what Python compiles then differs from build to build.
_NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}


class ChaliceApp(NamedTuple):
    """What Chalice makes."""

    template: dict[str, Any]
    files: dict[str, bytes]


def made_by_chalice() -> ChaliceApp:
    """Return the template and the files.

    Raises:
        CommandError: with what Chalice said.
    """
    with tempfile.TemporaryDirectory() as name:
        application = Path(name, "app")
        for folder in ("chalicelib", ".chalice"):
            shutil.copytree(ROOT / folder, application / folder, ignore=_LEFT_OUT)
        shutil.copy(ROOT / "app.py", application)
        (application / "requirements.txt").write_text("")
        merge = ("--merge-template", _MERGED, "--template-format", "yaml")
        surroundings = ANY_REGION | dict(os.environ) | _NO_BYTECODE
        run("chalice", "package", *merge, "packaged", folder=application, environment=surroundings, has_children=True)
        packaged = application / "packaged"
        template = yaml.safe_load((packaged / "sam.yaml").read_text())
        return ChaliceApp(template, archive.read(packaged / "deployment.zip") | words_about_chalice())


def words_about_chalice() -> dict[str, bytes]:
    """Return Chalice's metadata and licence, as the package has them of all others: Chalice leaves its own out."""
    paths = [path for path in metadata.files(_CHALICE) or () if _SAYS_WHAT_IT_IS.search(path.as_posix())]
    return {path.as_posix(): path.read_binary() for path in paths}
