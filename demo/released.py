"""Deploy a release as people without Python do: by the commands of ``docs/installing.md``, with the AWS CLI alone.

They run in a folder that has the release's files and the ``reaper.toml``, and find no other program of this project.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.commands import ROOT, CommandError, program

_GUIDE = ROOT / "docs" / "installing.md"
_NAMED, _STAGE, _BUCKET = "1.0.0", "prod", "your-bucket"
"""The version, the stage and the bucket that the commands are written for."""
_BLOCKS = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PARAMETERS = "file://rules/parameters.json"
_SYSTEM = ("/usr/bin", "/bin")


def version_in(release: Path) -> str:
    """Return the version of the release whose files are in a folder. Raises CommandError where there is none."""
    found = [re.fullmatch(r"tflock-reaper-(.+)-code\.zip", path.name) for path in release.iterdir()]
    versions = [match[1] for match in found if match]
    if len(versions) != 1:
        raise CommandError(f"{release} has not the files of one release: make release VERSION=1.0.0")
    return versions[0]


def commands(version: str, stage: str, bucket: str, given: Mapping[str, str]) -> str:
    """Return the commands of the guide for this release, with parameters that people chose."""
    guide = _GUIDE.read_text(encoding="utf-8").partition("## With CloudFormation")[2]
    by_tflocks, without_python = _BLOCKS.findall(guide)[:2]
    last = by_tflocks[by_tflocks.index("aws cloudformation deploy") :].replace(_PARAMETERS, "file://parameters.json")
    chosen = json.dumps(given)[1:-1]
    written = f"{without_python}\n{last}".replace('"given": {', f'"given": {{{chosen}, ')
    written = re.sub(rf"\b{_STAGE}\b", stage, written)
    return written.replace(_NAMED, version).replace(_BUCKET, bucket)


def install(release: Path, folder: Path, script: str, environment: Mapping[str, str]) -> None:
    """Run the commands in a folder with the release's files, which has the ``reaper.toml`` already.

    Raises:
        CommandError: with what they said.
    """
    for path in release.iterdir():
        shutil.copyfile(path, folder / path.name)
    (programs := folder / "programs").mkdir()
    (programs / "aws").symlink_to(shutil.which("aws") or program("aws"))
    own = {**environment, "PATH": ":".join((str(programs), *_SYSTEM))}
    own = {name: value for name, value in own.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"the commands of {_GUIDE.name} failed:\n{done.stderr}")
