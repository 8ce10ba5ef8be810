"""``make package``: the application and its checked rules as one CloudFormation template and one zip.

``chalice package`` makes both (https://aws.github.io/chalice/topics/cfn.html). It runs in a copy of the application,
so that the checked rules can be in ``vendor/``, which Chalice puts at the root of the zip.
"""

import argparse
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from chalicelib import checked_rules
from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError, load
from deploy import names, packaged_rules
from deploy.commands import ROOT, CommandError, run
from deploy.parameters import overrides, remarks
from deploy.streams import with_streams

_EXAMINED = {"cloudformation", "cloudtrail", "cloudwatch", "events", "iam", "kms", "lambda", "logs", "s3control", "sns"}
"""The services that only the weekly look calls."""
_CALLED = {"dynamodb", "organizations", "resourcegroupstaggingapi", "s3", "sqs", "ssm", "sts"}
_SERVICES = frozenset(_CALLED | _EXAMINED)
"""The services that the application calls. botocore describes 400 more, which would be four fifths of the zip."""
_MERGED = ".chalice/resources.yaml"
_DESCRIPTION = re.compile(r"botocore/data/([^/]+)/")
# "config" is chalicelib.config: only packaging reads reaper.toml.
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "deployed", "deployments", "venv", "config")
# Chalice wants a region, although packaging calls no service and the template is the same for every region.
_ANY_REGION = {"AWS_DEFAULT_REGION": "us-east-1"}
# Chalice imports the application before it packs it, and what Python compiles then differs from build to build.
_NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}


def package(
    config: Config, stage: str, build: Path = ROOT / "build", environment: Mapping[str, str] | None = None
) -> Path:
    """Build the package of a stage below ``build`` and return its template.

    Raises:
        CommandError: with what Chalice said, or why the packaged code cannot use the packaged rules.
    """
    application, packaged = build / stage / "app", build / stage / "package"
    for folder in (application, packaged):
        shutil.rmtree(folder, ignore_errors=True)
    _copy(config, application)
    merge = ("--merge-template", _MERGED, "--template-format", "yaml")
    surroundings = _ANY_REGION | dict(os.environ if environment is None else environment) | _NO_BYTECODE
    run(
        "chalice",
        "package",
        "--stage",
        stage,
        *merge,
        str(packaged.resolve()),
        folder=application,
        environment=surroundings,
        has_children=True,  # pip
    )
    _leave_out_other_services(packaged / "deployment.zip")
    packaged_rules.check(packaged / "deployment.zip")
    return packaged / "sam.yaml"


def _leave_out_other_services(package: Path) -> None:
    """Make the package small: each function unpacks it before its first event, and a person may wait for that one."""
    whole = package.rename(package.with_suffix(".whole"))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if _is_needed(entry.filename):
                new.writestr(entry, old.read(entry))
    whole.unlink()


def _is_needed(name: str) -> bool:
    described = _DESCRIPTION.match(name)
    return described is None or described[1] in _SERVICES


def _copy(config: Config, application: Path) -> None:
    for name in ("chalicelib", ".chalice"):
        shutil.copytree(ROOT / name, application / name, ignore=_LEFT_OUT)
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, application / name)
    vendor = application / "vendor"
    vendor.mkdir()
    (vendor / checked_rules.NAME).write_bytes(checked_rules.encode(config))
    merged = application / _MERGED
    merged.write_text(with_streams(merged.read_text(), config))


def main(arguments: list[str]) -> int:
    """Package one stage, and say where the result is."""
    parser = argparse.ArgumentParser(prog="python -m deploy.package")
    parser.add_argument("--stage", default="prod")
    parser.add_argument("--config", type=Path, default=ROOT / "reaper.toml")
    options = parser.parse_args(arguments)
    if problem := names.stage_problem(options.stage):
        parser.error(problem)
    print("packaging: copying the application, fetching its pinned packages ...", flush=True)
    try:
        config = load(options.config)
        lines = remarks(overrides(config, options.stage))
        template = package(config, options.stage)
    except (ConfigError, CommandError) as error:
        print(error, file=sys.stderr)
        return 1
    print("".join(f"{line}\n" for line in lines), end="")
    print(f"packaged: {os.path.relpath(template)} and deployment.zip beside it")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
