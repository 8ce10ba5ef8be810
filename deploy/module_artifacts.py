"""Gather the files that the Terraform module makes a stack of: ``terraform/artifacts`` of a release.

A release puts them into its module; from a checkout, ``python -m deploy.module_artifacts FOLDER`` builds them, and the
module's variable ``artifacts`` names the folder.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.commands import ROOT, CommandError
from deploy.package.build import Package, build
from deploy.package.target import of_lambda


def files(package: Package) -> Mapping[str, Path]:
    """Return each file by its name in the module's folder."""
    return {
        "code.zip": package.code,
        "template.yaml": package.template,
        "check-rules.yaml": ROOT / "deploy" / "check-rules.yaml",
        "slack-manifest.yaml": ROOT / "tflocks" / "slack-manifest.yaml",
    }


def gather(package: Package, folder: Path) -> None:
    """Copy the files into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in files(package).items():
        shutil.copyfile(path, folder / name)


def main(arguments: list[str]) -> int:
    """Build the package and gather the files."""
    parser = argparse.ArgumentParser(prog="python -m deploy.module_artifacts")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    try:
        gather(build(target := of_lambda()), options.folder)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    print("".join(f"{line}\n" for line in target.remarks), file=sys.stderr, end="")
    print(f"artifacts = {json.dumps(str(options.folder.resolve()))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
